//! deps.dev: what is known there of a project and its packages.
//!
//! Shapes by the published protocol definitions: projects and versions of `v3`, which is stable;
//! dependents of `v3alpha`, which may change. The service answers in the JSON of protocol buffers,
//! where a field that has its default may be left out; such a field is taken as not said.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::wire::{Time, base, bounded, json, segment};
use super::{Answer, Request};
use crate::model::{
    Dependents, DepsDevProject, DepsDevRelease, Missing, RelatedProject, Scorecard,
};

/// Where the service answers.
pub const ENDPOINT: &str = "https://api.deps.dev";

/// Most entries kept of a list.
const MOST_ENTRIES: usize = 200;

/// Asks for a repository by host and path.
pub fn project_request(host: &str, path: &str, endpoint: &str) -> Request {
    let id = segment(&format!("{host}/{path}"));
    Request::get(format!("{}/v3/projects/{id}", base(endpoint)))
}

/// Asks for a release of a package; `system` is the ecosystem, such as `cargo`.
pub fn release_request(system: &str, name: &str, version: &str, endpoint: &str) -> Request {
    Request::get(release_address(&format!("{}/v3", base(endpoint)), system, name, version))
}

/// Asks for the dependents of a release of a package.
pub fn dependents_request(system: &str, name: &str, version: &str, endpoint: &str) -> Request {
    let start = format!("{}/v3alpha", base(endpoint));
    Request::get(release_address(&start, system, name, version) + ":dependents")
}

fn release_address(start: &str, system: &str, name: &str, version: &str) -> String {
    let [system, name, version] = [system, name, version].map(segment);
    format!("{start}/systems/{system}/packages/{name}/versions/{version}")
}

/// Understands the answer about a repository.
///
/// # Errors
/// Why nothing is known.
pub fn understand_project(answer: &Answer) -> Result<DepsDevProject, Missing> {
    let project: WireProject = json(answer)?;
    Ok(DepsDevProject {
        open_issues: project.open_issues_count,
        stars: project.stars_count,
        licence: project.license.filter(|it| !it.is_empty()).map(bounded),
        scorecard: project.scorecard.map(scorecard),
        oss_fuzz: project.oss_fuzz.is_some(),
    })
}

/// Understands the answer about a release, in which dependents are not counted.
///
/// # Errors
/// Why nothing is known.
pub fn understand_release(answer: &Answer) -> Result<DepsDevRelease, Missing> {
    let release: WireRelease = json(answer)?;
    let related = |project: WireRelated| RelatedProject {
        id: bounded(project.project_key.id),
        relation: bounded(project.relation_type),
        provenance: bounded(project.relation_provenance),
    };
    let mut projects: Vec<RelatedProject> =
        release.related_projects.into_iter().take(MOST_ENTRIES).map(related).collect();
    projects.sort();
    let keys = release.advisory_keys.into_iter().take(MOST_ENTRIES);
    let mut advisories: Vec<String> = keys.map(|key| bounded(key.id)).collect();
    advisories.sort();
    Ok(DepsDevRelease { projects, advisories, dependents: None })
}

/// Understands the answer about dependents.
///
/// # Errors
/// Why nothing is known.
pub fn understand_dependents(answer: &Answer) -> Result<Dependents, Missing> {
    let counts: WireDependents = json(answer)?;
    Ok(Dependents { all: counts.dependent_count, direct: counts.direct_dependent_count })
}

fn scorecard(result: WireScorecard) -> Scorecard {
    let score = |score: i64| u8::try_from(score).ok().filter(|score| *score <= 10);
    let checks = result.checks.into_iter().take(MOST_ENTRIES);
    let checks: BTreeMap<_, _> =
        checks.map(|check| (bounded(check.name), check.score.and_then(score))).collect();
    Scorecard {
        date: result.date.0.map(|time| time.to_zoned(TimeZone::UTC).date()),
        commit: result.repository.commit.map(bounded),
        version: result.scorecard.version.map(bounded),
        checks,
    }
}

#[derive(Deserialize)]
struct Key {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProject {
    /// There in every answer about a project.
    #[serde(rename = "projectKey")]
    _key: Key,
    open_issues_count: Option<u64>,
    stars_count: Option<u64>,
    license: Option<String>,
    scorecard: Option<WireScorecard>,
    oss_fuzz: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct WireScorecard {
    #[serde(default)]
    date: Time,
    #[serde(default)]
    repository: Commit,
    #[serde(default)]
    scorecard: Tool,
    #[serde(default)]
    checks: Vec<Check>,
}

#[derive(Default, Deserialize)]
struct Commit {
    commit: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tool {
    version: Option<String>,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    score: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRelease {
    #[serde(default)]
    related_projects: Vec<WireRelated>,
    #[serde(default)]
    advisory_keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRelated {
    project_key: Key,
    #[serde(default)]
    relation_type: String,
    #[serde(default)]
    relation_provenance: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDependents {
    dependent_count: u64,
    direct_dependent_count: u64,
}
