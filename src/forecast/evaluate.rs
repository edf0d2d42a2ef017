//! Back-testing: forecasts for what was not fitted, beside what people use.

mod baseline;
mod commits;
mod section;
mod shipped;

use jiff::civil::{Date, date};
use serde::Serialize;

use super::added;
use super::example::Example;
use super::examples::{Clock, EMBARGO_DAYS, disclosure, examples, unfixed};
use super::level::with_level;
use super::model::Model;
use super::newton::fit_once;
use super::tables::FOLDS;
use super::tables::Tables;
use super::timeline::{day, day_number};
use super::unmaintained::{Early, unmaintained};
use crate::model::{Error, ForecastKind};
use baseline::Training;
use section::{Measured, Split, part, section};

pub use section::{Bin, LeftOut, Score, Section};
pub use shipped::evaluate_shipped;

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The last day of which the data tell.
    pub cut: String,
    /// Which coefficients were tested.
    pub coefficients: Coefficients,
    /// What the bootstrap draws as one.
    pub resampling: Resampling,
    /// Forecast by forecast, what was measured on what.
    pub sections: Vec<Section>,
    /// What no figure is about, and why.
    pub left_out: Vec<LeftOut>,
    /// Packages that were declared unmaintained, scored a year before.
    pub unmaintained: Vec<Early>,
}

/// The coefficients that an evaluation tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coefficients {
    /// Those of `rules/forecast`, as they are.
    Shipped,
    /// Fitted anew within each split.
    Refitted,
}

/// What the bootstrap draws as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Resampling {
    /// Packages whose repository has a known owner: they are drawn with all of that owner, the
    /// others by themselves. `None` where no repositories were given: all are drawn by package.
    pub packages_with_owner: Option<usize>,
    /// All packages.
    pub packages: usize,
}

impl Resampling {
    fn of(tables: &Tables) -> Self {
        let packages_with_owner = tables.packages_with_owner();
        Self { packages_with_owner, packages: tables.packages.len() }
    }
}

/// The end of what the models are fitted on in a back-test that fits anew.
const FIT_UNTIL: Date = date(2023, 1, 1);

/// Judges models of these shapes (their coefficients are fitted anew within each split).
///
/// By time: fitted on what was known before 2023, tested on forecasts made in 2023 and 2024, with
/// a last test window, 2025 and 2026, and one more with the level that the shipped model was given, where
/// it was given one. By package: five folds, each forecast by a fit without it. With
/// commits: each repository by a fit without it.
///
/// # Errors
/// Where a fit is not possible.
pub fn evaluate(tables: &Tables, models: &[Model]) -> Result<Evaluation, Error> {
    let mut out = Measured::default();
    let mut fitted = Vec::new();
    for model in models {
        let all = examples(model.kind, tables);
        if let Some((releases, commits)) = added::split(model) {
            commits::with_and_without(&releases, &commits, &all, &mut out)?;
            continue;
        }
        let before = within(&all, |it| it.known_by <= day_number(FIT_UNTIL));
        fitted.push(fit_once(model, &before)?);
        by_time(model, &all, &mut out)?;
        match model.kind {
            ForecastKind::Silence => {
                let split = by_package(model, &all, Some(FIT_UNTIL), 2024)?;
                let split = split.named("packages not fitted, 2024-26, fitted before 2023");
                section(model, &split.headline(), &mut out);
            }
            ForecastKind::Unfixed90Days => fixes(model, &all, tables, 90, &mut out)?,
            ForecastKind::Unfixed365Days => fixes(model, &all, tables, 365, &mut out)?,
            ForecastKind::Disclosure => windows(model, &all, tables, &mut out)?,
            ForecastKind::Trouble => {
                let split = by_package(model, &all, None, i16::MIN)?;
                section(model, &split.named("packages not fitted, all years").headline(), &mut out);
            }
            ForecastKind::StillUnfixed => {
                let split = by_package(model, &all, Some(FIT_UNTIL), 2023)?;
                let split = split.named("packages not fitted, 2023-26, fitted before 2023");
                section(model, &split.headline(), &mut out);
            }
        }
    }
    Ok(Evaluation {
        cut: day(tables.cut).to_string(),
        coefficients: Coefficients::Refitted,
        resampling: Resampling::of(tables),
        sections: out.sections,
        left_out: out.left_out,
        unmaintained: unmaintained(tables, &fitted, FIT_UNTIL),
    })
}

fn within(all: &[Example], keep: impl Fn(&Example) -> bool) -> Vec<&Example> {
    all.iter().filter(|example| keep(example)).collect()
}

/// The day from which on the forecast tells: that of the forecast itself; of a fix, that of the
/// disclosure, although no fact of the last 120 days before it is used.
fn begins(kind: ForecastKind, example: &Example) -> i32 {
    match kind {
        ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => example.as_of + EMBARGO_DAYS,
        ForecastKind::Silence
        | ForecastKind::Disclosure
        | ForecastKind::StillUnfixed
        | ForecastKind::Trouble => example.as_of,
    }
}

/// Year in which a forecast is made; of a fix, the year it is disclosed in.
fn year(kind: ForecastKind, example: &Example) -> i16 {
    day(begins(kind, example)).year()
}

fn by_time(model: &Model, all: &[Example], out: &mut Measured) -> Result<(), Error> {
    let mut training = Training::on(&within(all, |it| it.known_by <= day_number(FIT_UNTIL)));
    let fitted = fit_once(model, &training.fitted)?;
    let windows = [("2023-24", 2023, 2024), ("2025-26, last test window", 2025, 2026)];
    for (name, from, to) in windows {
        let name = format!("{name}, fitted before 2023");
        let test = within(all, |it| (from..=to).contains(&year(model.kind, it)));
        section(model, &Split::of(name, &fitted, &training, &test), out);
    }
    for year_of in 2023..=2026 {
        let test = within(all, |it| year(model.kind, it) == year_of);
        let split = Split::of("by year, fitted before 2023", &fitted, &training, &test);
        part(model, &split, year_of.to_string(), out);
    }
    if let Some(level) = model.provenance.level.as_ref().map(|level| level.until) {
        let mut fitted = fitted;
        fitted.provenance.until = FIT_UNTIL;
        let fitted = with_level(fitted, all, level)?;
        training.level = sets_level(all, FIT_UNTIL, level);
        let test = within(all, |it| it.as_of >= day_number(level));
        let name =
            format!("last test window, fitted before 2023, level of what came before {level}");
        section(model, &Split::of(name, &fitted, &training, &test), out);
    }
    Ok(())
}

/// The examples that [`with_level`] sets a level by.
fn sets_level(all: &[Example], from: Date, until: Date) -> Vec<&Example> {
    within(all, |it| it.as_of >= day_number(from) && it.known_by <= day_number(until))
}

/// Chances for forecasts from a year on, each by a fit without the package's fold.
fn by_package<'a>(
    model: &Model,
    all: &'a [Example],
    until: Option<Date>,
    from_year: i16,
) -> Result<Split<'a>, Error> {
    let until = until.map_or(i32::MAX, day_number);
    let mut split = Split::empty("", model);
    for fold in 0..FOLDS {
        let training = within(all, |it| it.fold != fold && it.known_by <= until);
        let fitted = fit_once(model, &training)?;
        let test = all.iter().filter(|it| it.fold == fold && year(model.kind, it) >= from_year);
        let rows = test.map(|it| (it, fitted.chance(&it.features)));
        split = split.with(fold, &Training::on(&training), rows);
    }
    Ok(split)
}

fn fixes(
    model: &Model,
    all: &[Example],
    tables: &Tables,
    horizon_days: i32,
    out: &mut Measured,
) -> Result<(), Error> {
    let own_date = unfixed(tables, horizon_days, Clock::AdvisoryDate);
    let clocks = [(all, ""), (&own_date[..], ", days from the advisory's own date")];
    for (all, clock) in clocks {
        let training = within(all, |it| it.known_by <= day_number(FIT_UNTIL));
        let fitted = fit_once(model, &training)?;
        let training = Training::on(&training);
        for (name, from) in [("2024-26", 2024), ("2023-26", 2023)] {
            let recent = within(all, |it| year(model.kind, it) >= from);
            let name = format!("{name}, fitted before 2023{clock}");
            section(model, &Split::of(name, &fitted, &training, &recent), out);
        }
        let split = by_package(model, all, None, i16::MIN)?;
        let split = split.named(format!("packages not fitted, all years{clock}"));
        let split = if clock.is_empty() { split.headline() } else { split };
        section(model, &split, out);
    }
    Ok(())
}

/// Three years from 1 July on, each forecast by a fit on what was known before it.
fn windows(
    model: &Model,
    all: &[Example],
    tables: &Tables,
    out: &mut Measured,
) -> Result<(), Error> {
    let tests: Vec<(i16, Vec<Example>)> = [2023, 2024, 2025]
        .into_iter()
        .map(|year| (year, disclosure(tables, date(year, 7, 1))))
        .collect();
    let mut together =
        Split::empty("July 2023 to June 2026, each year fitted before it", model).headline();
    for (year, test) in &tests {
        let start = day_number(date(*year, 7, 1));
        let training = within(all, |it| it.known_by <= start);
        let fitted = fit_once(model, &training)?;
        let training = Training::on(&training);
        let rows = || test.iter().map(|it| (it, fitted.chance(&it.features)));
        let name = format!("July {year} to June {}, fitted before", year + 1);
        let stratum = u32::from(year.unsigned_abs());
        together = together.with(stratum, &training, rows());
        let split = Split::empty(name, model).with(0, &training, rows());
        part(model, &split, String::new(), out);
    }
    section(model, &together, out);
    Ok(())
}
