//! What could be used in the place of a project's packages, as far as others have shown or said.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{Advisory, AdvisoryKind, Alternative, Concerns, Graph, PackageIndex};
use crate::signal::notice;
use crate::source::successors::{Successor, Successors};
use crate::source::superseded::{self, Extent, Superseded};

/// Share of those that dropped a package who have to have switched to another one for it to be
/// named: fewer are noise among the many reasons for which a dependency goes.
const LEAST_SHARE: f64 = 0.2;
/// Share of the dependents of a package that have to have dropped it: while most stay, those who
/// go have reasons of their own.
const LEAST_DROPPED_SHARE: f64 = 0.5;
/// Months in which somebody has to have switched for it to be the way of the day.
const RECENT_MONTHS: i64 = 36;

/// Advisories about the packages of a name, in force on the day.
pub(super) type Advisories<'a> = &'a dyn Fn(&str) -> Vec<Arc<Advisory>>;

/// Where dependents of packages have moved by a day, of those that nothing advises against: first
/// what somebody switched to of late, then what most of them took.
pub(super) fn alternatives(
    graph: &Graph,
    packages: &[PackageIndex],
    table: &Successors<'_>,
    advisories: Advisories<'_>,
    as_of: Date,
) -> Vec<Alternative> {
    let mut found = Vec::new();
    for package in names(graph, packages) {
        let has_weight = |it: &Successor| {
            it.share() >= LEAST_SHARE
                && it.dropped_share() >= LEAST_DROPPED_SHARE
                && !is_advised_against(&it.name, advisories, as_of)
        };
        let credible = table.of(package, as_of).into_iter().filter(has_weight);
        found.extend(credible.map(|it| Alternative {
            package: package.to_owned(),
            to: it.name.to_string(),
            dependents: it.dependents,
            dropped: it.dropped,
            last_day: it.last_day,
        }));
    }
    let recent = as_of.saturating_sub(RECENT_MONTHS.months());
    found.sort_by_key(|it| (it.last_day < recent, Reverse(it.dependents)));
    found
}

/// What takes the place of the packages of a project by a day, the most important first: all of
/// them as a whole where that is so of each; else parts where something is said of each. A
/// replacement that is itself advised against is none.
pub(super) fn superseded(
    graph: &Graph,
    packages: &[PackageIndex],
    advisories: Advisories<'_>,
    as_of: Date,
) -> Vec<Superseded> {
    let of_each: Vec<Vec<Superseded>> = names(graph, packages)
        .into_iter()
        .map(|package| {
            let mut found = superseded::of(package, as_of);
            found.retain(|it| it.is_by_rust() || !is_advised_against(&it.by, advisories, as_of));
            found
        })
        .collect();
    let all_have = |extent| of_each.iter().all(|of| of.iter().any(|it| it.extent == extent));
    let all_are_public = packages.iter().all(|it| graph.package(*it).is_from_crates_io());
    if !all_are_public || of_each.is_empty() {
        Vec::new()
    } else if all_have(Extent::Whole) {
        of_each.into_iter().flatten().collect()
    } else if all_have(Extent::Part) {
        let parts = of_each.into_iter().flatten();
        parts.filter(|it| it.extent == Extent::Part).collect()
    } else {
        Vec::new()
    }
}

/// Whether a package is no better than what it would replace: an advisory calls it unmaintained,
/// or something supersedes it.
fn is_advised_against(package: &str, advisories: Advisories<'_>, as_of: Date) -> bool {
    let is_left = |advisory: &Arc<Advisory>| {
        advisory.kind == AdvisoryKind::Unmaintained
            && advisory.is_in_force(as_of)
            && notice::concerns(advisory, None, as_of) == Concerns::Project
    };
    advisories(package).iter().any(is_left)
        || superseded::of(package, as_of).iter().any(|it| it.extent == Extent::Whole)
}

/// The names of the packages of the public registry among these; no table speaks of others.
fn names<'a>(graph: &'a Graph, packages: &[PackageIndex]) -> BTreeSet<&'a str> {
    let packages = packages.iter().map(|index| graph.package(*index));
    packages.filter(|it| it.is_from_crates_io()).map(|it| it.name.as_str()).collect()
}
