//! The judgements of the two lenses.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Audit, Missing, Observed};

use super::chance::{Chance, Harm, chance, harm};
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
    /// Upstream projects: those that are ranked, highest priority first; then those in trouble
    /// already, and those that cannot be assessed, each by harm.
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
    /// `ranked`, `in-trouble` already (declared unmaintained, archived or given up), or `not-assessed`.
    #[schemars(extend("enum" = ["ranked", "in-trouble", "not-assessed"]))]
    standing: &'static str,
    /// Chance times harm, 0 to 1: an index to rank by; null where the project is not ranked.
    priority: Option<Number>,
    /// The chance of trouble within 24 months; null where the project is not ranked.
    chance: Option<Chance<'a>>,
    /// What of the workspace stands on it.
    harm: Harm,
    /// The strongest reasons in words, strongest first; told for the first hundred projects.
    reasons: &'a [String],
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
        standing: match project.chance {
            Observed::Known(_) => "ranked",
            Observed::Missing(Missing::InTrouble) => "in-trouble",
            Observed::Missing(_) => "not-assessed",
        },
        priority: project.priority().map(|priority| number(priority, 6)),
        chance: project.chance.known().map(chance),
        harm: harm(project.harm),
        reasons: &project.reasons,
    }
}
