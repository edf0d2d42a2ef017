//! From levels to a score: the weighted sum, with its terms.

use crate::model::{FindingKind, Measure, Observed, Score, Term};

use super::Rule;

/// What a score tells, 0 to 100. A rule has a weight in each scale it takes part in; the weights
/// of a scale sum to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// How urgent a finding is.
    Gatekeeper,
    /// How much the workspace leans on an upstream project.
    Reliance,
    /// How likely an upstream project is to be running dry.
    Fragility,
    /// How much a package without an advisory could hurt tomorrow.
    Exposure,
}

impl Scale {
    /// All scales.
    pub const ALL: [Self; 4] = [Self::Gatekeeper, Self::Reliance, Self::Fragility, Self::Exposure];

    /// The name used in rules and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gatekeeper => "gatekeeper",
            Self::Reliance => "reliance",
            Self::Fragility => "fragility",
            Self::Exposure => "exposure",
        }
    }

    /// The weight of a rule in this scale.
    pub fn weight(self, rule: &Rule) -> Option<f64> {
        match self {
            Self::Gatekeeper => rule.gatekeeper,
            Self::Reliance => rule.reliance,
            Self::Fragility => rule.fragility,
            Self::Exposure => rule.exposure,
        }
    }
}

/// The score of a subject: one term for each rule with a weight in the scale, in the order of the
/// rules. `measure` measures a signal by its name; a rule whose signal it does not know is left
/// out (tests check that there is none).
pub fn score(
    rules: &[Rule],
    scale: Scale,
    kind: Option<FindingKind>,
    measure: impl Fn(&str) -> Option<Observed<Measure>>,
) -> Score {
    // Thousands of scores are made for a large lockfile: no list of them grows by steps.
    let count = rules.iter().filter(|rule| scale.weight(rule).is_some()).count();
    let mut terms = Vec::with_capacity(count);
    terms.extend(
        rules
            .iter()
            .filter_map(|rule| Some(term(rule, scale.weight(rule)?, measure(&rule.signal)?, kind))),
    );
    Score { total: terms.iter().map(|term: &Term| term.contribution).sum(), terms }
}

fn term(rule: &Rule, weight: f64, value: Observed<Measure>, kind: Option<FindingKind>) -> Term {
    let level = rule.level(&value, kind);
    let contribution = level * weight;
    Term { rule: rule.id.clone(), value, unit: rule.unit, level, weight, contribution }
}
