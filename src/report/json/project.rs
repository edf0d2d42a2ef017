//! Upstream projects and what was learned about them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Action, Audit, ProjectClass};
use crate::report::upstream;

use super::activity::{Activity, activity};
use super::deps_dev::{self, DepsDevProject};
use super::forge::{Forge, Scorecard, forge, scorecard};
use super::funding::{Funding, funding};
use super::learned::{Learned, learned};
use super::observed::{Observed, observed};
use super::outlook::{Expected, Places, expected, places};

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
    /// How far its place in the ranking moves when the weights are a little off.
    places: Places,
    /// What is to be expected of its packages; missing where none is of the public registry.
    expected: Observed<Expected>,
    /// What would help; missing where too little is known to say.
    advice: Observed<Advice<'a>>,
    /// Where dependents of its packages have moved, the one that most took first.
    alternatives: Vec<Alternative<'a>>,
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

/// What would help an upstream project, or those who lean on it.
#[derive(Serialize, JsonSchema)]
struct Advice<'a> {
    /// Pay those who do the work, give time, take it over, move to something else, or nothing.
    #[schemars(extend("enum" = Action::ALL.map(Action::name)))]
    action: &'static str,
    /// Why.
    why: &'a str,
    /// What to use instead: a package, a path of the standard library, or a feature of the
    /// language; null where nothing is known.
    instead: Option<&'a str>,
}

/// What other packages of the registry took in the place of a package.
#[derive(Serialize, JsonSchema)]
struct Alternative<'a> {
    /// Name of the package they dropped.
    package: &'a str,
    /// Name of the package they took with the same release.
    to: &'a str,
    /// How many did.
    dependents: usize,
    /// How many dropped the package, whatever they took.
    dropped: usize,
    /// The day on which the last of them did.
    #[schemars(extend("format" = "date"))]
    last_day: String,
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
        places: places(project.places),
        expected: observed(&project.expected, expected),
        advice: observed(&project.advice, |advice| Advice {
            action: advice.action.name(),
            why: &advice.why,
            instead: advice.instead.as_deref(),
        }),
        alternatives: project.alternatives.iter().map(alternative).collect(),
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

fn alternative(alternative: &model::Alternative) -> Alternative<'_> {
    Alternative {
        package: &alternative.package,
        to: &alternative.to,
        dependents: alternative.dependents,
        dropped: alternative.dropped,
        last_day: alternative.last_day.to_string(),
    }
}
