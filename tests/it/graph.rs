//! Places and paths: a worked example, the edges of what is defined, and graphs made to be hard.

mod locks;
mod oracle;

use semver::Version;

use headwater::graph::{Live, min_cuts, places, shortest_paths};
use headwater::model::EdgeState::{Built, Dev, Inactive, OtherTarget, Unknown};
use headwater::model::{
    DependencyKind, Edge, EdgeState, Graph, Missing, Observed, Package, PackageIndex, Place,
    Presence, Source,
};

/// Edges as (dependent, dependency, state).
type Edges = Vec<(u32, u32, EdgeState)>;

fn build(packages: u32, edges: &[(u32, u32, EdgeState)], members: &[u32]) -> Graph {
    let package = |number: u32| Package {
        name: format!("package-{number}"),
        version: Version::new(1, 0, 0),
        source: Source::Path,
    };
    let edge = |state| Edge { kind: None, state, requirement: None };
    Graph::new(
        (0..packages).map(|number| (package(number), Presence::Unknown)).collect(),
        edges
            .iter()
            .map(|&(from, to, state)| (PackageIndex(from), PackageIndex(to), edge(state)))
            .collect(),
        members.iter().copied().map(PackageIndex).collect(),
    )
}

fn numbers(paths: &[Vec<PackageIndex>]) -> Vec<Vec<u32>> {
    paths.iter().map(|path| path.iter().map(|package| package.0).collect()).collect()
}

/// Two members (0 tool, 1 core), a cycle (4, 5), a dev-only pair (6, 7), an inactive pair (8, 9).
fn example() -> Graph {
    let edges = [
        (0, 1, Built),
        (0, 2, Built),
        (1, 3, Built),
        (1, 3, Dev),
        (2, 3, Unknown),
        (2, 4, Built),
        (3, 3, Built),
        (4, 5, Built),
        (5, 4, Built),
        (1, 6, Dev),
        (6, 7, Dev),
        // A dev edge does not bring 5 nearer.
        (1, 5, Dev),
        (3, 8, Inactive),
        (8, 9, Built),
        (8, 3, OtherTarget),
    ];
    build(10, &edges, &[0, 1])
}

#[test]
fn the_worked_example() {
    // package, depth, members, dependents, brings in, minimum cut
    let expected = [
        (0, 0, 0, 0, 1, 0), // only tool brings in 2
        (1, 0, 1, 1, 2, 0), // only core brings in 6 and 7
        (2, 1, 1, 1, 0, 1),
        (3, 1, 2, 3, 0, 2),
        (4, 2, 2, 4, 0, 2),
        (5, 3, 2, 4, 0, 2),
        (6, 1, 2, 2, 1, 1),
        (7, 2, 2, 3, 0, 1),
    ];
    // x = 1 + 0.85 (x of each dependent / its number of dependencies); 0 has 2, 1 has 3, 2 has 2.
    let (x0, x1, x2) = (1.0, 1.425, 1.425);
    let x3 = 1.0 + 0.85 * (x1 / 3.0 + x2 / 2.0);
    // x4 = 1 + 0.85 (x2 / 2 + x5), x5 = 1 + 0.85 (x1 / 3 + x4)
    let (into4, into5) = (1.0 + 0.85 * x2 / 2.0, 1.0 + 0.85 * x1 / 3.0);
    let x4 = (into4 + 0.85 * into5) / (1.0 - 0.85 * 0.85);
    let x5 = into5 + 0.85 * x4;
    let x6 = into5;
    let x7 = 1.0 + 0.85 * x6;
    let weights = [x0, x1, x2, x3, x4, x5, x6, x7];
    let total: f64 = weights.iter().sum();

    let places = places(&example());
    for (package, depth, members, dependents, brings_in, min_cut) in expected {
        let place = places[package].known().unwrap();
        let pagerank = weights[package] / total;
        assert!((place.pagerank - pagerank).abs() < 1e-9, "{package}: {place:?}, {pagerank}");
        let wanted = Place {
            depth,
            members,
            dependents,
            reach: f64::from(dependents) / 7.0,
            brings_in,
            min_cut: Observed::Known(min_cut),
            pagerank: place.pagerank,
        };
        assert_eq!(*place, wanted, "{package}");
    }
    for package in [8, 9] {
        assert_eq!(places[package], Observed::Missing(Missing::NotBuilt), "{package}");
    }
}

#[test]
fn paths_of_the_worked_example() {
    let cases: [(u32, usize, &[&[u32]]); 8] = [
        (0, 9, &[&[0]]),
        (1, 9, &[&[1]]),
        (3, 9, &[&[1, 3], &[0, 2, 3]]),
        (3, 1, &[&[1, 3]]),
        (3, 0, &[]),
        (5, 9, &[&[0, 2, 4, 5]]), // the dev edge from 1 is not needed
        (7, 9, &[&[1, 6, 7]]),
        (9, 9, &[&[1, 3, 8, 9], &[0, 2, 3, 8, 9]]),
    ];
    for (package, limit, expected) in cases {
        let paths = shortest_paths(&example(), PackageIndex(package), limit);
        assert_eq!(numbers(&paths), expected, "package {package}, limit {limit}");
    }
}

#[test]
fn a_dev_dependency_not_known_to_be_used_is_no_runtime_path() {
    let edge = |kind| Edge { kind: Some(kind), state: Unknown, requirement: None };
    let edges = [
        (0, 2, DependencyKind::Dev),
        (0, 1, DependencyKind::Normal),
        (1, 2, DependencyKind::Normal),
    ];
    let packages = build(3, &[], &[]);
    let graph = Graph::new(
        packages
            .indices()
            .map(|index| (packages.package(index).clone(), Presence::Runtime))
            .collect(),
        edges.map(|(from, to, kind)| (PackageIndex(from), PackageIndex(to), edge(kind))).into(),
        vec![PackageIndex(0)],
    );
    assert_eq!(places(&graph)[2].known().map(|place| place.depth), Some(2));
    assert_eq!(numbers(&shortest_paths(&graph, PackageIndex(2), 9)), [[0, 1, 2]]);
}

#[test]
fn without_members_what_nothing_depends_on_stands_in() {
    // 0 is the first of a cycle that nothing else depends on, until 2 does; 3 depends on itself.
    let edges = [(0, 1, Unknown), (1, 0, Unknown), (2, 1, Unknown), (3, 3, Unknown)];
    let cyclic = build(4, &edges[..2], &[]);
    let depth = |graph: &Graph| -> Vec<Option<u32>> {
        places(graph).iter().map(|place| place.known().map(|place| place.depth)).collect()
    };
    assert_eq!(depth(&cyclic), [Some(0), Some(1), Some(0), Some(0)]);
    assert_eq!(depth(&build(4, &edges, &[])), [Some(2), Some(1), Some(0), Some(0)]);
    // What would be built only by an inactive edge does not become a root.
    assert_eq!(depth(&build(2, &[(0, 1, Inactive)], &[])), [Some(0), None]);
    assert!(places(&build(0, &[], &[])).is_empty());
}

#[test]
fn a_chain_of_100_000_packages_is_no_deeper_than_the_stack() {
    let last = 99_999;
    let mut edges: Edges = (0..last).map(|package| (package, package + 1, Unknown)).collect();
    let ends = |graph: &Graph| {
        let places = places(graph);
        let end = places[last as usize].known().unwrap();
        (end.depth, end.dependents, end.min_cut.clone(), places[0].known().unwrap().brings_in)
    };
    let cut = Observed::Known(1);
    assert_eq!(ends(&build(last + 1, &edges, &[0])), (last, last, cut.clone(), last));
    let graph = build(last + 1, &edges, &[]);
    assert_eq!(shortest_paths(&graph, PackageIndex(255), 2)[0].len(), 256);
    // Longer than any real path, and of no use to a reader.
    assert!(shortest_paths(&graph, PackageIndex(256), 2).is_empty());
    edges.push((last, 0, Unknown));
    assert_eq!(ends(&build(last + 1, &edges, &[])), (last, last, cut, last));
}

#[test]
fn a_cut_that_is_too_much_work_is_missing_and_not_a_number() {
    // Every package depends on every other one: each cut takes a search for each dependent.
    let size = 40;
    let pairs = (0..size).flat_map(|from| (0..size).map(move |to| (from, to, Built)));
    let live = Live::new(&build(size, &pairs.collect::<Edges>(), &[0, 1]));
    let count = |edge_visits| {
        let cuts = min_cuts(&live, edge_visits);
        assert_eq!(cuts[..2], [Observed::Known(0), Observed::Known(0)]);
        cuts[2..].iter().filter(|cut| **cut == Observed::Known(size - 1)).count()
    };
    let (none, some, all) = (count(10), count(2_000), count(1_000_000));
    assert_eq!((none, all), (0, 38));
    assert!(none < some && some < all, "{some}");
}
