//! From levels to a score: the weighted sum, with its terms.

use crate::model::{Measure, Observed, Score, Term};

use super::{About, Rule};

/// What a score tells. A rule has a weight in each scale it takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// How urgent a finding is, 0 to 100: the weights sum to 100.
    Gatekeeper,
    /// What facts add to the log-odds of trouble, above an ordinary project.
    Trouble,
}

impl Scale {
    /// All scales.
    pub const ALL: [Self; 2] = [Self::Gatekeeper, Self::Trouble];

    /// The name used in rules and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gatekeeper => "gatekeeper",
            Self::Trouble => "trouble",
        }
    }

    /// The weight of a rule in this scale.
    pub fn weight(self, rule: &Rule) -> Option<f64> {
        match self {
            Self::Gatekeeper => rule.gatekeeper,
            Self::Trouble => rule.trouble,
        }
    }
}

/// The score of a subject: one term for each rule with a weight in the scale, in the order of the
/// rules. `measure` measures a signal by its name; a rule whose signal it does not know is left
/// out (tests check that there is none).
pub fn score(
    rules: &[Rule],
    scale: Scale,
    about: About<'_>,
    measure: impl Fn(&str) -> Option<Observed<Measure>>,
) -> Score {
    // Thousands of scores are made for a large lockfile: no list of them grows by steps.
    let count = rules.iter().filter(|rule| scale.weight(rule).is_some()).count();
    let mut terms = Vec::with_capacity(count);
    terms.extend(rules.iter().filter_map(|rule| {
        Some(term(rule, scale, scale.weight(rule)?, measure(&rule.signal)?, about))
    }));
    Score { total: terms.iter().map(|term: &Term| term.contribution).sum(), terms }
}

fn term(
    rule: &Rule,
    scale: Scale,
    weight: f64,
    value: Observed<Measure>,
    about: About<'_>,
) -> Term {
    let (level, contribution) = match scale {
        Scale::Gatekeeper => {
            let level = rule.level(&value, about);
            (level, level * weight)
        }
        Scale::Trouble => {
            let level = rule.known_level(&value).unwrap_or_else(|| rule.ordinary_level());
            (level, (level - rule.ordinary_level()) * weight)
        }
    };
    Term { rule: rule.id.clone(), value, unit: rule.unit, level, weight, contribution }
}
