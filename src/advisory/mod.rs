//! The compiled advisory index: build, load, match; the list of what is exploited.

pub mod epss;
pub mod exploited;
mod matching;
mod rating;
pub mod snapshot;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Advisory, VersionRange};

pub use matching::{Match, matches};

/// Advisories by package name.
#[derive(Debug, Clone, Default)]
pub struct AdvisoryIndex {
    /// Ascending by package, then identifier.
    advisories: Vec<Arc<Advisory>>,
}

impl AdvisoryIndex {
    /// Builds an index. Where an identifier occurs twice for a package, what says the same of
    /// different versions becomes one; what differs in kind, severity, limits or days stays apart,
    /// so that none of it is lost. A record without a rating has the one of another record about
    /// the same trouble.
    pub fn new(mut advisories: Vec<Advisory>) -> Self {
        advisories.sort_by(|a, b| (&a.package, &a.id).cmp(&(&b.package, &b.id)));
        let mut kept: Vec<Advisory> = Vec::with_capacity(advisories.len());
        for later in advisories {
            let same_id = |it: &Advisory| it.package == later.package && it.id == later.id;
            let first = kept.iter().rposition(|it| !same_id(it)).map_or(0, |at| at + 1);
            match kept[first..].iter_mut().find(|it| says_the_same(it, &later)) {
                Some(first) => merge(first, later),
                None => kept.push(later),
            }
        }
        let same_package = |a: &Advisory, b: &Advisory| a.package == b.package;
        kept.chunk_by_mut(same_package).for_each(rating::share);
        Self { advisories: kept.into_iter().map(Arc::new).collect() }
    }

    /// The advisories about a package, by exact name, ascending by identifier.
    ///
    /// The registry refuses two names that differ only in case or between `-` and `_`, so a
    /// lockfile and an advisory can only mean the same package by the same spelling.
    pub fn for_package(&self, name: &str) -> &[Arc<Advisory>] {
        let start = self.advisories.partition_point(|advisory| advisory.package.as_str() < name);
        let rest = &self.advisories[start..];
        &rest[..rest.partition_point(|advisory| advisory.package == name)]
    }

    /// The advisories with this identifier or alias, in any case.
    pub fn named(&self, name: &str) -> Vec<&Arc<Advisory>> {
        let same = |other: &String| other.eq_ignore_ascii_case(name);
        self.iter().filter(|it| same(&it.id) || it.aliases.iter().any(same)).collect()
    }

    /// The advisory with this identifier; the first by package name where it is about several.
    pub fn get(&self, id: &str) -> Option<&Arc<Advisory>> {
        self.iter().find(|advisory| advisory.id == id)
    }

    /// All advisories, ascending by package, then identifier.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Advisory>> {
        self.advisories.iter()
    }

    /// Number of advisories; one about several packages counts once for each.
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }
}

/// Whether two records of one advisory judge the versions they are about alike.
fn says_the_same(one: &Advisory, other: &Advisory) -> bool {
    let limits = |it: &Advisory| -> [BTreeSet<String>; 2] {
        [&it.arch, &it.os].map(|names| names.iter().map(|name| name.to_lowercase()).collect())
    };
    (one.kind, &one.cvss, one.public(), one.withdrawn)
        == (other.kind, &other.cvss, other.public(), other.withdrawn)
        && limits(one) == limits(other)
}

/// Adds to an advisory the versions and names that another record of it has.
fn merge(first: &mut Advisory, mut later: Advisory) {
    first.affected.append(&mut later.affected);
    first.affected = VersionRange::disjoint(std::mem::take(&mut first.affected));
    for alias in later.aliases {
        if !first.aliases.contains(&alias) {
            first.aliases.push(alias);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::model::AdvisoryKind;

    pub(super) fn advisory(id: &str, package: &str, introduced: &str, fixed: &str) -> Advisory {
        Advisory {
            id: id.into(),
            package: package.into(),
            kind: AdvisoryKind::Vulnerability,
            date: date(2024, 1, 2),
            first_seen: None,
            withdrawn: None,
            affected: vec![VersionRange {
                introduced: introduced.parse().ok(),
                fixed: fixed.parse().ok(),
            }],
            cvss: None,
            aliases: Vec::new(),
            categories: Vec::new(),
            arch: Vec::new(),
            os: Vec::new(),
            functions: BTreeMap::new(),
            url: None,
            licence: "CC0-1.0".into(),
            title: None,
            rating: None,
            keywords: Vec::new(),
        }
    }

    #[test]
    fn advisories_are_found_by_package_and_by_identifier() {
        let index = AdvisoryIndex::new(vec![
            advisory("A-3", "b", "", ""),
            advisory("A-2", "b-c", "", ""),
            advisory("A-1", "b", "", ""),
        ]);
        let ids = |name: &str| {
            index.for_package(name).iter().map(|it| it.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(ids("b"), ["A-1", "A-3"]);
        assert_eq!(ids("b-c"), ["A-2"]);
        assert_eq!(ids("a"), [""; 0]);
        assert_eq!(ids("z"), [""; 0]);
        assert_eq!(index.get("A-2").map(|it| it.package.as_str()), Some("b-c"));
        assert_eq!(index.get("A-9"), None);
        assert_eq!(index.len(), 3);
        assert!(!index.is_empty() && AdvisoryIndex::default().is_empty());
    }

    #[test]
    fn an_identifier_counts_once_for_a_package_with_all_its_versions() {
        let index = AdvisoryIndex::new(vec![
            advisory("A-1", "b", "3.0.0", "4.0.0"),
            advisory("A-1", "b", "1.0.0", "2.0.0"),
            advisory("A-1", "c", "1.0.0", "2.0.0"),
        ]);
        assert_eq!(index.len(), 2);
        let merged = &index.for_package("b")[0].affected;
        let affected = |text: &str| index.for_package("b")[0].affects(&text.parse().unwrap());
        assert_eq!(merged.len(), 2);
        assert!(affected("1.5.0") && affected("3.5.0") && !affected("2.5.0"));
    }

    #[test]
    fn records_of_one_advisory_that_differ_keep_what_they_say() {
        let windows = |it: Advisory| Advisory { os: vec!["windows".into()], ..it };
        let gone = |it: Advisory| Advisory { withdrawn: Some(date(2024, 2, 1)), ..it };
        let rated = |it: Advisory| Advisory { cvss: Some("AV:N".into()), ..it };
        let unsound = |it: Advisory| Advisory { kind: AdvisoryKind::Unsound, ..it };
        let seen = |it: Advisory| Advisory { first_seen: Some(date(2025, 1, 1)), ..it };
        let changes: [&dyn Fn(Advisory) -> Advisory; 5] =
            [&windows, &gone, &rated, &unsound, &seen];
        let plain = || advisory("A-1", "b", "2.0.0", "3.0.0");
        for (at, change) in changes.iter().enumerate() {
            for order in [[true, false], [false, true]] {
                let records = order.map(|changed| {
                    let one = advisory("A-1", "b", "1.0.0", "2.0.0");
                    if changed { change(one) } else { plain() }
                });
                let index = AdvisoryIndex::new(records.to_vec());
                let kept = index.for_package("b");
                assert_eq!(kept.len(), 2, "{at}");
                assert!(kept.iter().any(|it| **it == plain()), "{at}: {kept:?}");
            }
        }
        // The same limits in another order and case are the same, and further names are kept.
        let limited = |os: [&str; 2], alias: &str, to: &str| Advisory {
            os: os.map(str::to_owned).into(),
            aliases: vec![alias.into()],
            ..advisory("A-1", "b", "1.0.0", to)
        };
        let index = AdvisoryIndex::new(vec![
            limited(["linux", "Windows"], "C-1", "2.0.0"),
            plain(),
            limited(["windows", "linux"], "C-2", "1.5.0"),
        ]);
        assert_eq!(index.for_package("b").len(), 2);
        assert_eq!(index.for_package("b")[0].aliases, ["C-1", "C-2"]);
    }
}
