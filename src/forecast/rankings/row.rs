//! Ranked items beside what came of them.

use jiff::civil::Date;

use super::{RANKINGS, RankedItem, RankedOutcome};
use crate::forecast::tables::{PackageRecord, Tables};
use crate::forecast::timeline::day_number;

/// From so many days without a release a simple rule calls a package unmaintained.
const RULE_DAYS: i32 = 365;

/// A ranked project or package.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Places of its packages in the tables.
    pub(super) packages: Vec<u32>,
    pub(super) outcome: bool,
    /// What an outcome weighs: the packages of the lockfile that it concerns.
    pub(super) reach: f64,
    /// Its score in each of [`RANKINGS`]; the highest comes first.
    pub(super) scores: [f64; RANKINGS.len()],
}

/// The items to which an outcome may still come on a day. A project has the outcome if any of its
/// packages has, the least silence of them and the most dependents.
pub(super) fn rows(
    tables: &Tables,
    items: &[RankedItem],
    day: Date,
    outcome: RankedOutcome,
) -> Vec<Row> {
    let as_of = day_number(day);
    let row = |item: &RankedItem| {
        let find = |name: &String| {
            tables.packages.binary_search_by(|it| it.name.as_str().cmp(name.as_str())).ok()
        };
        let mut places: Vec<usize> = item.packages.iter().filter_map(find).collect();
        places.retain(|&place| outcome.may_come(&tables.packages[place], as_of));
        let packages = || places.iter().map(|&place| &tables.packages[place]);
        let silence = packages().filter_map(|it| Some(as_of - it.timeline.last(as_of)?)).min()?;
        let dependents = packages().map(|it| it.dependents.on(as_of)).max()?;
        let came = |it: &PackageRecord| outcome.came(tables, it, as_of);
        Some(Row {
            outcome: packages().any(came),
            reach: item.reach as f64,
            scores: [
                item.place.map_or(f64::NEG_INFINITY, |place| -(place as f64)),
                0.0,
                f64::from(silence),
                dependents as f64,
                item.pagerank.unwrap_or(f64::NEG_INFINITY),
                item.reach as f64,
                f64::from(u8::from(silence > RULE_DAYS)),
            ],
            packages: places.into_iter().map(|place| place as u32).collect(),
        })
    };
    let mut rows: Vec<Row> = items.iter().filter_map(row).collect();
    // Resamples of the same packages are then the same, however an audit ranks them.
    rows.sort_by(|a, b| a.packages.cmp(&b.packages));
    rows
}
