//! Forecasts and what they lead to.

use std::sync::Arc;

use headwater::forecast::{Models, Timeline, day_number, release_features};
use headwater::model::{
    Estimate, Expected, Exposed, Feature, Measure, Observed, Outlook, PackageIndex, Places,
};
use jiff::civil::date;

use super::score;

/// The forecasts about a package that was last released four years ago.
pub(super) fn outlook() -> Arc<Outlook> {
    let timeline = Timeline::new(vec![day_number(date(2020, 1, 1)), day_number(date(2022, 2, 10))]);
    let features = release_features(&timeline, day_number(date(2026, 8, 21)))
        .with(Feature::PastDisclosures, Observed::Known(1.0));
    Arc::new(Models::shipped().unwrap().outlook(&features))
}

/// What is to be expected of three packages that are often looked at.
pub(super) fn expected() -> Expected {
    let estimate = |value: f64| Estimate { value, low: value / 2.0, high: value * 2.0 };
    let (disclosures, unfixed) = (estimate(1.94), estimate(0.0625));
    Expected { packages: 371, disclosures, unfixed, exposure: estimate(1.94 * 0.0625) }
}

pub(super) fn exposed() -> Vec<Exposed> {
    let score = score(&[("unfixed", Observed::Known(Measure::Number(0.61)), "share", 0.9, 60.0)]);
    vec![Exposed {
        package: PackageIndex(11),
        score,
        places: Places { first: 1, last: 4 },
        reasons: vec!["chance that a vulnerability has no fix: 61 %".into()],
        waiver: None,
        fails_gate: false,
    }]
}
