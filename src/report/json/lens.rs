//! The judgements of the two lenses.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Audit};

use super::finding::{Term, terms};
use super::observed::{Number, number};
use super::statuses;

/// The two judgements.
#[derive(Serialize, JsonSchema)]
pub(super) struct Lenses<'a> {
    /// What to block now.
    gatekeeper: Gatekeeper<'a>,
    /// Whom to support next.
    environmentalist: Environmentalist<'a>,
}

/// The gatekeeper's judgement.
#[derive(Serialize, JsonSchema)]
struct Gatekeeper<'a> {
    /// Outcome of the gate.
    #[schemars(extend("enum" = statuses()))]
    verdict: &'static str,
    /// Why, gravest first.
    reasons: &'a [String],
}

/// The environmentalist's judgement.
#[derive(Serialize, JsonSchema)]
struct Environmentalist<'a> {
    /// Upstream projects, highest priority first.
    ranking: Vec<Project<'a>>,
}

/// An upstream project: the packages of one repository, or one package where none is known.
#[derive(Serialize, JsonSchema)]
struct Project<'a> {
    /// Short name: the repository's path, or the package's name.
    name: &'a str,
    /// Repository address; null where it is not known.
    repository: Option<&'a str>,
    /// Identifiers of its packages.
    packages: Vec<&'a str>,
    /// `reliance` times `fragility` divided by 100, 0 to 100.
    priority: Number,
    /// How much the audited workspace leans on it, 0 to 100.
    reliance: Score<'a>,
    /// How likely it is to be running dry, 0 to 100.
    fragility: Score<'a>,
    /// The strongest reasons in words, strongest first; told for the first hundred projects.
    reasons: &'a [String],
}

/// A score and what adds up to it.
#[derive(Serialize, JsonSchema)]
struct Score<'a> {
    /// Sum of the contributions.
    total: Number,
    /// What each rule adds.
    terms: Vec<Term<'a>>,
}

pub(super) fn lenses<'a>(audit: &'a Audit, identifiers: &'a [String]) -> Lenses<'a> {
    let verdict = &audit.verdict;
    let ranking = audit.ranking.iter().map(|each| project(each, identifiers)).collect();
    Lenses {
        gatekeeper: Gatekeeper { verdict: verdict.status.name(), reasons: &verdict.reasons },
        environmentalist: Environmentalist { ranking },
    }
}

fn project<'a>(project: &'a model::Project, identifiers: &'a [String]) -> Project<'a> {
    let packages = project.packages.iter().map(|index| identifiers[index.get()].as_str());
    Project {
        name: &project.name,
        repository: project.repository.as_deref(),
        packages: packages.collect(),
        priority: number(project.priority, 2),
        reliance: score(&project.reliance),
        fragility: score(&project.fragility),
        reasons: &project.reasons,
    }
}

fn score(score: &model::Score) -> Score<'_> {
    Score { total: number(score.total, 2), terms: terms(score) }
}
