//! Packages without an advisory that could hurt tomorrow.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Audit};

use super::finding::{Term, Waiver, terms, waiver};
use super::observed::{Number, number};
use super::outlook::{Places, places};

/// A package without an advisory about its locked version that could hurt tomorrow. It is no
/// finding: nothing is known to be wrong.
#[derive(Serialize, JsonSchema)]
pub(super) struct Exposed<'a> {
    /// Identifier of the package.
    package: &'a str,
    /// How much it could hurt, 0 to 100.
    score: Number,
    /// What adds up to the score.
    terms: Vec<Term<'a>>,
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
        score: number(exposed.score.total, 2),
        terms: terms(&exposed.score),
        places: places(exposed.places),
        reasons: &exposed.reasons,
        waiver: exposed.waiver.as_ref().map(waiver),
        fails_gate: exposed.fails_gate,
    };
    audit.exposed.iter().map(exposed).collect()
}
