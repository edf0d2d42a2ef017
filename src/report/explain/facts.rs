//! What is known about a package, and what is not and why.

use std::fmt::Display;

use crate::model::{
    Audit, Cadence, Found, Observed, PackageFacts, PackageIndex, Place, Project, RunsAtBuild,
    Tagging,
};
use crate::report::label;
use crate::report::location::{Standing, standing};
use crate::report::page::Page;
use crate::report::words::{count_of, decimal, first_few};

use super::block::{self, Layout, day};
use super::{deps_dev, forge, path, presence};

/// Versions shown of those whose tags and releases differ; the rest is counted.
const VERSIONS_SHOWN: usize = 5;

pub(super) fn write(page: &mut Page, audit: &Audit, index: PackageIndex) {
    page.heading(&label::package(&audit.graph, index));
    page.field("purl", &audit.graph.package(index).purl());
    page.field("source", &label::source(&audit.graph.package(index).source));
    presence::write(page, audit, index);
    let paths = audit.findings.iter().find(|finding| finding.package == index);
    path::write(page, audit, index, paths.map_or(&[], |finding| finding.paths.as_slice()));
    write_own(page, audit, index, Layout::Full);
    match &audit.facts[index.get()].place {
        Observed::Known(place) => write_place(page, place),
        Observed::Missing(why) => page.field("place", &format!("unknown: {why}")),
    }
}

/// The facts about the package itself, whoever uses it.
pub(super) fn write_own(page: &mut Page, audit: &Audit, index: PackageIndex, layout: Layout) {
    let facts = &audit.facts[index.get()];
    write_location(page, audit, index, layout);
    let yanked = |yanked: &bool| if *yanked { "yes" } else { "no" }.to_owned();
    let status = facts.maintenance.known();
    let status = status.map(|status| format!("`{}`, by its own manifest", status.name()));
    let yanked = known(&facts.yanked, yanked);
    match (status, layout) {
        (Some(status), Layout::Compact) => {
            page.field("yanked", &format!("{yanked}; upkeep {status}"));
        }
        (Some(status), Layout::Full) => {
            page.field("yanked", &yanked);
            page.field("upkeep", &status);
        }
        (None, _) => page.field("yanked", &yanked),
    }
    page.field("at build", &known(&facts.runs_at_build, |runs| runs_at_build(*runs).to_owned()));
    match &facts.tagging {
        Observed::Known(tags) => {
            let mut sentences = tagging(tags);
            if layout == Layout::Compact {
                sentences.truncate(1);
            }
            block::write(page, layout, "tags", &sentences);
        }
        Observed::Missing(why) => page.field("tags", &format!("unknown: {why}")),
    }
    match &facts.ownership {
        Observed::Known(_) => {
            block::write_known(page, layout, "ownership", &facts.ownership, forge::ownership);
        }
        Observed::Missing(why) => page.field("ownership", &format!("unknown: {why}")),
    }
    match &facts.deps_dev {
        Observed::Known(_) => {
            block::write_known(page, layout, "deps.dev", &facts.deps_dev, deps_dev::release);
        }
        Observed::Missing(why) => page.field("deps.dev", &format!("unknown: {why}")),
    }
    match &facts.cadence {
        Observed::Known(cadence) => write_cadence(page, cadence, layout),
        Observed::Missing(why) => page.field("cadence", &format!("unknown: {why}")),
    }
}

fn runs_at_build(runs: RunsAtBuild) -> &'static str {
    match runs {
        RunsAtBuild::Nothing => "runs nothing",
        RunsAtBuild::BuildScript => "runs a build script",
        RunsAtBuild::ProcMacro => "runs as a procedural macro",
        RunsAtBuild::Both => "runs a build script, and as a procedural macro",
    }
}

/// What the package declares, unless the place that it leads to says it all, and that place.
fn write_location(page: &mut Page, audit: &Audit, index: PackageIndex, layout: Layout) {
    let PackageFacts { repository, location, .. } = &audit.facts[index.get()];
    if layout == Layout::Full || location.known().is_none() {
        page.field("declared", &known(repository, |address| address.clone()));
    }
    match location {
        Observed::Known(found) => {
            let project = audit.ranking.iter().find(|project| project.packages.contains(&index));
            block::write(page, layout, "repository", &place_in_repository(found, project));
        }
        Observed::Missing(why) => page.field("repository", &format!("unknown: {why}")),
    }
}

/// The address first, then which statement names it and what is wrong with it.
fn place_in_repository(found: &Found, project: Option<&Project>) -> Vec<String> {
    let Standing { mirror, renamed_to, gone } = standing(found, project);
    let folder = found.location.folder.as_ref().map(|folder| format!(", folder {folder}"));
    let address = &found.location.repository.address;
    let mut sentences = vec![format!("{address}{}", folder.unwrap_or_default())];
    sentences.push(format!("by {}", found.provenance.name()));
    if gone == Some(true) {
        sentences.push("nothing is there any more, or nothing public".to_owned());
    }
    if mirror {
        sentences.push("it mirrors a repository that lives elsewhere".to_owned());
    }
    sentences.extend(renamed_to.map(|name| format!("renamed to {name}")));
    sentences
}

/// Whether the newest release is tagged, then what differs, the newest first.
fn tagging(tagging: &Tagging) -> Vec<String> {
    let tagged = match tagging.newest_is_tagged {
        true => "is tagged",
        false => "has no tag, though earlier ones do",
    };
    let mut sentences = vec![format!("the newest release, {}, {tagged}", tagging.newest_release)];
    let differ = [
        ("released but not tagged", &tagging.released_not_tagged),
        ("tagged but not released", &tagging.tagged_not_released),
    ];
    for (what, versions) in differ {
        if !versions.is_empty() {
            let newest_first: Vec<String> = versions.iter().rev().cloned().collect();
            let count = count_of(versions.len(), "version");
            sentences
                .push(format!("{what}: {count}, {}", first_few(&newest_first, VERSIONS_SHOWN)));
        }
    }
    sentences
}

fn known<T>(fact: &Observed<T>, show: impl Fn(&T) -> String) -> String {
    match fact {
        Observed::Known(value) => show(value),
        Observed::Missing(why) => format!("unknown: {why}"),
    }
}

fn number<T: Display>(fact: &Observed<T>) -> String {
    known(fact, |value| value.to_string())
}

fn write_cadence(page: &mut Page, cadence: &Cadence, layout: Layout) {
    let fields = cadence_fields(cadence);
    match layout {
        Layout::Full => {
            page.heading("Cadence");
            fields.iter().for_each(|(label, text)| page.field(label, text));
        }
        Layout::Compact => {
            let [releases, recent, silence, behind, ..] = fields.map(|(_, text)| text);
            page.field("releases", &format!("{releases}; {recent}"));
            page.field("silence", &silence);
            page.field("behind", &behind);
        }
    }
}

/// Label and text, the most telling first.
fn cadence_fields(cadence: &Cadence) -> [(&'static str, String); 6] {
    let (first, last) = (day(cadence.first_release), day(cadence.last_release));
    let recent = (cadence.releases_12_months, cadence.releases_36_months);
    let days = |days: &f64| format!("{} days", decimal(*days, 2));
    let median = known(&cadence.median_interval_days, days);
    let p90 = known(&cadence.p90_interval_days, days);
    let ratio = known(&cadence.silence_ratio, |ratio| {
        format!("{} times its 90th percentile interval", decimal(*ratio, 2))
    });
    let behind = number(&cadence.versions_behind);
    let years = known(&cadence.libyears, |years| decimal(*years, 2));
    let newest = cadence.newest.as_deref().unwrap_or("none stable");
    [
        ("releases", format!("{}, {first} to {last}", count_of(cadence.releases, "release"))),
        ("recent", format!("{} in 12 months, {} in 36", recent.0, recent.1)),
        ("silence", format!("{} days, {ratio}", decimal(cadence.silence_days, 2))),
        ("behind", format!("releases: {behind}, libyears: {years}, newest: {newest}")),
        ("interval", format!("median {median}, 90th percentile {p90}")),
        ("yanked", format!("{}% of releases", decimal(cadence.yanked_share * 100.0, 2))),
    ]
}

fn write_place(page: &mut Page, place: &Place) {
    let packages = |count: u32| count_of(count as usize, "package");
    page.heading("Place");
    page.field("depth", &place.depth.to_string());
    page.field("members", &format!("{} reach it", place.members));
    let (dependents, share) = (packages(place.dependents), decimal(place.reach * 100.0, 2));
    page.field("reach", &format!("{dependents} depend on it, {share}% of the build"));
    page.field("brings in", &format!("{} only through it", packages(place.brings_in)));
    let cut = known(&place.min_cut, |edges| {
        format!("{} to remove (minimum cut)", count_of(*edges as usize, "dependency edge"))
    });
    page.field("min cut", &cut);
    page.field("pagerank", &decimal(place.pagerank, 6));
}
