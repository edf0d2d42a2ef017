//! Measuring one set of examples that were not fitted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::forecast::bootstrap::{estimate, resamples};
use crate::forecast::example::Example;
use crate::forecast::metrics::{Estimate, Metrics, Ranking};
use crate::forecast::model::{Model, NORMAL_95};
use crate::forecast::population::Population;
use crate::forecast::row::Row;
use crate::model::ForecastKind;

use super::baseline::{Baseline, Column, Curve, Training, baselines};

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
    /// Which packages.
    pub population: Population,
    /// Whether this is the split to look at first, drawn in the reliability diagram.
    pub headline: bool,
    /// Examples.
    pub examples: usize,
    /// Examples in which it happened.
    pub events: usize,
    /// Of these, fixes that were out by the day of the disclosure; of disclosures only.
    pub fixed_same_day: Option<usize>,
    /// Mean of the model's chances, 0 to 1; no number where only the order is tested.
    pub mean_chance: f64,
    /// Packages.
    pub packages: usize,
    /// Clusters of packages that are resampled as one.
    pub clusters: usize,
    /// The model first, then the baselines.
    pub scores: Vec<Score>,
    /// Deciles of the model's chance, lowest first; empty where only the order is tested.
    pub reliability: Vec<Bin>,
}

/// Examples that no figure is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// Name of the model.
    pub forecast: String,
    /// Which examples.
    pub what: String,
    /// How many.
    pub examples: usize,
    /// Why they are left out.
    pub why: String,
}

/// What was measured and what was not.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) sections: Vec<Section>,
    pub(super) left_out: Vec<LeftOut>,
}

/// How good a score is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// `model`, or the name of a baseline.
    pub name: &'static str,
    /// The measures. Brier score and calibration error of a baseline are those of the chance that
    /// is fitted to it on the examples that the model was fitted on.
    pub metrics: Metrics<Estimate>,
    /// AUC above that of the first baseline, in the same resamples.
    pub auc_gain: Estimate,
    /// Brier score above that of the first baseline (less is better).
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
#[derive(Clone)]
pub(super) struct Split<'a> {
    pub(super) name: String,
    pub(super) headline: bool,
    pub(super) population: Population,
    /// Whether the level was set by these examples, so that only their order is tested.
    pub(super) order_only: bool,
    /// Example, chance, and the stratum of the fit that gave it.
    pub(super) rows: Vec<(&'a Example, f64, u32)>,
    baselines: &'static [Baseline],
    /// By stratum, the chance of each baseline.
    curves: BTreeMap<u32, Vec<Option<Curve>>>,
}

/// Fewest examples of either outcome that are worth measuring.
const FEWEST: usize = 4;

impl<'a> Split<'a> {
    /// A split without examples, against the baselines of a model.
    pub(super) fn empty(name: impl Into<String>, model: &Model) -> Self {
        Self {
            name: name.into(),
            headline: false,
            population: Population::All,
            order_only: false,
            rows: Vec::new(),
            baselines: baselines(model.kind),
            curves: BTreeMap::new(),
        }
    }

    /// Examples forecast by one model, with baselines fitted on what the model was fitted on.
    pub(super) fn of(
        name: impl Into<String>,
        fitted: &Model,
        training: &Training<'_>,
        test: &[&'a Example],
    ) -> Self {
        let rows = test.iter().map(|it| (*it, fitted.chance(&it.features)));
        Self::empty(name, fitted).with(0, training, rows)
    }

    pub(super) fn against(self, baselines: &'static [Baseline]) -> Self {
        Self { baselines, ..self }
    }

    /// Takes in the forecasts of one fit.
    pub(super) fn with(
        mut self,
        stratum: u32,
        training: &Training<'_>,
        rows: impl Iterator<Item = (&'a Example, f64)>,
    ) -> Self {
        self.rows.extend(rows.map(|(it, chance)| (it, chance, stratum)));
        let curves = self.baselines.iter().map(|it| Curve::fit(it, training)).collect();
        self.curves.insert(stratum, curves);
        self
    }

    pub(super) fn headline(self) -> Self {
        Self { headline: true, ..self }
    }

    pub(super) fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The examples that are kept, as a split to look at later.
    pub(super) fn only(&self, keep: impl Fn(&Example) -> bool) -> Self {
        let rows = self.rows.iter().filter(|(it, ..)| keep(it)).copied().collect();
        Self { rows, headline: false, ..self.clone() }
    }

    /// The baselines that are known of every example.
    fn columns(&self) -> Vec<Column> {
        let column = |(place, baseline): (usize, &Baseline)| {
            let score = |row: &(&Example, f64, u32)| (baseline.score)(row.0);
            let scores: Vec<f64> = self.rows.iter().map(score).collect::<Option<_>>()?;
            let chance = |(row, score): (&(&Example, f64, u32), &f64)| {
                let curve = self.curves.get(&row.2).and_then(|curves| curves[place]);
                curve.map_or(f64::NAN, |curve| curve.chance(*score))
            };
            let chances = self.rows.iter().zip(&scores).map(chance).collect();
            Some(Column { name: baseline.name, scores, chances })
        };
        self.baselines.iter().enumerate().filter_map(column).collect()
    }
}

/// A section for a split, and for each class in a headline one.
pub(super) fn section(model: &Model, split: &Split<'_>, out: &mut Measured) {
    part(model, split, String::new(), out);
    let classes: BTreeSet<&str> = split.rows.iter().map(|(it, ..)| it.class).collect();
    for class in classes.into_iter().filter(|_| split.headline) {
        part(model, &split.only(|it| it.class == class), class.to_owned(), out);
    }
}

/// Measures one set of examples beside what people use.
pub(super) fn part(model: &Model, split: &Split<'_>, part: String, out: &mut Measured) {
    measured(model, split, part, Vec::new(), out);
}

/// Measures the model's chances beside other chances and the baselines. A set in which it, or its
/// opposite, happened fewer than [`FEWEST`] times is left out, as nothing can be learnt from it.
pub(super) fn measured(
    model: &Model,
    split: &Split<'_>,
    part: String,
    mut beside: Vec<Column>,
    out: &mut Measured,
) {
    let events = split.rows.iter().filter(|(it, ..)| it.outcome).count();
    let examples = split.rows.len();
    if events.min(examples - events) < FEWEST {
        let words = [&split.name, &part, split.population.words()];
        let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
        let why = format!(
            "it happened in {events} of them, and fewer than {FEWEST} of either outcome tell nothing"
        );
        let (forecast, what) = (model.id.clone(), words.join(", "));
        out.left_out.push(LeftOut { forecast, what, examples, why });
        return;
    }
    beside.extend(split.columns());
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
    measured.extend(beside.iter().map(|it| {
        let mut resampled = measure(&of(&it.scores), &clusters, later_is_worse);
        resampled.judge_chances(&of(&it.chances), &clusters);
        (it.name, resampled)
    }));
    if split.order_only {
        measured.iter_mut().for_each(|(_, it)| it.forget_chances());
    }
    let first = measured.get(1).map_or(&measured[0].1, |it| &it.1);
    let mean_chance = chances.iter().sum::<f64>() / chances.len() as f64;
    out.sections.push(Section {
        forecast: model.id.clone(),
        title: model.title.clone(),
        split: split.name.clone(),
        part,
        population: split.population,
        headline: split.headline,
        examples,
        events,
        fixed_same_day: same_day(model.kind, split),
        mean_chance: if split.order_only { f64::NAN } else { mean_chance },
        packages: distinct(split.rows.iter().map(|(it, ..)| it.package)),
        clusters: distinct(clusters.iter().copied()),
        scores: measured.iter().map(|(name, it)| it.score(name, first)).collect(),
        reliability: if split.order_only { Vec::new() } else { bins(&rows, &clusters) },
    });
}

/// Fixes that were out by the day from which the days to a fix are counted.
fn same_day(kind: ForecastKind, split: &Split<'_>) -> Option<usize> {
    match kind {
        ForecastKind::Silence
        | ForecastKind::Disclosure
        | ForecastKind::StillUnfixed
        | ForecastKind::Trouble => None,
        ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => {
            let fixed = |it: &Example| it.seen && it.days <= 0.0;
            Some(split.rows.iter().filter(|(it, ..)| fixed(it)).count())
        }
    }
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
    /// Takes Brier score and calibration from the chances that go with a score; the order stays
    /// that of the score, which a falling curve would turn around.
    fn judge_chances(&mut self, rows: &[Row], clusters: &[u32]) {
        if rows.iter().any(|row| row.score.is_nan()) {
            return self.forget_chances();
        }
        let ranking = Ranking::new(rows, true);
        let all = std::iter::once(vec![1.0; rows.len()]);
        let metrics = std::iter::once(&mut self.all).chain(&mut self.resamples);
        for (metrics, weights) in metrics.zip(all.chain(resamples(clusters))) {
            metrics.brier = ranking.brier(&weights);
            metrics.calibration_error = ranking.calibration_error(&weights);
        }
    }

    /// A score without a chance has no Brier score and no calibration.
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

/// The 95% score interval of a share of `count` examples (Wilson 1927,
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
