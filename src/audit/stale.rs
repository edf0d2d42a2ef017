//! Histories that end before the newest release: nobody can tell from them who is there.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::Inputs;
use crate::model::{Found, Missing, Observed, Upstream};
use crate::signal::class::end_of;

/// A release may come from a branch beside the main one, or a while after the last commit; a copy
/// that ends longer before it lacks what was done since.
const MOST_DAYS_BEFORE_RELEASE: i64 = 31;

/// What was learned about upstream projects, but for histories that are stale: those whose last
/// commit is more than a month older than a release of a package of the repository. Their activity
/// is missing, for "no commits in 12 months" would be said of the copy, not of the project.
pub(super) fn without_stale<'a>(
    inputs: &'a Inputs,
    locations: &[Observed<Found>],
) -> Cow<'a, BTreeMap<String, Upstream>> {
    let stale: BTreeSet<&str> = locations
        .iter()
        .zip(&inputs.histories)
        .filter_map(|(location, history)| {
            let address = location.known()?.location.repository.address.as_str();
            let activity = inputs.upstream.get(address)?.activity.known()?;
            let end = end_of(inputs.as_of);
            let times = history.known()?.releases.iter().filter_map(|release| release.published);
            let newest = times.filter(|time| time.as_second() < end).max()?;
            let margin = SignedDuration::from_hours(24 * MOST_DAYS_BEFORE_RELEASE);
            (newest.duration_since(activity.value.last_commit) > margin).then_some(address)
        })
        .collect();
    let mut upstream = Cow::Borrowed(&inputs.upstream);
    for address in stale {
        if let Some(learned) = upstream.to_mut().get_mut(address) {
            learned.activity = Observed::Missing(Missing::Stale);
        }
    }
    upstream
}
