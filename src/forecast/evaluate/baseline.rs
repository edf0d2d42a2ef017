//! What people use in place of a model, given the same chance: fitted on the same examples.

use crate::forecast::example::Example;
use crate::forecast::level::shift;
use crate::forecast::model::logistic;
use crate::forecast::newton::{fit_line, holds_both};
use crate::model::{Feature, ForecastKind};

/// A score that people use; `None` where it is not known of an example.
pub(super) struct Baseline {
    pub(super) name: &'static str,
    pub(super) score: fn(&Example) -> Option<f64>,
}

/// A score of each example, and the chance that goes with it.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) scores: Vec<f64>,
    pub(super) chances: Vec<f64>,
}

/// What a score was fitted on: the examples of the model beside it, and those its level is set by.
#[derive(Clone, Default)]
pub(super) struct Training<'a> {
    pub(super) fitted: Vec<&'a Example>,
    pub(super) level: Vec<&'a Example>,
}

impl<'a> Training<'a> {
    pub(super) fn on(fitted: &[&'a Example]) -> Self {
        Self { fitted: fitted.to_vec(), level: Vec::new() }
    }
}

/// The chance by one score: log-odds = intercept + slope x log2(1 + score).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Curve {
    intercept: f64,
    slope: f64,
}

impl Curve {
    /// The logistic curve that fits a score best; `None` where there is nothing to fit.
    pub(super) fn fit(baseline: &Baseline, training: &Training<'_>) -> Option<Self> {
        let points = |examples: &[&Example]| -> Option<Vec<(f64, bool)>> {
            let point = |it: &&Example| Some((doublings((baseline.score)(it)?), it.outcome));
            examples.iter().map(point).collect()
        };
        let (intercept, slope) = fit_line(&points(&training.fitted)?)?;
        let mut curve = Self { intercept, slope };
        if holds_both(&training.level) {
            let points = points(&training.level)?;
            let log_odds: Vec<f64> = points.iter().map(|it| intercept + slope * it.0).collect();
            let events = points.iter().filter(|it| it.1).count();
            curve.intercept += shift(&log_odds, events as f64);
        }
        Some(curve)
    }

    pub(super) fn chance(self, score: f64) -> f64 {
        logistic(self.intercept + self.slope * doublings(score))
    }
}

fn doublings(score: f64) -> f64 {
    score.max(0.0).ln_1p() / std::f64::consts::LN_2
}

/// What people use for a kind of forecast, the first being what gains are measured against.
pub(super) fn baselines(kind: ForecastKind) -> &'static [Baseline] {
    match kind {
        ForecastKind::Disclosure => &DISCLOSURE,
        ForecastKind::Silence
        | ForecastKind::Unfixed90Days
        | ForecastKind::Unfixed365Days
        | ForecastKind::StillUnfixed
        | ForecastKind::Trouble => &SILENCE,
    }
}

const SILENCE: [Baseline; 4] = [
    Baseline { name: "days since the last release", score: |it| known(it, Feature::SilenceDays) },
    Baseline { name: "no release for a year", score: |it| beyond(it, 365.0) },
    Baseline { name: "no release for two years", score: |it| beyond(it, 730.0) },
    Baseline {
        name: "silence over own rhythm",
        score: |it| known(it, Feature::SilenceByLongestInterval),
    },
];

const DISCLOSURE: [Baseline; 4] = [
    Baseline { name: "dependents", score: |it| known(it, Feature::Dependents) },
    Baseline { name: "earlier disclosures", score: |it| known(it, Feature::PastDisclosures) },
    Baseline { name: "release days in a year", score: |it| known(it, Feature::ReleaseDays365) },
    Baseline { name: "days since the last release", score: |it| known(it, Feature::SilenceDays) },
];

/// What people use where commits are known.
pub(super) const COMMITS: [Baseline; 2] = [
    Baseline { name: "days since the last release", score: |it| known(it, Feature::SilenceDays) },
    Baseline { name: "days since a commit", score: |it| known(it, Feature::CommitSilenceDays) },
];

fn known(example: &Example, feature: Feature) -> Option<f64> {
    example.features.get(feature).known().copied()
}

fn beyond(example: &Example, days: f64) -> Option<f64> {
    known(example, Feature::SilenceDays).map(|silence| f64::from(u8::from(silence > days)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Features, Missing, Observed};

    fn example(silence: f64, outcome: bool) -> Example {
        let features = Features::missing(Missing::NotAsked)
            .with(Feature::SilenceDays, Observed::Known(silence));
        Example {
            package: 0,
            as_of: 0,
            known_by: 365,
            features,
            outcome,
            days: 365.0,
            seen: true,
            fold: 0,
            cluster: 0,
            history: None,
            class: "",
        }
    }

    /// `yes` of `count` examples with this silence had the outcome.
    fn group(silence: f64, yes: usize, count: usize) -> Vec<Example> {
        (0..count).map(|place| example(silence, place < yes)).collect()
    }

    #[test]
    fn a_yes_or_no_becomes_two_chances() {
        // 750 of 1,000 quiet packages and 100 of 1,000 lively ones; the penalty moves both a little.
        let examples = [group(400.0, 750, 1_000), group(10.0, 100, 1_000)].concat();
        let training = Training::on(&examples.iter().collect::<Vec<_>>());
        let curve = Curve::fit(&SILENCE[1], &training).unwrap();
        assert!((curve.chance(1.0) - 0.75).abs() < 0.003, "{}", curve.chance(1.0));
        assert!((curve.chance(0.0) - 0.10).abs() < 0.003, "{}", curve.chance(0.0));
        assert_eq!(Curve::fit(&DISCLOSURE[0], &training), None, "dependents are not known");
    }

    #[test]
    fn days_become_a_chance_on_doublings_and_take_the_level() {
        // log2(1 + 3) = 2 and log2(1 + 15) = 4: even odds, then odds of 4 to 1.
        let fitted = [group(3.0, 2_000, 4_000), group(15.0, 3_200, 4_000)].concat();
        let mut training = Training::on(&fitted.iter().collect::<Vec<_>>());
        let curve = Curve::fit(&SILENCE[0], &training).unwrap();
        assert!((curve.slope - 4.0_f64.ln() / 2.0).abs() < 0.002, "{curve:?}");
        assert!((curve.chance(7.0) - 2.0 / 3.0).abs() < 0.002, "{curve:?}");
        let level = group(3.0, 200, 1_000);
        training.level = level.iter().collect();
        let set = Curve::fit(&SILENCE[0], &training).unwrap();
        assert!((set.chance(3.0) - 0.2).abs() < 1e-9 && set.slope == curve.slope, "{set:?}");
    }
}
