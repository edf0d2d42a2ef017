//! What deps.dev says.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model;

use super::forge::{Scorecard, scorecard};

/// What deps.dev says about a repository; null is what it does not say.
#[derive(Serialize, JsonSchema)]
pub(super) struct DepsDevProject<'a> {
    /// Open issues; requests are counted among them for some hosts.
    open_issues: Option<u64>,
    /// Stars; context only, never a measure of health.
    stars: Option<u64>,
    /// The licence the host recognised: an SPDX identifier, or `non-standard`.
    licence: Option<&'a str>,
    /// Whether it says that OSS-Fuzz tests the project.
    oss_fuzz: bool,
    /// Its copy of the OpenSSF Scorecard results.
    scorecard: Option<Scorecard<'a>>,
}

/// What deps.dev says about the locked release of a package.
#[derive(Serialize, JsonSchema)]
pub(super) struct DepsDevRelease<'a> {
    /// Packages known to depend on it; null where it does not say.
    dependents: Option<Dependents>,
    /// OSV identifiers of advisories that affect it directly.
    advisories: &'a [String],
    /// Repositories it is related to.
    projects: Vec<RelatedProject<'a>>,
}

/// How many public packages are known to depend on a release.
#[derive(Serialize, JsonSchema)]
struct Dependents {
    /// Directly or through others.
    all: u64,
    /// Directly.
    direct: u64,
}

/// A repository a release is related to.
#[derive(Serialize, JsonSchema)]
struct RelatedProject<'a> {
    /// Host and path.
    id: &'a str,
    /// Whether it holds the source, as `SOURCE_REPO`, or something else, as written.
    relation: &'a str,
    /// How that is known, as written.
    provenance: &'a str,
}

pub(super) fn project(project: &model::DepsDevProject) -> DepsDevProject<'_> {
    DepsDevProject {
        open_issues: project.open_issues,
        stars: project.stars,
        licence: project.licence.as_deref(),
        oss_fuzz: project.oss_fuzz,
        scorecard: project.scorecard.as_ref().map(scorecard),
    }
}

pub(super) fn release(release: &model::DepsDevRelease) -> DepsDevRelease<'_> {
    DepsDevRelease {
        dependents: release.dependents.map(|it| Dependents { all: it.all, direct: it.direct }),
        advisories: &release.advisories,
        projects: release.projects.iter().map(related).collect(),
    }
}

fn related(project: &model::RelatedProject) -> RelatedProject<'_> {
    RelatedProject { id: &project.id, relation: &project.relation, provenance: &project.provenance }
}
