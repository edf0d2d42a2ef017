//! The level of a model: how many are to be expected, apart from who comes before whom.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::example::Example;
use super::metrics::calibration_error;
use super::model::{Level, Model, logistic};
use super::newton::check_events;
use super::row::Row;
use super::timeline::day_number;
use crate::model::Error;

const MOST_STEPS: usize = 100;
/// Log-odds that a level is moved at most; further away there is nothing left to tell apart.
const FURTHEST: f64 = 20.0;

/// Sets the intercept of a fitted model so that it expects as many events as came, between the end
/// of what it was fitted on and a later day. Coefficients stay: reports may become rarer
/// everywhere and still be about the same packages.
///
/// Recalibration in the large (Steyerberg et al. 2004, <https://doi.org/10.1002/sim.1844>). The
/// variance of the new level, clustered by package, is added to that of the intercept, and the
/// calibration error is the larger of the two.
///
/// # Errors
/// Where the day lets no example in, or the event happened in none or all of them.
pub fn with_level(model: Model, examples: &[Example], until: Date) -> Result<Model, Error> {
    let start = day_number(model.provenance.until);
    let end = day_number(until);
    let between = examples.iter().filter(|it| it.as_of >= start && it.known_by <= end);
    let between: Vec<&Example> = between.collect();
    check_events(&model.id, &between)?;
    let log_odds: Vec<f64> = between.iter().map(|it| model.log_odds_of(&it.features)).collect();
    let events = between.iter().filter(|it| it.outcome).count();
    let shift = shift(&log_odds, events as f64);

    let mut model = model;
    model.intercept += shift;
    let chances: Vec<f64> = log_odds.iter().map(|it| logistic(it + shift)).collect();
    model.covariance[0][0] += variance(&between, &chances);
    let rows: Vec<Row> =
        between.iter().zip(&chances).map(|(it, chance)| Row::of(*chance, it)).collect();
    model.calibration_error = model.calibration_error.max(calibration_error(&rows));
    model.provenance.level = Some(Level { until, examples: between.len(), events });
    Ok(model)
}

/// What to add to all log-odds for `events` to be expected, by halving: the expectation rises with
/// the shift.
pub(super) fn shift(log_odds: &[f64], events: f64) -> f64 {
    let (mut low, mut high) = (-FURTHEST, FURTHEST);
    for _ in 0..MOST_STEPS {
        let middle = f64::midpoint(low, high);
        let expected: f64 = log_odds.iter().map(|it| logistic(it + middle)).sum();
        if expected < events {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Variance of the level, clustered by package as in the fit.
fn variance(examples: &[&Example], chances: &[f64]) -> f64 {
    let mut scores = BTreeMap::<u32, f64>::new();
    let mut information = 0.0;
    for (example, chance) in examples.iter().zip(chances) {
        let outcome = f64::from(u8::from(example.outcome));
        *scores.entry(example.package).or_default() += outcome - chance;
        information += chance * (1.0 - chance);
    }
    scores.values().map(|score| score * score).sum::<f64>() / (information * information)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_expected_as_came() {
        let log_odds = [-3.0, -1.0, 0.5, 2.0];
        for events in [0.5, 1.0, 3.0] {
            let shift = shift(&log_odds, events);
            let expected: f64 = log_odds.iter().map(|it| logistic(it + shift)).sum();
            assert!((expected - events).abs() < 1e-9, "{expected} for {events}");
        }
    }
}
