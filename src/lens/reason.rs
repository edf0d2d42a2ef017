//! Why a chance is what it is, in words.

use crate::model::{Chance, Feature, Features, ForecastTerm};
use crate::rule::Rule;

/// Of so many at the head of a ranking the reasons are told; the terms of all are there.
pub(super) const TOLD: usize = 100;

/// Reasons told at most.
const REASONS: usize = 4;

/// Least log-odds above an ordinary package for a term to be told as a reason.
const TOLD_FROM_LOG_ODDS: f64 = 0.1;

/// What stands out from an ordinary package, in words, strongest first. Silence and use are one
/// reason, as they count together. What was not learned is no reason; the report counts it apart.
pub(super) fn reasons(rules: &[Rule], chance: &Chance, features: Option<&Features>) -> Vec<String> {
    let mut told: Vec<(f64, String)> = Vec::new();
    let fitted: f64 = chance.fitted.terms.iter().map(|term: &ForecastTerm| term.log_odds).sum();
    if let Some(words) = features.and_then(silence) {
        told.push((fitted, words));
    }
    for term in chance.judged.terms.iter().filter(|term| term.value.known().is_some()) {
        if let Some(rule) = rules.iter().find(|rule| rule.id == term.rule) {
            told.push((term.contribution, rule.say(&term.value)));
        }
    }
    told.retain(|(log_odds, _)| *log_odds >= TOLD_FROM_LOG_ODDS);
    told.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    told.truncate(REASONS);
    told.into_iter().map(|(_, words)| words).collect()
}

/// The silence, and who still uses the package, as far as is known.
fn silence(features: &Features) -> Option<String> {
    let known = |feature: Feature| features.get(feature).known().copied();
    let days = known(Feature::SilenceDays)?;
    let count = |feature: Feature, one: &str, many: &str| {
        let count = known(feature).filter(|count| *count > 0.0)?;
        Some(format!("{count} {}", if count == 1.0 { one } else { many }))
    };
    let users = [
        count(
            Feature::Dependents,
            "sampled package depends on it",
            "sampled packages depend on it",
        ),
        count(Feature::Lockfiles, "sampled lockfile holds it", "sampled lockfiles hold it"),
        count(Feature::PastDisclosures, "earlier disclosure", "earlier disclosures"),
    ];
    let mut words = vec![match days {
        1.0 => "1 day since the last release".to_owned(),
        days => format!("{days} days since the last release"),
    }];
    words.extend(users.into_iter().flatten());
    Some(words.join(", "))
}
