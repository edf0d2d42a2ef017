//! What the release cadence measures.

use crate::model::{Cadence, Measure, Observed};

/// Days since the last release.
pub fn silence_days(cadence: &Observed<Cadence>) -> Observed<Measure> {
    cadence.and_then(|cadence| number(cadence.silence_days))
}

/// Days since the last release by the 90th percentile of its intervals.
pub fn silence_ratio(cadence: &Observed<Cadence>) -> Observed<Measure> {
    cadence.and_then(|cadence| cadence.silence_ratio.clone().map(Measure::Number))
}

/// Releases in the last 36 months.
pub fn releases_36_months(cadence: &Observed<Cadence>) -> Observed<Measure> {
    cadence.and_then(|cadence| number(cadence.releases_36_months as f64))
}

/// Share of releases that are yanked today, 0 to 1.
pub fn yanked_share(cadence: &Observed<Cadence>) -> Observed<Measure> {
    cadence.and_then(|cadence| number(cadence.yanked_share))
}

fn number(value: f64) -> Observed<Measure> {
    Observed::Known(Measure::Number(value))
}
