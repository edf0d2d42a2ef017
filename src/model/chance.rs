//! The chance of trouble, and the harm it would do.

use super::{Estimate, Forecast, Presence, Score};

/// The chance that trouble comes to an upstream project, or to a package, within 24 months.
///
/// Its log-odds (natural logarithm) are those of the fitted forecast plus the sum of the judged
/// terms, so that every fact has its share and the shares add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    /// The chance, 0 to 1, with its 95% interval. A missing fact widens the interval and moves
    /// nothing.
    pub estimate: Estimate,
    /// What the release history, use and earlier disclosures say, by a model that is fitted and
    /// tested on history.
    pub fitted: Forecast,
    /// What is known beside that, by the rules of `rules/`: judgement, as there are too few
    /// histories to fit it on. Contributions are log-odds above an ordinary project.
    pub judged: Score,
}

/// What of the audited workspace stands on an upstream project, or on a package.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Harm {
    /// Half of `weight`, plus half of `weight` times `share`, 0 to 1: any dependency in trouble
    /// has to be dealt with, and the more of the build stands on it the more it takes.
    pub value: f64,
    /// Share of the built packages that depend on it, directly or not, 0 to 1; of several packages
    /// that of the most depended on.
    pub share: f64,
    /// The strongest dependency scope of its packages.
    pub presence: Presence,
    /// The weight of that scope, 0 to 1.
    pub weight: f64,
}

impl Harm {
    /// The harm of what a share of the build stands on, in a scope of this weight.
    pub fn new(share: f64, presence: Presence, weight: f64) -> Self {
        Self { value: weight * (1.0 + share) / 2.0, share, presence, weight }
    }
}

impl Chance {
    /// Chance times harm, 0 to 1: an index to rank by.
    pub fn priority(&self, harm: Harm) -> f64 {
        self.estimate.value * harm.value
    }
}
