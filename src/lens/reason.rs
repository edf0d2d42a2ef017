//! Why a score is what it is, in words.

use crate::model::{Score, Term};
use crate::rule::Rule;

/// Reasons told at most.
const REASONS: usize = 4;

/// Least points above an ordinary package for a term to be told as a reason.
const TOLD_FROM_POINTS: f64 = 1.0;

/// The terms that stand out most from an ordinary package's, in words, strongest first.
pub(super) fn reasons<const N: usize>(rules: &[Rule], scores: [&Score; N]) -> Vec<String> {
    let rule = |term: &Term| rules.iter().find(|rule| rule.id == term.rule);
    let mut told: Vec<(f64, &Rule, &Term)> = scores
        .into_iter()
        .flat_map(|score| &score.terms)
        // What was not learned raises the score and is no reason; the coverage counts it.
        .filter(|term| term.value.known().is_some())
        .filter_map(|term| {
            let rule = rule(term)?;
            let points = (term.level - rule.ordinary_level()) * term.weight;
            (points >= TOLD_FROM_POINTS).then_some((points, rule, term))
        })
        .collect();
    told.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    told.into_iter().take(REASONS).map(|(_, rule, term)| rule.say(&term.value)).collect()
}
