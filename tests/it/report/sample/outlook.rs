//! Forecasts and what they lead to.

use std::sync::Arc;

use headwater::forecast::{Models, Timeline, day_number, release_features, while_silent};
use headwater::model::{
    Chance, Estimate, Expected, Exposed, Feature, Harm, Measure, Missing, Observed, Outlook,
    PackageIndex, Places, Presence,
};
use jiff::civil::date;

use super::score;

/// The forecasts about a package that was last released four years ago.
pub(super) fn outlook() -> Arc<Outlook> {
    let timeline = Timeline::new(vec![day_number(date(2020, 1, 1)), day_number(date(2022, 2, 10))]);
    let features = release_features(&timeline, day_number(date(2026, 8, 21)))
        .with(Feature::PastDisclosures, Observed::Known(1.0));
    Arc::new(Models::shipped().unwrap().outlook(&while_silent(features)))
}

/// What is to be expected of three packages that are often looked at.
pub(super) fn expected() -> Expected {
    let estimate = |value: f64| Estimate { value, low: value / 2.0, high: value * 2.0 };
    let (disclosures, unfixed) = (estimate(1.94), estimate(0.0625));
    Expected { packages: 371, disclosures, unfixed, exposure: estimate(1.94 * 0.0625) }
}

/// A chance of which one fact is judged and one is not known.
pub(super) fn chance(value: f64) -> Chance {
    let fitted = outlook().trouble.clone();
    let score = score(&[
        ("absence-factor", Observed::Known(Measure::Number(1.0)), "people", 0.9, 0.8),
        ("responsiveness", Observed::Missing(Missing::NotAsked), "days", 0.0, 0.5),
    ]);
    let estimate = Estimate { value, low: value / 2.0, high: (value * 2.0).min(1.0) };
    Chance { estimate, fitted, judged: score }
}

pub(super) fn exposed() -> Vec<Exposed> {
    vec![Exposed {
        package: PackageIndex(11),
        chance: chance(0.31),
        harm: Harm::new(0.25, Presence::Dev, 0.4),
        places: Places { first: 1, last: 4 },
        reasons: vec!["1653 days since the last release".into()],
        waiver: None,
        fails_gate: false,
    }]
}
