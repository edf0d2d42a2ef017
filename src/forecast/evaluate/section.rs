//! Measuring one set of examples that were not fitted.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::forecast::bootstrap::{estimate, resamples};
use crate::forecast::examples::Example;
use crate::forecast::metrics::{Estimate, Metrics, Ranking, Row};
use crate::forecast::model::{Model, NORMAL_95};
use crate::model::{Feature, ForecastKind};

/// Scores on one set of examples that were not fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Name of the model.
    pub forecast: String,
    /// What the forecast is, as a noun phrase.
    pub title: String,
    /// Which examples, and what was fitted to forecast them.
    pub split: String,
    /// Year or class within the split; empty for all of it.
    pub part: String,
    /// Whether this is the split to look at first, drawn in the reliability diagram.
    pub headline: bool,
    /// Examples.
    pub examples: usize,
    /// Examples in which it happened.
    pub events: usize,
    /// Mean of the model's chances, 0 to 1.
    pub mean_chance: f64,
    /// Packages.
    pub packages: usize,
    /// Clusters of packages that are resampled as one.
    pub clusters: usize,
    /// The model first, then the baselines.
    pub scores: Vec<Score>,
    /// Deciles of the model's chance, lowest first.
    pub reliability: Vec<Bin>,
}

/// How good a score is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// `model`, or the name of a baseline.
    pub name: &'static str,
    /// The measures; Brier score and calibration error exist for chances only.
    pub metrics: Metrics<Estimate>,
    /// AUC above that of the first baseline, in the same resamples.
    pub auc_gain: Estimate,
    /// Brier score above that of the first baseline (less is better), where that is a chance.
    pub brier_gain: Estimate,
}

/// A decile of chances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Mean chance.
    pub chance: f64,
    /// Share in which it happened.
    pub share: Estimate,
    /// Examples.
    pub examples: usize,
}

impl Bin {
    /// Whether what was forecast lies in the interval of what happened.
    pub fn is_within(&self) -> bool {
        (self.share.low..=self.share.high).contains(&self.chance)
    }
}

/// Examples with the chance that a model gave without having seen them.
pub(super) struct Split<'a> {
    pub(super) name: String,
    pub(super) headline: bool,
    pub(super) rows: Vec<(&'a Example, f64, u32)>,
}

/// A score that people use.
pub(super) struct Baseline {
    pub(super) name: &'static str,
    pub(super) score: fn(&Example) -> f64,
}

impl Baseline {
    /// The score of each example of a split.
    pub(super) fn column(&self, split: &Split<'_>) -> Column {
        let scores = split.rows.iter().map(|(example, ..)| (self.score)(example)).collect();
        Column { name: self.name, scores, is_chance: false }
    }
}

/// A score of each example.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) scores: Vec<f64>,
    pub(super) is_chance: bool,
}

const SILENCE_BASELINES: [Baseline; 4] = [
    Baseline { name: "days since the last release", score: |it| known(it, Feature::SilenceDays) },
    Baseline { name: "no release for a year", score: |it| beyond(it, 365.0) },
    Baseline { name: "no release for two years", score: |it| beyond(it, 730.0) },
    Baseline {
        name: "silence over own rhythm",
        score: |it| known(it, Feature::SilenceByLongestInterval),
    },
];

const DISCLOSURE_BASELINES: [Baseline; 4] = [
    Baseline { name: "dependents", score: |it| known(it, Feature::Dependents) },
    Baseline { name: "earlier disclosures", score: |it| known(it, Feature::PastDisclosures) },
    Baseline { name: "release days in a year", score: |it| known(it, Feature::ReleaseDays365) },
    Baseline { name: "days since the last release", score: |it| known(it, Feature::SilenceDays) },
];

pub(super) fn known(example: &Example, feature: Feature) -> f64 {
    example.features.get(feature).known().copied().unwrap_or_default()
}

fn beyond(example: &Example, days: f64) -> f64 {
    f64::from(u8::from(known(example, Feature::SilenceDays) > days))
}

/// Fewest examples of either outcome that are worth measuring.
const FEWEST: usize = 4;
impl<'a> Split<'a> {
    pub(super) fn of(name: String, fitted: &Model, test: &[&'a Example]) -> Self {
        let rows = test.iter().map(|it| (*it, fitted.chance(&it.features), 0)).collect();
        Self { name, headline: false, rows }
    }

    pub(super) fn headline(self) -> Self {
        Self { headline: true, ..self }
    }

    pub(super) fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }
}

/// A section for a split, and for each class in a headline one.
pub(super) fn section(model: &Model, split: &Split<'_>, sections: &mut Vec<Section>) {
    part(model, split, String::new(), sections);
    let classes: BTreeSet<&str> = split.rows.iter().map(|(it, ..)| it.class).collect();
    for class in classes.into_iter().filter(|_| split.headline) {
        let rows = split.rows.iter().filter(|(it, ..)| it.class == class).copied().collect();
        let split = Split { name: split.name.clone(), headline: false, rows };
        part(model, &split, class.to_owned(), sections);
    }
}

/// Measures one set of examples beside what people use.
pub(super) fn part(model: &Model, split: &Split<'_>, part: String, sections: &mut Vec<Section>) {
    let baselines = match model.kind {
        ForecastKind::Disclosure => &DISCLOSURE_BASELINES,
        ForecastKind::Silence | ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => {
            &SILENCE_BASELINES
        }
    };
    let columns: Vec<Column> = baselines.iter().map(|it| it.column(split)).collect();
    measured(model, split, part, &columns, sections);
}

/// Measures the model's chances beside other scores of the same examples. A set in which it, or
/// its opposite, happened fewer than [`FEWEST`] times is left out, as nothing can be learnt from it.
pub(super) fn measured(
    model: &Model,
    split: &Split<'_>,
    part: String,
    baselines: &[Column],
    sections: &mut Vec<Section>,
) {
    let events = split.rows.iter().filter(|(it, ..)| it.outcome).count();
    if events.min(split.rows.len() - events) < FEWEST {
        return;
    }
    let later_is_worse = model.kind != ForecastKind::Disclosure;
    let of = |scores: &[f64]| -> Vec<Row> {
        let rows = split.rows.iter().zip(scores);
        rows.map(|((it, _, stratum), &score)| Row { stratum: *stratum, ..Row::of(score, it) })
            .collect()
    };
    let chances: Vec<f64> = split.rows.iter().map(|row| row.1).collect();
    let rows = of(&chances);
    let clusters: Vec<u32> = rows.iter().map(|row| row.cluster).collect();
    let mut measured = vec![("model", measure(&rows, &clusters, later_is_worse))];
    measured.extend(baselines.iter().map(|it| {
        let mut resampled = measure(&of(&it.scores), &clusters, later_is_worse);
        if !it.is_chance {
            resampled.forget_chances();
        }
        (it.name, resampled)
    }));
    sections.push(Section {
        forecast: model.id.clone(),
        title: model.title.clone(),
        split: split.name.clone(),
        part,
        headline: split.headline,
        examples: split.rows.len(),
        events,
        mean_chance: chances.iter().sum::<f64>() / chances.len() as f64,
        packages: distinct(split.rows.iter().map(|(it, ..)| it.package)),
        clusters: distinct(clusters.iter().copied()),
        scores: measured.iter().map(|(name, it)| it.score(name, &measured[1].1)).collect(),
        reliability: bins(&rows, &clusters),
    });
}

fn distinct(numbers: impl Iterator<Item = u32>) -> usize {
    numbers.collect::<BTreeSet<u32>>().len()
}

/// Measures of one score on all examples and on each resample.
struct Resampled {
    all: Metrics<f64>,
    resamples: Vec<Metrics<f64>>,
}

fn measure(rows: &[Row], clusters: &[u32], later_is_worse: bool) -> Resampled {
    let ranking = Ranking::new(rows, later_is_worse);
    let resamples = resamples(clusters).map(|weights| ranking.measure(&weights)).collect();
    Resampled { all: ranking.measure(&vec![1.0; rows.len()]), resamples }
}

impl Resampled {
    /// A baseline is no chance: it has no Brier score and no calibration.
    fn forget_chances(&mut self) {
        for metrics in self.resamples.iter_mut().chain([&mut self.all]) {
            (metrics.brier, metrics.calibration_error) = (f64::NAN, f64::NAN);
        }
    }

    fn score(&self, name: &'static str, first_baseline: &Self) -> Score {
        let value = |index: usize| {
            let resampled = self.resamples.iter().map(|it| it.values()[index]).collect();
            estimate(self.all.values()[index], resampled)
        };
        let gain = |of: fn(&Metrics<f64>) -> f64| {
            let pairs = self.resamples.iter().zip(&first_baseline.resamples);
            let gains = pairs.map(|(a, b)| of(a) - of(b)).collect();
            estimate(of(&self.all) - of(&first_baseline.all), gains)
        };
        Score {
            name,
            metrics: Metrics::from_values(std::array::from_fn(value)),
            auc_gain: gain(|it| it.auc),
            brier_gain: gain(|it| it.brier),
        }
    }
}

/// Deciles with the share in which it happened. Its interval is that of the resamples, or Wilson's
/// where that is wider: where it never happened all resamples are alike, and yet little is certain.
fn bins(rows: &[Row], clusters: &[u32]) -> Vec<Bin> {
    let ranking = Ranking::new(rows, true);
    let all = ranking.bins(&vec![1.0; rows.len()]);
    let resampled: Vec<_> = resamples(clusters).map(|weights| ranking.bins(&weights)).collect();
    let bin = |(place, (weight, chance, share)): (usize, &(f64, f64, f64))| {
        let shares = resampled.iter().filter_map(|bins| bins.get(place)).map(|bin| bin.2).collect();
        let share = wider(estimate(*share, shares), wilson(*share, *weight));
        Bin { chance: *chance, share, examples: *weight as usize }
    };
    all.iter().enumerate().map(bin).collect()
}

fn wider(a: Estimate, b: Estimate) -> Estimate {
    // `min` and `max` leave out what is no number.
    Estimate { value: a.value, low: a.low.min(b.low), high: a.high.max(b.high) }
}

/// The 95 % score interval of a share of `count` examples (Wilson 1927,
/// <https://doi.org/10.1080/01621459.1927.10502953>).
fn wilson(share: f64, count: f64) -> Estimate {
    let square = NORMAL_95 * NORMAL_95;
    let middle = share + square / (2.0 * count);
    let spread = (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    let end =
        |sign: f64| ((middle + sign * NORMAL_95 * spread) / (1.0 + square / count)).clamp(0.0, 1.0);
    Estimate { value: share, low: end(-1.0), high: end(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_happened_is_still_not_certain() {
        // 1.96^2 / (10 + 1.96^2) = 0.2775; and what tables give for 4 of 10.
        let never = wilson(0.0, 10.0);
        assert!(never.low < 1e-12 && (never.high - 0.2775).abs() < 1e-4, "{never:?}");
        let some = wilson(0.4, 10.0);
        assert!((some.low - 0.1682).abs() < 1e-4 && (some.high - 0.6873).abs() < 1e-4, "{some:?}");
    }
}
