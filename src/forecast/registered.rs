//! Scoring forecasts that were written down before their outcome was known.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::example::{Example, YEAR};
use super::examples::{Clock, EMBARGO_DAYS, disclosure, silence, unfixed};
use super::metrics::{Metrics, Ranking};
use super::row::Row;
use super::tables::Tables;
use super::timeline::day_number;
use super::trouble::trouble;
use crate::model::ForecastKind;
use crate::source::backtest::RegisteredForecast;

/// How good the registered forecasts of one kind were.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// What was forecast.
    pub kind: ForecastKind,
    /// Forecasts of it.
    pub forecasts: usize,
    /// Those that cannot be tested: their model knew what came after the day they were made for.
    pub fitted_later: usize,
    /// Of the others, those with a known outcome. Of fixes, those with a disclosure in the year after.
    pub known: usize,
    /// Those in which it happened.
    pub events: usize,
    /// Mean chance of those with a known outcome.
    pub expected: f64,
    /// Brier score of a forecast that says the share of events of everything.
    pub base_brier: f64,
    /// The measures; none where it happened always or never.
    pub metrics: Option<Metrics<f64>>,
}

/// Scores forecasts by kind with what the tables tell.
pub fn score_registered(tables: &Tables, forecasts: &[RegisteredForecast]) -> Vec<Registered> {
    let mut outcomes = BTreeMap::<(ForecastKind, Date), BTreeMap<&str, Example>>::new();
    let mut results = Vec::new();
    for kind in ForecastKind::ALL {
        let of_kind: Vec<_> = forecasts.iter().filter(|it| it.kind == kind).collect();
        let (tested, fitted_later): (Vec<&RegisteredForecast>, Vec<_>) =
            of_kind.iter().partition(|it| it.known_until <= it.day);
        let mut rows = Vec::new();
        for forecast in tested {
            let known = outcomes
                .entry((kind, forecast.day))
                .or_insert_with(|| by_name(tables, kind, forecast.day));
            if let Some(example) = known.get(forecast.package.as_str()) {
                rows.push(Row::of(forecast.chance, example));
            }
        }
        if !of_kind.is_empty() {
            results.push(scored(kind, of_kind.len(), fitted_later.len(), &rows));
        }
    }
    results
}

fn scored(kind: ForecastKind, forecasts: usize, fitted_later: usize, rows: &[Row]) -> Registered {
    let known = rows.len();
    let events = rows.iter().filter(|row| row.outcome).count();
    let share = events as f64 / known as f64;
    let tells_apart = events > 0 && events < known;
    let later_is_worse = kind != ForecastKind::Disclosure;
    Registered {
        kind,
        forecasts,
        fitted_later,
        known,
        events,
        expected: rows.iter().map(|row| row.score).sum::<f64>() / known as f64,
        base_brier: share * (1.0 - share),
        metrics: tells_apart.then(|| Ranking::new(rows, later_is_worse).measure(&vec![1.0; known])),
    }
}

/// What came of a kind after a day, by package, where it is known.
fn by_name(tables: &Tables, kind: ForecastKind, day: Date) -> BTreeMap<&str, Example> {
    let start = day_number(day);
    let in_the_year =
        |it: &Example| (start + 1..=start + YEAR).contains(&(it.as_of + EMBARGO_DAYS));
    let fixes = |horizon| {
        let mut all = unfixed(tables, horizon, Clock::FirstSeen);
        all.retain(in_the_year);
        // The first disclosure of each package comes last into the map.
        all.sort_by_key(|it| std::cmp::Reverse(it.as_of));
        all
    };
    let examples = match kind {
        ForecastKind::Silence => silence(tables, day),
        ForecastKind::Disclosure => disclosure(tables, day),
        ForecastKind::Unfixed90Days => fixes(90),
        ForecastKind::Unfixed365Days => fixes(YEAR),
        // It is about one advisory, and is not registered.
        ForecastKind::StillUnfixed => Vec::new(),
        ForecastKind::Trouble => trouble(tables, day),
    };
    let named = |it: Example| (tables.packages[it.package as usize].name.as_str(), it);
    examples.into_iter().map(named).collect()
}
