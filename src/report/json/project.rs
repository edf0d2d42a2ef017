//! Upstream projects and what was learned about them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Audit, ProjectClass};
use crate::report::upstream;

use super::activity::{Activity, activity};
use super::deps_dev::{self, DepsDevProject};
use super::forge::{Forge, Scorecard, forge, scorecard};
use super::funding::{Funding, funding};
use super::learned::{Learned, learned};
use super::observed::{Observed, observed};

/// What was learned about an upstream project. Each block says where it comes from and when it
/// was learned.
#[derive(Serialize, JsonSchema)]
pub(super) struct Project<'a> {
    /// Short name: the repository's path; where none is known, `published by` and the publisher,
    /// or the package's name.
    name: &'a str,
    /// Repository address; null where it is not known.
    repository: Option<&'a str>,
    /// Identifiers of its packages.
    packages: Vec<&'a str>,
    /// What sort of life it leads.
    class: Observed<Class<'a>>,
    /// Who does the work.
    activity: Observed<Learned<'a, Activity>>,
    /// State and responsiveness.
    forge: Observed<Learned<'a, Forge<'a>>>,
    /// OpenSSF Scorecard results.
    scorecard: Observed<Learned<'a, Scorecard<'a>>>,
    /// What deps.dev says about the repository.
    deps_dev: Observed<Learned<'a, DepsDevProject<'a>>>,
    /// Whom one can pay and how.
    funding: Observed<Learned<'a, Funding<'a>>>,
}

/// What sort of life a project leads, with what speaks for it.
#[derive(Serialize, JsonSchema)]
struct Class<'a> {
    /// The class: `finished` has little left to do, which is not `abandoned`.
    #[schemars(extend("enum" = CLASSES.map(ProjectClass::name)))]
    class: &'static str,
    /// What speaks for it, the deciding fact first.
    evidence: &'a [String],
}

const CLASSES: [ProjectClass; 7] = [
    ProjectClass::Busy,
    ProjectClass::Team,
    ProjectClass::SingleMaintainer,
    ProjectClass::Finished,
    ProjectClass::Dormant,
    ProjectClass::Abandoned,
    ProjectClass::TakenOver,
];

pub(super) fn projects<'a>(audit: &'a Audit, identifiers: &'a [String]) -> Vec<Project<'a>> {
    audit.ranking.iter().map(|each| project(each, identifiers)).collect()
}

fn project<'a>(project: &'a model::Project, identifiers: &'a [String]) -> Project<'a> {
    let packages = project.packages.iter().map(|index| identifiers[index.get()].as_str());
    let upstream = upstream::of(project);
    Project {
        name: &project.name,
        repository: project.repository.as_deref(),
        packages: packages.collect(),
        class: observed(&project.class, |class| Class {
            class: class.class.name(),
            evidence: &class.evidence,
        }),
        activity: learned(&upstream.activity, activity),
        forge: learned(&upstream.forge, forge),
        scorecard: learned(&upstream.scorecard, scorecard),
        deps_dev: learned(&upstream.deps_dev, deps_dev::project),
        funding: learned(&upstream.funding, funding),
    }
}
