//! Packages at risk without a known advisory.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Audit};

use super::chance::{Chance, Harm, chance, harm};
use super::finding::{Waiver, waiver};
use super::observed::{Number, number};
use super::outlook::{Places, places};

/// A package at risk, without an advisory about its locked version. It is no finding: nothing is
/// known to be wrong.
#[derive(Serialize, JsonSchema)]
pub(super) struct Exposed<'a> {
    /// Identifier of the package.
    package: &'a str,
    /// Chance times harm, 0 to 1: what the packages are ranked by.
    priority: Number,
    /// The chance that it is left without a maintainer or without a fix within 24 months.
    chance: Chance<'a>,
    /// What of the workspace stands on it.
    harm: Harm,
    /// How far its place moves when the weights are a little off.
    places: Places,
    /// The strongest reasons in words, strongest first; told for the first hundred packages.
    reasons: &'a [String],
    /// The user's decision to set it aside; null where there is none.
    waiver: Option<Waiver<'a>>,
    /// Whether it makes the gate fail, which only the user's configuration can ask for.
    fails_gate: bool,
}

pub(super) fn exposed<'a>(audit: &'a Audit, identifiers: &'a [String]) -> Vec<Exposed<'a>> {
    let exposed = |exposed: &'a model::Exposed| Exposed {
        package: &identifiers[exposed.package.get()],
        priority: number(exposed.chance.priority(exposed.harm), 6),
        chance: chance(&exposed.chance),
        harm: harm(exposed.harm),
        places: places(exposed.places),
        reasons: &exposed.reasons,
        waiver: exposed.waiver.as_ref().map(waiver),
        fails_gate: exposed.fails_gate,
    };
    audit.exposed.iter().map(exposed).collect()
}
