//! Back-testing: forecasts for what was not fitted, beside what people use.

mod commits;
mod section;

use jiff::civil::{Date, date};
use serde::Serialize;

use super::added;
use super::examples::{Clock, Example, disclosure, examples, unfixed};
use super::fit::{FOLDS, fit_once};
use super::level::with_level;
use super::model::Model;
use super::tables::Tables;
use super::timeline::{day, day_number};
use super::unmaintained::{Early, unmaintained};
use crate::model::{Error, ForecastKind};
use section::{Split, part, section};

pub use section::{Bin, Score, Section};

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

/// The end of what the shipped models are fitted on.
const FIT_UNTIL: Date = date(2023, 1, 1);

/// Judges models of these shapes (their coefficients are fitted anew within each split).
///
/// By time: fitted on what was known before 2023, tested on forecasts made in 2023 and 2024, with
/// a last look at 2025 and 2026, and one more with the level that the shipped model was given, where
/// it was given one. By package: five folds, each forecast by a fit without it. With
/// commits: each repository by a fit without it.
///
/// # Errors
/// Where a fit is not possible.
pub fn evaluate(tables: &Tables, models: &[Model]) -> Result<Evaluation, Error> {
    let mut sections = Vec::new();
    let mut fitted = Vec::new();
    for model in models {
        let all = examples(model.kind, tables);
        if let Some((releases, commits)) = added::split(model) {
            commits::with_and_without(&releases, &commits, &all, &mut sections)?;
            continue;
        }
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
    if let Some(level) = model.provenance.level.as_ref().map(|level| level.until) {
        let mut fitted = fitted.clone();
        fitted.provenance.until = FIT_UNTIL;
        let fitted = with_level(fitted, all, level)?;
        let test = within(all, |it| it.as_of >= day_number(level));
        let name = format!("last look, fitted before 2023, level of what came before {level}");
        section(model, &Split::of(name, &fitted, &test), sections);
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
