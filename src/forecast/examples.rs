//! Examples: what was known of a package on a day, and what came of it.

use jiff::civil::{Date, date};

use super::clusters::join;
use super::example::{Example, YEAR, begin, disclosure_class};
use super::open::open;
use super::tables::{PackageRecord, Tables};
use super::timeline::day_number;
use super::trouble::trouble;
use crate::model::{Feature, Features, ForecastKind};

/// A disclosure is forecast from what was known this many days before, so that a release that was
/// coordinated with it does not leak.
pub(super) const EMBARGO_DAYS: i32 = 120;

/// The day from which 90 or 365 days to a fix are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The day the advisory first appeared in the database.
    FirstSeen,
    /// The date the advisory bears, where that is earlier.
    AdvisoryDate,
}

/// The first of January and July of every year from 2016 to the cut.
fn half_years(tables: &Tables) -> impl Iterator<Item = Date> {
    let cut = tables.cut;
    let days = (2016..2100).flat_map(|year| [date(year, 1, 1), date(year, 7, 1)]);
    days.take_while(move |&day| day_number(day) <= cut)
}

/// The examples of a kind that its model is fitted on: every half-year for silence, disclosure and
/// trouble, every disclosure by first appearance for fixes.
pub fn examples(kind: ForecastKind, tables: &Tables) -> Vec<Example> {
    match kind {
        ForecastKind::Silence => half_years(tables).flat_map(|day| silence(tables, day)).collect(),
        ForecastKind::Disclosure => {
            half_years(tables).flat_map(|day| disclosure(tables, day)).collect()
        }
        ForecastKind::Trouble => half_years(tables).flat_map(|day| trouble(tables, day)).collect(),
        ForecastKind::Unfixed90Days => unfixed(tables, 90, Clock::FirstSeen),
        ForecastKind::Unfixed365Days => unfixed(tables, YEAR, Clock::FirstSeen),
        ForecastKind::StillUnfixed => open(tables),
    }
}

/// Whether each package with a release by the day makes none in the 365 days after it. Empty
/// where the data end before.
pub fn silence(tables: &Tables, day: Date) -> Vec<Example> {
    let as_of = day_number(day);
    let example = |(place, package): (usize, &PackageRecord)| {
        let next = package.timeline.next_after(as_of);
        let features = tables.features(package, as_of);
        Some(Example {
            outcome: next.is_none_or(|next| next > as_of + YEAR),
            days: f64::from(next.unwrap_or(tables.cut) - as_of),
            seen: next.is_some(),
            class: release_class(&features),
            ..begin(place, package, as_of, as_of + YEAR, features)
        })
    };
    population(tables, as_of).filter_map(example).collect()
}

/// Whether a vulnerability or unsoundness of each package first appears in the 365 days after the
/// day. Withdrawn ones are none.
pub fn disclosure(tables: &Tables, day: Date) -> Vec<Example> {
    let as_of = day_number(day);
    let example = |(place, package): (usize, &PackageRecord)| {
        let valid = package.disclosures.iter().filter(|it| it.withdrawn.is_none());
        let next = valid.map(|it| it.first_seen).find(|&it| it > as_of);
        let features = tables.features(package, as_of);
        Some(Example {
            outcome: next.is_some_and(|next| next <= as_of + YEAR),
            days: f64::from(next.unwrap_or(tables.cut) - as_of),
            seen: next.is_some(),
            class: release_class(&features),
            ..begin(place, package, as_of, as_of + YEAR, features)
        })
    };
    population(tables, as_of).filter_map(example).collect()
}

/// Whether no fixed release of each disclosed package was out `horizon_days` after the
/// disclosure, from what was known 120 days before it. Withdrawn ones are left out.
pub fn unfixed(tables: &Tables, horizon_days: i32, clock: Clock) -> Vec<Example> {
    let mut examples = Vec::new();
    for (place, package) in tables.packages.iter().enumerate() {
        for disclosure in package.disclosures.iter().filter(|it| it.withdrawn.is_none()) {
            let start = match clock {
                Clock::FirstSeen => disclosure.first_seen,
                Clock::AdvisoryDate => disclosure.date,
            };
            // What is known of the outcome is what the database says, once it says something.
            let known_by = (start + horizon_days).max(disclosure.first_seen);
            let as_of = start - EMBARGO_DAYS;
            if known_by > tables.cut || package.timeline.last(as_of).is_none() {
                continue;
            }
            let fixed_after = disclosure.fixed.map(|fixed| (fixed - start).max(0));
            examples.push(Example {
                outcome: fixed_after.is_none_or(|days| days > horizon_days),
                days: f64::from(fixed_after.unwrap_or(tables.cut - start)),
                seen: fixed_after.is_some(),
                class: disclosure_class(disclosure),
                ..begin(place, package, as_of, known_by, tables.features(package, as_of))
            });
        }
    }
    join_same_day(&mut examples);
    examples
}

/// Packages with a release by the day, if what comes in the year after it is known.
fn population(tables: &Tables, as_of: i32) -> impl Iterator<Item = (usize, &PackageRecord)> {
    let known = as_of + YEAR <= tables.cut;
    let packages = tables.packages.iter().enumerate().filter(move |_| known);
    packages.filter(move |(_, package)| package.timeline.last(as_of).is_some())
}

/// Puts packages disclosed on one day into one cluster: one author may have reported them all.
/// A package disclosed on several days joins the clusters of those days.
fn join_same_day(examples: &mut [Example]) {
    let mut clusters: Vec<u32> = examples.iter().map(|it| it.cluster).collect();
    join(&mut clusters, examples.iter().map(|it| it.as_of));
    for (example, cluster) in examples.iter_mut().zip(clusters) {
        example.cluster = cluster;
    }
}

fn release_class(features: &Features) -> &'static str {
    match features.get(Feature::ReleaseDays).known() {
        Some(&days) if days <= 1.0 => "one release day",
        Some(&days) if days < 10.0 => "2 to 9 release days",
        Some(_) => "10 release days or more",
        None => "no release",
    }
}
