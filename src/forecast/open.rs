//! Examples of vulnerabilities that were public and not fixed.

use super::example::{Example, YEAR, begin, disclosure_class};
use super::tables::Tables;
use crate::model::{Feature, Observed};

/// Days after a disclosure on which it is looked at whether it is still open.
const LANDMARK_DAYS: [i32; 7] = [0, 30, 90, 180, 365, 730, 1460];

/// Whether each disclosure without a fixed release so many days after it first appeared has none
/// 365 days later either, from what was known on the day (landmarks, as in van Houwelingen 2007,
/// <https://doi.org/10.1111/j.1467-9469.2006.00529.x>). Withdrawn ones are left out.
pub fn open(tables: &Tables) -> Vec<Example> {
    let mut examples = Vec::new();
    for (place, package) in tables.packages.iter().enumerate() {
        for disclosure in package.disclosures.iter().filter(|it| it.withdrawn.is_none()) {
            for open_days in LANDMARK_DAYS {
                let as_of = disclosure.first_seen + open_days;
                let known_by = as_of + YEAR;
                let is_open = disclosure.fixed.is_none_or(|fixed| fixed > as_of);
                if !is_open || known_by > tables.cut || package.timeline.last(as_of).is_none() {
                    continue;
                }
                let features = tables
                    .features(package, as_of)
                    .with(Feature::OpenDays, Observed::Known(f64::from(open_days)));
                examples.push(Example {
                    outcome: disclosure.fixed.is_none_or(|fixed| fixed > known_by),
                    days: f64::from(disclosure.fixed.unwrap_or(tables.cut) - as_of),
                    seen: disclosure.fixed.is_some(),
                    class: disclosure_class(disclosure),
                    ..begin(place, package, as_of, known_by, features)
                });
            }
        }
    }
    examples
}
