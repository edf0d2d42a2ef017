//! The chance of trouble and the harm it would do.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model;

use super::observed::{Number, Value, measure, number};

/// The chance of trouble within 24 months: declared unmaintained, a disclosure without a fix for
/// 90 days, or dropped by at least half of its dependents while it makes no release.
#[derive(Serialize, JsonSchema)]
pub(super) struct Chance<'a> {
    /// The chance, 0 to 1.
    value: Number,
    /// Lower end of the 95% interval.
    low: Number,
    /// Upper end of the 95% interval; what is not known widens it.
    high: Number,
    /// Log-odds of the average package; with those of all terms they are the log-odds of the
    /// chance.
    log_odds: Number,
    /// What makes it up.
    terms: Vec<Term<'a>>,
}

/// What one fact adds to the log-odds.
#[derive(Serialize, JsonSchema)]
struct Term<'a> {
    /// Name of the feature of the forecast, or of the rule.
    name: &'a str,
    /// `fitted` on history, or `judged` by a rule.
    #[schemars(extend("enum" = ["fitted", "judged"]))]
    basis: &'static str,
    /// What was measured: a number or the name of a class.
    value: Value,
    /// Its log-odds above those of an average package; 0 where it is not known.
    log_odds: Number,
}

/// What of the workspace stands on it.
#[derive(Serialize, JsonSchema)]
pub(super) struct Harm {
    /// Half of the weight of the scope, plus half of it times the share, 0 to 1.
    value: Number,
    /// Share of the built packages that depend on it, 0 to 1.
    share: Number,
    /// The strongest dependency scope.
    presence: &'static str,
    /// Weight of that scope, 0 to 1.
    weight: Number,
}

pub(super) fn chance(chance: &model::Chance) -> Chance<'_> {
    let fitted = chance.fitted.terms.iter().map(|term| Term {
        name: term.feature.name(),
        basis: "fitted",
        value: measure(&term.value.clone().map(model::Measure::Number)),
        log_odds: number(term.log_odds, 4),
    });
    let judged = chance.judged.terms.iter().map(|term| Term {
        name: &term.rule,
        basis: "judged",
        value: measure(&term.value),
        log_odds: number(term.contribution, 4),
    });
    Chance {
        value: number(chance.estimate.value, 6),
        low: number(chance.estimate.low, 6),
        high: number(chance.estimate.high, 6),
        log_odds: number(chance.fitted.log_odds, 4),
        terms: fitted.chain(judged).collect(),
    }
}

pub(super) fn harm(harm: model::Harm) -> Harm {
    Harm {
        value: number(harm.value, 6),
        share: number(harm.share, 6),
        presence: harm.presence.name(),
        weight: number(harm.weight, 4),
    }
}
