//! The compiled advisory index: build, load, match; the list of what is exploited.

pub mod exploited;
mod matching;
pub mod snapshot;

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
    /// Builds an index. Where an identifier occurs twice for a package, the first is kept and
    /// the versions affected by either count.
    pub fn new(mut advisories: Vec<Advisory>) -> Self {
        advisories.sort_by(|a, b| (&a.package, &a.id).cmp(&(&b.package, &b.id)));
        advisories.dedup_by(|later, first| {
            let same = later.package == first.package && later.id == first.id;
            if same {
                first.affected.append(&mut later.affected);
                first.affected = VersionRange::disjoint(std::mem::take(&mut first.affected));
            }
            same
        });
        Self { advisories: advisories.into_iter().map(Arc::new).collect() }
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
}
