//! What the history of a project measures about the people behind it.

use crate::model::{Activity, Classification, Measure, Observed, Sourced};

/// Fewest people with half of the work of the last 12 months.
pub fn absence_factor(activity: &Observed<Sourced<Activity>>) -> Observed<Measure> {
    activity.and_then(|activity| {
        let people = activity.value.absence_factor_12_months.clone();
        people.map(|people| Measure::Number(people as f64))
    })
}

/// The class of the project.
pub fn class(class: &Observed<Classification>) -> Observed<Measure> {
    class.and_then(|known| Observed::Known(Measure::Class(known.class.name())))
}
