//! Trouble: what an upstream project is ranked for.
//!
//! Three things that can be told from public records and that leave users alone: the package is
//! declared unmaintained, a disclosure stays without a fix, or its dependents drop it while it is
//! silent. Most of what comes is the first, and notices are written about packages that somebody
//! still uses; so the model looks at silence together with use.

use jiff::civil::Date;

use super::example::{Example, begin};
use super::tables::{PackageRecord, Tables};
use super::timeline::day_number;

/// The days that trouble is forecast for.
pub(super) const HORIZON_DAYS: i32 = 730;
/// A disclosure without a fix for so many days is trouble.
pub(super) const UNFIXED_DAYS: i32 = 90;
/// Of fewer dependents no share is taken.
const FEWEST_DEPENDENTS: usize = 3;

/// Whether trouble comes to each package in the 730 days after a day. The population are packages
/// that a lockfile holds on the day, where that is known, and that nobody has declared
/// unmaintained by then. Empty where the data end before.
pub fn trouble(tables: &Tables, day: Date) -> Vec<Example> {
    let as_of = day_number(day);
    if as_of + HORIZON_DAYS > tables.cut {
        return Vec::new();
    }
    let is_candidate = |(place, package): &(usize, &PackageRecord)| {
        let used = !tables.has_locks() || tables.adoption(*place, as_of).is_some_and(|it| it > 0);
        used && package.timeline.last(as_of).is_some() && !is_declared(package, as_of)
    };
    let example = |(place, package): (usize, &PackageRecord)| {
        let features = tables.features(package, as_of);
        let declared = declared(package, as_of);
        let unfixed = unfixed(package, as_of);
        let class = match (declared, unfixed) {
            (Some(_), _) => "declared unmaintained",
            (None, Some(_)) => "unfixed disclosure",
            (None, None) => "other",
        };
        let first = declared.into_iter().chain(unfixed).min();
        let outcome = first.is_some() || dropped(package, as_of);
        let days = first.map_or(f64::from(HORIZON_DAYS), |day| f64::from(day - as_of));
        let begun = begin(place, package, as_of, as_of + HORIZON_DAYS, features);
        Example { outcome, days, seen: outcome, class, ..begun }
    };
    let packages = tables.packages.iter().enumerate();
    packages.filter(is_candidate).map(example).collect()
}

/// Whether a notice that the project is unmaintained was public by a day.
pub(super) fn is_declared(package: &PackageRecord, as_of: i32) -> bool {
    package.notices.iter().any(|it| it.first_seen <= as_of && it.is_about_project(as_of))
}

/// The day within the horizon on which it is declared unmaintained.
pub(super) fn declared(package: &PackageRecord, as_of: i32) -> Option<i32> {
    let within = as_of + 1..=as_of + HORIZON_DAYS;
    let notices = package.notices.iter();
    let about = notices.filter(|it| within.contains(&it.first_seen) && it.is_about_project(as_of));
    about.map(|it| it.first_seen).min()
}

/// The day of the first disclosure within the horizon that has no fix 90 days later, as far as
/// these days are within it too.
pub(super) fn unfixed(package: &PackageRecord, as_of: i32) -> Option<i32> {
    let within = as_of + 1..=as_of + HORIZON_DAYS - UNFIXED_DAYS;
    let disclosures = package.disclosures.iter().filter(|it| it.withdrawn.is_none());
    let open = disclosures.filter(|it| {
        within.contains(&it.first_seen)
            && it.fixed.is_none_or(|fixed| fixed > it.first_seen + UNFIXED_DAYS)
    });
    open.map(|it| it.first_seen).min()
}

/// Whether at least half of its dependents drop a package within the horizon, while it makes no
/// release.
pub fn dropped(package: &PackageRecord, as_of: i32) -> bool {
    let dependents = package.dependents.on(as_of);
    let is_silent =
        package.timeline.next_after(as_of).is_none_or(|next| next > as_of + HORIZON_DAYS);
    is_silent
        && dependents >= FEWEST_DEPENDENTS
        && 2 * package.dependents.leaving(as_of, HORIZON_DAYS) >= dependents
}
