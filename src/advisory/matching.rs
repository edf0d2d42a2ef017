//! Which advisories are about which packages of a graph.

use std::sync::Arc;

use jiff::civil::Date;

use super::AdvisoryIndex;
use crate::model::{Advisory, Certainty, Graph, PackageIndex};

/// An advisory that is about a locked package.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The advisory.
    pub advisory: Arc<Advisory>,
    /// The package.
    pub package: PackageIndex,
    /// Whether the package is surely the one the advisory speaks of.
    pub certainty: Certainty,
}

/// Every pair of a package and an advisory that affects its version and was public and in force
/// on the day, in the order of packages, then of identifiers.
///
/// A package of the public registry is the one the advisory speaks of. Anything else of that
/// name and version (a fork, a mirror, a vendored copy, a member) may or may not contain the
/// same code: possible.
pub fn matches(graph: &Graph, index: &AdvisoryIndex, as_of: Date) -> Vec<Match> {
    let mut matches = Vec::new();
    for package_index in graph.indices() {
        let package = graph.package(package_index);
        let certainty =
            if package.is_from_crates_io() { Certainty::Exact } else { Certainty::Possible };
        for advisory in index.for_package(&package.name) {
            if advisory.is_in_force(as_of) && advisory.affects(&package.version) {
                let advisory = Arc::clone(advisory);
                matches.push(Match { advisory, package: package_index, certainty });
            }
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::advisory::tests::advisory;
    use crate::model::{Package, Presence, Registry, Source};

    fn graph(packages: &[(&str, &str, Source)]) -> Graph {
        let packages = packages.iter().map(|(name, version, source)| Package {
            name: (*name).into(),
            version: version.parse().unwrap(),
            source: source.clone(),
        });
        let members = Vec::new();
        Graph::new(packages.map(|it| (it, Presence::Unknown)).collect(), Vec::new(), members)
    }

    #[test]
    fn sources_other_than_the_public_registry_match_possibly() {
        let git = Source::Git {
            url: "https://git.example/demo".into(),
            reference: String::new(),
            commit: "abc".into(),
        };
        let mirror = Source::Registry(Registry::Other("https://mirror.example".into()));
        let public = Source::Registry(Registry::CratesIo);
        let index = AdvisoryIndex::new(vec![advisory("A-1", "demo", "1.0.0", "2.0.0")]);
        let cases = [
            ("demo", "1.5.0", public.clone(), Some(Certainty::Exact)),
            ("demo", "1.5.0", mirror, Some(Certainty::Possible)),
            ("demo", "1.5.0", git, Some(Certainty::Possible)),
            ("demo", "1.5.0", Source::Path, Some(Certainty::Possible)),
            ("demo", "2.0.0", Source::Path, None),
            ("demo", "2.0.0-rc.1", public.clone(), Some(Certainty::Exact)),
            ("Demo", "1.5.0", public.clone(), None),
            ("demo-", "1.5.0", public.clone(), None),
            ("dem", "1.5.0", public, None),
        ];
        for (name, version, source, expected) in cases {
            let graph = graph(&[(name, version, source.clone())]);
            let found = matches(&graph, &index, date(2030, 1, 1));
            let certainty = found.first().map(|it| it.certainty);
            assert_eq!(certainty, expected, "{name} {version} {source:?}");
        }
    }

    #[test]
    fn only_advisories_in_force_match_in_the_order_of_packages_and_identifiers() {
        let public = Source::Registry(Registry::CratesIo);
        let graph = graph(&[("b", "1.0.0", public.clone()), ("a", "1.0.0", public)]);
        let dated = |id: &str, package: &str, day, withdrawn| Advisory {
            date: day,
            withdrawn,
            ..advisory(id, package, "0.0.1", "9.0.0")
        };
        let index = AdvisoryIndex::new(vec![
            dated("A-3", "b", date(2024, 1, 1), None),
            dated("A-1", "b", date(2024, 1, 1), Some(date(2024, 6, 1))),
            dated("A-4", "b", date(2025, 1, 1), None),
            dated("A-2", "a", date(2023, 1, 1), None),
        ]);
        let found = |day| {
            let found = matches(&graph, &index, day);
            found.iter().map(|it| (it.package.0, it.advisory.id.clone())).collect::<Vec<_>>()
        };
        let expected = |pairs: &[(u32, &str)]| {
            pairs.iter().map(|&(package, id)| (package, id.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(found(date(2023, 6, 1)), expected(&[(1, "A-2")]));
        assert_eq!(found(date(2022, 12, 31)), expected(&[]));
        assert_eq!(found(date(2024, 5, 31)), expected(&[(0, "A-1"), (0, "A-3"), (1, "A-2")]));
        assert_eq!(found(date(2025, 1, 1)), expected(&[(0, "A-3"), (0, "A-4"), (1, "A-2")]));
    }

    #[test]
    fn an_advisory_does_not_match_before_it_was_public() {
        let graph = graph(&[("demo", "1.0.0", Source::Registry(Registry::CratesIo))]);
        let late = Advisory {
            date: date(2023, 1, 1),
            first_seen: Some(date(2023, 6, 1)),
            ..advisory("A-1", "demo", "", "")
        };
        let index = AdvisoryIndex::new(vec![late]);
        let count = |day| matches(&graph, &index, day).len();
        assert_eq!([count(date(2023, 3, 1)), count(date(2023, 5, 31))], [0, 0]);
        assert_eq!(count(date(2023, 6, 1)), 1);
    }
}
