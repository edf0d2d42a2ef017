//! What would end a finding.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::{Version, VersionReq};

use crate::model::{
    Advisory, AdvisoryKind, Direction, Fix, Graph, Observed, PackageIndex, ReleaseHistory,
};

/// The days that a fix is looked for by.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// The day judged for.
    pub as_of: Date,
    /// The day of the database that the ranges of advisories come from, where it is known.
    pub ranges_of: Option<Date>,
}

/// The cheapest way out of a finding about `package`.
///
/// `advisory` is the one behind the finding, none for a yanked release; `others` are all
/// advisories about packages of that name, its own included or not.
///
/// A *good* release has a valid version, is not yanked, was published by the day (one without a
/// time counts, for the index lists it), is higher than the locked one, is stable unless the
/// locked one is not, is not affected by `advisory`, and has no vulnerability of `others` that
/// the locked one does not have: a fix may leave other trouble but brings none. For a yanked
/// release a lower one is good too, since nothing says the trouble was there before.
///
/// - [`Fix::Update`]: a good release is inside the requirements of all dependents; the newest.
/// - [`Fix::Upgrade`]: the known requirements exclude every good release; the lowest above the
///   locked one that Cargo takes for compatible with it, else the lowest above which no release is
///   affected, with the dependents that do not accept it.
/// - [`Fix::Released`]: there is a good release, but a requirement that matters is not known; or
///   the advisory names a fixed version that the history does not reach, as for an outdated
///   index or none at all.
/// - [`Fix::None`]: the history has no good release, or every later version is affected.
/// - [`Fix::Unknown`]: there is no history, or it ends before the fixed version that the advisory
///   names, and the advisory does not tell: its ranges are of a later day, and so may be the fix.
pub fn fix(
    graph: &Graph,
    package: PackageIndex,
    advisory: Option<&Advisory>,
    others: &[Arc<Advisory>],
    history: &Observed<Arc<ReleaseHistory>>,
    Days { as_of, ranges_of }: Days,
) -> Fix {
    let locked = &graph.package(package).version;
    // A fix that was announced later may have been released later.
    let is_later = ranges_of.is_some_and(|day| day > as_of);
    let believed = |fix| match is_later && matches!(fix, Fix::Released { .. }) {
        true => Fix::Unknown,
        false => fix,
    };
    let Observed::Known(history) = history else {
        return advisory.map_or(Fix::Unknown, |advisory| believed(announced(advisory, locked)));
    };
    let mut good = published(history, as_of);
    good.retain(|version| is_good(version, locked, advisory, others, as_of));
    good.sort_unstable();
    if good.is_empty() {
        return match advisory.map(|advisory| announced(advisory, locked)) {
            Some(Fix::Released { to }) if !listed(history, &to) => believed(Fix::Released { to }),
            _ => Fix::None,
        };
    }
    inside_requirements(graph, package, &good, advisory)
}

/// The newest stable release that no vulnerability or soundness issue is known of, by a day; none
/// where there is none above the locked one, or no history.
pub fn newest_good(
    locked: &Version,
    others: &[Arc<Advisory>],
    history: &Observed<Arc<ReleaseHistory>>,
    as_of: Date,
) -> Option<Version> {
    let has_trouble = |version: &Version| {
        others.iter().any(|other| {
            matches!(other.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound)
                && other.is_in_force(as_of)
                && other.affects(version)
        })
    };
    let mut releases = published(history.known()?, as_of);
    releases.retain(|it| it.pre.is_empty() && it > locked && !has_trouble(it));
    releases.into_iter().max()
}

/// Whether Cargo takes a version for compatible with the locked one, so that most requirements
/// allow both.
fn is_compatible(version: &Version, locked: &Version) -> bool {
    if locked.major > 0 {
        version.major == locked.major
    } else if locked.minor > 0 {
        (version.major, version.minor) == (0, locked.minor)
    } else {
        (version.major, version.minor, version.patch) == (0, 0, locked.patch)
    }
}

/// The lowest of `good` worth moving to, ascending and all above the locked one: a compatible one,
/// else one above all affected versions. A release between two affected ranges is seldom a fix: it
/// came before the trouble did.
fn lowest_sensible<'a>(
    good: &[&'a Version],
    locked: &Version,
    advisory: Option<&Advisory>,
) -> Option<&'a Version> {
    let is_beyond = |version: &Version| {
        let starts = advisory.into_iter().flat_map(|it| &it.affected);
        let mut starts = starts.filter_map(|range| range.introduced.as_ref());
        starts.all(|start| start.cmp_precedence(version).is_lt())
    };
    let compatible = good.iter().find(|version| is_compatible(version, locked));
    compatible.or_else(|| good.iter().find(|it| is_beyond(it))).or(good.first()).copied()
}

/// What the advisory alone says: the lowest version above the locked one that it does not affect.
/// The lowest pre-release of a version is no release but the end of an open range: `> 0.7.0` spares
/// whatever comes after, and promises nothing.
fn announced(advisory: &Advisory, locked: &Version) -> Fix {
    let mut to = locked;
    // Ranges are ascending, so the end of one can only lie in a later one.
    for range in &advisory.affected {
        if range.contains(to) {
            match &range.fixed {
                Some(fixed) => to = fixed,
                None => return Fix::None,
            }
        }
    }
    if to == locked {
        return Fix::Unknown;
    }
    // Where it takes an incompatible version anyway, one above all affected ones.
    let last = advisory.affected.last().and_then(|range| range.fixed.as_ref());
    let to = last.filter(|last| !is_compatible(to, locked) && *last > to).unwrap_or(to);
    if to.pre.as_str() == "0" { Fix::Unknown } else { Fix::Released { to: to.clone() } }
}

/// Whether the history reaches this version, yanked, later than `as_of` or not.
fn listed(history: &ReleaseHistory, version: &Version) -> bool {
    history
        .releases
        .iter()
        .filter_map(|release| Version::parse(&release.version).ok())
        .any(|listed| listed.cmp_precedence(version).is_ge())
}

fn published(history: &ReleaseHistory, as_of: Date) -> Vec<Version> {
    history
        .releases
        .iter()
        .filter(|release| !release.yanked)
        .filter(|release| {
            let day = release.published.map(|time| time.to_zoned(TimeZone::UTC).date());
            day.is_none_or(|day| day <= as_of)
        })
        .filter_map(|release| Version::parse(&release.version).ok())
        .collect()
}

fn is_good(
    version: &Version,
    locked: &Version,
    advisory: Option<&Advisory>,
    others: &[Arc<Advisory>],
    as_of: Date,
) -> bool {
    let order = version.cmp_precedence(locked);
    let brings_trouble = |other: &Arc<Advisory>| {
        other.kind == AdvisoryKind::Vulnerability
            && other.is_in_force(as_of)
            && other.affects(version)
            && !other.affects(locked)
    };
    (if advisory.is_some() { order.is_gt() } else { order.is_ne() })
        && (version.pre.is_empty() || !locked.pre.is_empty())
        && advisory.is_none_or(|advisory| !advisory.affects(version))
        && !others.iter().any(brings_trouble)
}

/// Sorts the way out by the requirements of the dependents; `good` is ascending, not empty.
fn inside_requirements(
    graph: &Graph,
    package: PackageIndex,
    good: &[Version],
    advisory: Option<&Advisory>,
) -> Fix {
    let locked = &graph.package(package).version;
    let mut known: Vec<(PackageIndex, &VersionReq)> = Vec::new();
    let mut all_known = true;
    for (dependent, edge) in graph.neighbours(package, Direction::Dependents) {
        match &edge.requirement {
            Some(requirement) => known.push((dependent, requirement)),
            // A declaration without a requirement accepts anything; no declaration tells nothing.
            None => all_known &= edge.kind.is_some(),
        }
    }
    let accepted = |version: &&Version| known.iter().all(|(_, accepts)| accepts.matches(version));
    let above = good.iter().filter(|version| version.cmp_precedence(locked).is_gt());
    let above: Vec<&Version> = above.collect();
    match (good.iter().rev().find(accepted), lowest_sensible(&above, locked, advisory)) {
        (Some(newest), _) if all_known => Fix::Update { to: newest.clone() },
        (Some(newest), _) => {
            let accepted: Vec<&Version> = above.into_iter().filter(accepted).collect();
            let lowest = lowest_sensible(&accepted, locked, advisory).unwrap_or(newest);
            Fix::Released { to: lowest.clone() }
        }
        (None, Some(lowest)) => {
            known.retain(|(_, accepts)| !accepts.matches(lowest));
            let mut blocked_by: Vec<(PackageIndex, VersionReq)> = known
                .into_iter()
                .map(|(dependent, accepts)| (dependent, accepts.clone()))
                .collect();
            blocked_by.sort_by_key(|(dependent, accepts)| (*dependent, accepts.to_string()));
            blocked_by.dedup();
            Fix::Upgrade { to: lowest.clone(), blocked_by }
        }
        (None, None) => Fix::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_compatible_where_their_first_number_above_zero_is_the_same() {
        let cases = [
            ("1.2.0", "1.9.0", true),
            ("1.2.0", "2.2.0", false),
            ("1.2.0", "0.2.0", false),
            ("0.2.3", "0.2.9", true),
            ("0.2.3", "0.3.3", false),
            ("0.2.3", "1.2.3", false),
            ("0.0.3", "0.0.3+build", true),
            ("0.0.3", "0.0.4", false),
            ("0.0.3", "0.1.3", false),
        ];
        for (locked, other, expected) in cases {
            let compatible = is_compatible(&version(other), &version(locked));
            assert_eq!(compatible, expected, "{locked} {other}");
        }
    }

    #[test]
    fn a_pre_release_is_good_only_for_who_has_one() {
        let day = jiff::civil::date(2024, 1, 1);
        for (locked, expected) in [("1.0.0-rc.1", true), ("0.9.0", false)] {
            let good = is_good(&version("1.0.0-rc.2"), &version(locked), None, &[], day);
            assert_eq!(good, expected, "{locked}");
        }
    }
}
