//! What the releases measure, past and forecast.

use crate::model::{Cadence, Expected, Measure, Observed};

/// Share of releases that are yanked today, 0 to 1.
pub fn yanked_share(cadence: &Observed<Cadence>) -> Observed<Measure> {
    cadence.and_then(|cadence| number(cadence.yanked_share))
}

/// Chance that a vulnerability disclosed today has no fixed release in 90 days, 0 to 1.
pub fn unfixed(expected: &Observed<Expected>) -> Observed<Measure> {
    expected.and_then(|expected| number(expected.unfixed.value))
}

/// Expected number of vulnerabilities within a year that have no fixed release in 90 days.
pub fn expected_exposure(expected: &Observed<Expected>) -> Observed<Measure> {
    expected.and_then(|expected| number(expected.exposure.value))
}

fn number(value: f64) -> Observed<Measure> {
    Observed::Known(Measure::Number(value))
}
