//! Why a score is what it is, in words.

use crate::forecast::Models;
use crate::model::{ForecastTerm, Outlook, Score, Term};
use crate::rule::Rule;

/// Of so many at the head of a ranking the reasons are told; the terms of all are there.
pub(super) const TOLD: usize = 100;

/// Reasons told at most.
const REASONS: usize = 4;

/// Least points above an ordinary package for a term to be told as a reason.
const TOLD_FROM_POINTS: f64 = 1.0;

/// The signal of the chance that a vulnerability stays without a fix.
const UNFIXED: &str = "unfixed";

/// The terms that stand out most from an ordinary package's, in words, strongest first. The chance
/// that a vulnerability stays without a fix is told with what speaks for it most, of the package
/// among `outlooks` that counts most.
pub(super) fn reasons<'a, const N: usize>(
    rules: &[Rule],
    models: &Models,
    scores: [&Score; N],
    outlooks: impl Iterator<Item = &'a Outlook>,
) -> Vec<String> {
    let terms = scores.iter().map(|score| score.terms.len()).sum();
    let mut told: Vec<(f64, &Rule, &Term)> = Vec::with_capacity(terms);
    for score in scores {
        let mut rules = rules.iter();
        // What was not learned raises the score and is no reason; the coverage counts it. A term
        // that adds little stands out by less.
        for term in score
            .terms
            .iter()
            .filter(|term| term.contribution >= TOLD_FROM_POINTS && term.value.known().is_some())
        {
            // Terms are in the order of the rules.
            let Some(rule) = rules.find(|rule| rule.id == term.rule) else { break };
            let points = (term.level - rule.ordinary_level()) * term.weight;
            if points >= TOLD_FROM_POINTS {
                told.push((points, rule, term));
            }
        }
    }
    told.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    told.truncate(REASONS);
    let because = match told.iter().any(|(_, rule, _)| rule.signal == UNFIXED) {
        true => because(models, outlooks),
        false => None,
    };
    let say = |(_, rule, term): &(f64, &Rule, &Term)| match &because {
        Some(why) if rule.signal == UNFIXED => format!("{} ({why})", rule.say(&term.value)),
        Some(_) | None => rule.say(&term.value),
    };
    told.iter().map(say).collect()
}

/// What is known that speaks most for no fix of the package with the greatest exposure.
fn because<'a>(models: &Models, outlooks: impl Iterator<Item = &'a Outlook>) -> Option<String> {
    let exposure = |outlook: &Outlook| outlook.disclosure.chance * outlook.unfixed_90.chance;
    let most = outlooks.max_by(|a, b| exposure(a).total_cmp(&exposure(b)))?;
    let is_reason = |term: &&ForecastTerm| term.log_odds > 0.0 && term.value.known().is_some();
    let term = most.unfixed_90.terms.iter().find(is_reason)?;
    Some(models.unfixed_90.say(term))
}
