//! Back-testing: forecasts for what was not fitted, beside what people use.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use serde::Serialize;

use super::bootstrap::{estimate, resamples};
use super::examples::{Clock, Example, disclosure, examples, unfixed};
use super::fit::{FOLDS, fit_once};
use super::metrics::{Estimate, Metrics, Ranking, Row};
use super::model::Model;
use super::tables::Tables;
use super::timeline::{day, day_number};
use super::unmaintained::{Early, unmaintained};
use crate::model::{Error, Feature, ForecastKind};

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The last day of which the data tell.
    pub cut: String,
    /// Forecast by forecast, what was measured on what.
    pub sections: Vec<Section>,
    /// Packages that were declared unmaintained, scored a year before.
    pub unmaintained: Vec<Early>,
}

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

/// Examples with the chance that a model gave without having seen them.
struct Split<'a> {
    name: String,
    headline: bool,
    rows: Vec<(&'a Example, f64, u32)>,
}

/// A score that people use.
struct Baseline {
    name: &'static str,
    score: fn(&Example) -> f64,
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

fn known(example: &Example, feature: Feature) -> f64 {
    example.features.get(feature).known().copied().unwrap_or_default()
}

fn beyond(example: &Example, days: f64) -> f64 {
    f64::from(u8::from(known(example, Feature::SilenceDays) > days))
}

/// Fewest examples of either outcome that are worth measuring.
const FEWEST: usize = 4;
/// The end of what the shipped models are fitted on.
const FIT_UNTIL: Date = date(2023, 1, 1);

/// Judges models of these shapes (their coefficients are fitted anew within each split).
///
/// By time: fitted on what was known before 2023, tested on forecasts made in 2023 and 2024, with
/// a last look at 2025 and 2026. By package: five folds, each forecast by a fit without it.
///
/// # Errors
/// Where a fit is not possible.
pub fn evaluate(tables: &Tables, models: &[Model]) -> Result<Evaluation, Error> {
    let mut sections = Vec::new();
    let mut fitted = Vec::new();
    for model in models {
        let all = examples(model.kind, tables);
        let before = within(&all, |it| it.known_by <= day_number(FIT_UNTIL));
        fitted.push(fit_once(model, &before)?);
        by_time(model, &all, &mut sections)?;
        match model.kind {
            ForecastKind::Silence => {
                let split = by_package(model, &all, Some(FIT_UNTIL), 2024)?;
                let split = split.named("packages not fitted, 2024-26, fitted before 2023");
                section(model, &split.headline(), &mut sections);
            }
            ForecastKind::Unfixed90Days => fixes(model, &all, tables, 90, &mut sections)?,
            ForecastKind::Unfixed365Days => fixes(model, &all, tables, 365, &mut sections)?,
            ForecastKind::Disclosure => windows(model, &all, tables, &mut sections)?,
        }
    }
    Ok(Evaluation {
        cut: day(tables.cut).to_string(),
        sections,
        unmaintained: unmaintained(tables, &fitted),
    })
}

fn within(all: &[Example], keep: impl Fn(&Example) -> bool) -> Vec<&Example> {
    all.iter().filter(|example| keep(example)).collect()
}

/// Year in which a forecast is made; of a fix, the year it is disclosed in.
fn year(kind: ForecastKind, example: &Example) -> i16 {
    let shift = match kind {
        ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => 120,
        ForecastKind::Silence | ForecastKind::Disclosure => 0,
    };
    day(example.as_of + shift).year()
}

fn by_time(model: &Model, all: &[Example], sections: &mut Vec<Section>) -> Result<(), Error> {
    let fitted = fit_once(model, &within(all, |it| it.known_by <= day_number(FIT_UNTIL)))?;
    for (name, from, to) in [("2023-24", 2023, 2024), ("2025-26, last look", 2025, 2026)] {
        let name = format!("{name}, fitted before 2023");
        let test = |it: &Example| (from..=to).contains(&year(model.kind, it));
        section(model, &Split::of(name, &fitted, &within(all, test)), sections);
    }
    for year_of in 2023..=2026 {
        let test = within(all, |it| year(model.kind, it) == year_of);
        let split = Split::of("by year, fitted before 2023".into(), &fitted, &test);
        part(model, &split, year_of.to_string(), sections);
    }
    Ok(())
}

/// Chances for forecasts from a year on, each by a fit without the package's fold.
fn by_package<'a>(
    model: &Model,
    all: &'a [Example],
    until: Option<Date>,
    from_year: i16,
) -> Result<Split<'a>, Error> {
    let until = until.map_or(i32::MAX, day_number);
    let mut rows = Vec::new();
    for fold in 0..FOLDS {
        let fitted = fit_once(model, &within(all, |it| it.fold != fold && it.known_by <= until))?;
        let test = all.iter().filter(|it| it.fold == fold && year(model.kind, it) >= from_year);
        rows.extend(test.map(|it| (it, fitted.chance(&it.features), fold)));
    }
    Ok(Split { name: String::new(), headline: false, rows })
}

fn fixes(
    model: &Model,
    all: &[Example],
    tables: &Tables,
    horizon_days: i32,
    sections: &mut Vec<Section>,
) -> Result<(), Error> {
    let own_date = unfixed(tables, horizon_days, Clock::AdvisoryDate);
    let clocks = [(all, ""), (&own_date[..], ", days from the advisory's own date")];
    for (all, clock) in clocks {
        let fitted = fit_once(model, &within(all, |it| it.known_by <= day_number(FIT_UNTIL)))?;
        let recent = within(all, |it| year(model.kind, it) >= 2024);
        let name = format!("2024-26, fitted before 2023{clock}");
        section(model, &Split::of(name, &fitted, &recent), sections);
        let split = by_package(model, all, None, i16::MIN)?;
        let split = split.named(format!("packages not fitted, all years{clock}"));
        let split = if clock.is_empty() { split.headline() } else { split };
        section(model, &split, sections);
    }
    Ok(())
}

/// Three years from 1 July on, each forecast by a fit on what was known before it.
fn windows(
    model: &Model,
    all: &[Example],
    tables: &Tables,
    sections: &mut Vec<Section>,
) -> Result<(), Error> {
    let tests: Vec<(i16, Vec<Example>)> = [2023, 2024, 2025]
        .into_iter()
        .map(|year| (year, disclosure(tables, date(year, 7, 1))))
        .collect();
    let mut together = Vec::new();
    for (year, test) in &tests {
        let start = day_number(date(*year, 7, 1));
        let fitted = fit_once(model, &within(all, |it| it.known_by <= start))?;
        let rows = test.iter().map(|it| (it, fitted.chance(&it.features), *year as u32));
        let rows: Vec<_> = rows.collect();
        together.extend(rows.iter().copied());
        let name = format!("July {year} to June {}, fitted before", year + 1);
        part(model, &Split { name, headline: false, rows }, String::new(), sections);
    }
    let name = "July 2023 to June 2026, each year fitted before it".to_owned();
    let together = Split { name, headline: true, rows: together };
    section(model, &together, sections);
    Ok(())
}

impl<'a> Split<'a> {
    fn of(name: String, fitted: &Model, test: &[&'a Example]) -> Self {
        let rows = test.iter().map(|it| (*it, fitted.chance(&it.features), 0)).collect();
        Self { name, headline: false, rows }
    }

    fn headline(self) -> Self {
        Self { headline: true, ..self }
    }

    fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }
}

/// A section for a split, and for each class in a headline one.
fn section(model: &Model, split: &Split<'_>, sections: &mut Vec<Section>) {
    part(model, split, String::new(), sections);
    let classes: BTreeSet<&str> = split.rows.iter().map(|(it, ..)| it.class).collect();
    for class in classes.into_iter().filter(|_| split.headline) {
        let rows = split.rows.iter().filter(|(it, ..)| it.class == class).copied().collect();
        let split = Split { name: split.name.clone(), headline: false, rows };
        part(model, &split, class.to_owned(), sections);
    }
}

/// Measures one set of examples. A set in which it, or its opposite, happened fewer than
/// [`FEWEST`] times is left out, as nothing can be learnt from it.
fn part(model: &Model, split: &Split<'_>, part: String, sections: &mut Vec<Section>) {
    let events = split.rows.iter().filter(|(it, ..)| it.outcome).count();
    if events.min(split.rows.len() - events) < FEWEST {
        return;
    }
    let baselines = match model.kind {
        ForecastKind::Disclosure => &DISCLOSURE_BASELINES,
        ForecastKind::Silence | ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => {
            &SILENCE_BASELINES
        }
    };
    let later_is_worse = model.kind != ForecastKind::Disclosure;
    let row = |score: f64, example: &Example, stratum| Row { stratum, ..Row::of(score, example) };
    let of = |baseline: &Baseline| -> Vec<Row> {
        split.rows.iter().map(|(it, _, stratum)| row((baseline.score)(it), it, *stratum)).collect()
    };
    let chances: Vec<Row> =
        split.rows.iter().map(|(it, chance, stratum)| row(*chance, it, *stratum)).collect();
    let clusters: Vec<u32> = chances.iter().map(|row| row.cluster).collect();
    let mut measured = vec![("model", measure(&chances, &clusters, later_is_worse))];
    measured.extend(baselines.iter().map(|it| {
        let mut resampled = measure(&of(it), &clusters, later_is_worse);
        resampled.forget_chances();
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
        mean_chance: chances.iter().map(|row| row.score).sum::<f64>() / chances.len() as f64,
        packages: distinct(split.rows.iter().map(|(it, ..)| it.package)),
        clusters: distinct(clusters.iter().copied()),
        scores: measured.iter().map(|(name, it)| it.score(name, &measured[1].1)).collect(),
        reliability: bins(&chances, &clusters),
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
        let pairs = self.resamples.iter().zip(&first_baseline.resamples);
        let gains = pairs.map(|(a, b)| a.auc - b.auc).collect();
        Score {
            name,
            metrics: Metrics::from_values(std::array::from_fn(value)),
            auc_gain: estimate(self.all.auc - first_baseline.all.auc, gains),
        }
    }
}

/// Deciles with the share in which it happened, resampled.
fn bins(rows: &[Row], clusters: &[u32]) -> Vec<Bin> {
    let ranking = Ranking::new(rows, true);
    let all = ranking.bins(&vec![1.0; rows.len()]);
    let resampled: Vec<_> = resamples(clusters).map(|weights| ranking.bins(&weights)).collect();
    let bin = |(place, (weight, chance, share)): (usize, &(f64, f64, f64))| {
        let shares = resampled.iter().filter_map(|bins| bins.get(place)).map(|bin| bin.2).collect();
        Bin { chance: *chance, share: estimate(*share, shares), examples: *weight as usize }
    };
    all.iter().enumerate().map(bin).collect()
}
