//! What deps.dev says, in sentences. What it leaves out is left out.

use crate::model::{DepsDevProject, DepsDevRelease, Upstream};
use crate::report::words::first_few;

use super::block::{Layout, large};
use super::forge;

/// Advisories and repositories named; the rest is counted.
const NAMES_SHOWN: usize = 6;

/// Of a repository, its copy of the scorecard last. Where there is little room, what the forge and
/// Scorecard say themselves is left out.
pub(super) fn project(said: &DepsDevProject, own: &Upstream, layout: Layout) -> Vec<String> {
    let is_full = layout == Layout::Full;
    let counts = is_full || own.forge.known().is_none();
    let copy = is_full || own.scorecard.known().is_none();
    let mut sentences = Vec::new();
    sentences.extend(said.licence.as_ref().map(|licence| format!("licence {licence}")));
    sentences.extend(said.oss_fuzz.then(|| "tested by OSS-Fuzz".to_owned()));
    if counts {
        sentences.extend(said.open_issues.map(|count| format!("open issues: {}", large(count))));
        let stars = said.stars.map(|count| format!("stars, only for context: {}", large(count)));
        sentences.extend(stars);
    }
    sentences.extend(
        said.scorecard.as_ref().filter(|_| copy).map(|copy| {
            format!("its copy of the scorecard: {}", forge::scorecard(copy).join(", "))
        }),
    );
    if sentences.is_empty() {
        sentences.push("it says no more of the repository".to_owned());
    }
    sentences
}

/// Of a locked release.
pub(super) fn release(release: &DepsDevRelease) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(release.dependents.map(|counts| {
        let (all, direct) = (large(counts.all), large(counts.direct));
        format!("dependents of this release: {all}, {direct} of them direct")
    }));
    sentences.push(match release.advisories.as_slice() {
        [] => "it lists no advisory".to_owned(),
        advisories => format!("it lists advisories {}", first_few(advisories, NAMES_SHOWN)),
    });
    let projects = release.projects.iter().map(|project| {
        let words = |text: &str| text.to_lowercase().replace('_', " ");
        format!("{} {} ({})", words(&project.relation), project.id, words(&project.provenance))
    });
    let projects: Vec<String> = projects.collect();
    if !projects.is_empty() {
        sentences.push(first_few(&projects, NAMES_SHOWN));
    }
    sentences
}
