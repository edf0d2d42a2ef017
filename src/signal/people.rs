//! What the history of a project, its forge and its registry measure about the people behind it.

use jiff::civil::Date;
use jiff::tz::Offset;

use crate::model::{
    Activity, Classification, Forge, Funding, HandsShape, Measure, Missing, Observed, Ownership,
    Sourced, Tagging,
};

use super::class::recent_change;

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

/// Median days until the project answered people from outside; `None` where nobody asked.
pub fn first_response(forge: &Observed<Sourced<Forge>>) -> Option<Observed<Measure>> {
    match forge {
        Observed::Missing(why) => Some(Observed::Missing(*why)),
        Observed::Known(forge) => {
            forge.value.first_response_days.map(|days| Observed::Known(Measure::Number(days)))
        }
    }
}

/// The shape of a change of hands that is still news on the day: `none`, `takeover` or
/// `awakening`.
pub fn change_of_hands(activity: &Observed<Sourced<Activity>>, as_of: Date) -> Observed<Measure> {
    activity.and_then(|activity| {
        let shape = match recent_change(&activity.value, as_of).map(|change| change.shape) {
            None => "none",
            Some(HandsShape::Takeover) => "takeover",
            Some(HandsShape::Awakening) => "awakening",
        };
        Observed::Known(Measure::Class(shape))
    })
}

/// Days since a person last committed, 0 where that was after the day.
pub fn commit_silence(activity: &Observed<Sourced<Activity>>, as_of: Date) -> Observed<Measure> {
    activity.and_then(|activity| {
        let last = Offset::UTC.to_datetime(activity.value.last_commit).date();
        let days = as_of.since(last).map_or(0, |span| span.get_days()).max(0);
        Observed::Known(Measure::Number(f64::from(days)))
    })
}

/// Whether it is known whom one can pay: `payee` or `none`.
pub fn funding(funding: &Observed<Sourced<Funding>>) -> Observed<Measure> {
    funding.and_then(|funding| {
        let class = if funding.value.payees.is_empty() { "none" } else { "payee" };
        Observed::Known(Measure::Class(class))
    })
}

/// People who can publish a package. Who is in a team is not known: it counts as two.
pub fn publishers(ownership: &Observed<Sourced<Ownership>>) -> Observed<Measure> {
    ownership.and_then(|ownership| {
        let people = ownership.value.people.len() + 2 * ownership.value.teams.len();
        Observed::Known(Measure::Number(people as f64))
    })
}

/// Whether the newest release is tagged: `tagged` or `untagged`; `None` where the project tags
/// no releases, so that nothing can be missing.
pub fn newest_tag(tagging: &Observed<Tagging>) -> Option<Observed<Measure>> {
    match tagging {
        Observed::Missing(Missing::NoTag) => None,
        Observed::Missing(why) => Some(Observed::Missing(*why)),
        Observed::Known(tagging) => {
            Some(Observed::Known(Measure::Class(if tagging.newest_is_tagged {
                "tagged"
            } else {
                "untagged"
            })))
        }
    }
}
