//! Random graphs: every measure against its definition, and against other implementations.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rustworkx_core::centrality::katz_centrality;
use rustworkx_core::petgraph::algo::{dominators, ford_fulkerson};
use rustworkx_core::petgraph::graph::{DiGraph, NodeIndex};
use rustworkx_core::petgraph::visit::EdgeRef;
use rustworkx_core::traversal::ancestors;

use headwater::graph::{places, shortest_paths};
use headwater::model::EdgeState::{self, Built, Dev, Inactive, OtherTarget, Unknown};
use headwater::model::{Observed, PackageIndex};

use super::{Edges, build, numbers};

/// Live edges without dev edges, live edges, all edges.
const WIDENING: [&[EdgeState]; 3] =
    [&[Built, Unknown], &[Built, Unknown, Dev], &[Built, Unknown, Dev, Inactive, OtherTarget]];

/// A random graph with cycles, loops and repeated edges, often in several pieces.
#[derive(Debug, Clone)]
struct Case {
    packages: u32,
    edges: Edges,
    members: Vec<u32>,
}

fn any_case(packages: std::ops::Range<u32>) -> impl Strategy<Value = Case> {
    let state = prop_oneof![
        6 => Just(Built),
        2 => Just(Unknown),
        2 => Just(Dev),
        1 => Just(Inactive),
        1 => Just(OtherTarget),
    ];
    packages.prop_flat_map(move |packages| {
        let edge = (0..packages, 0..packages, state.clone());
        let edges = prop::collection::vec(edge, 0..=packages as usize * 3);
        let members = prop::collection::btree_set(0..packages, 0..4);
        (Just(packages), edges, members).prop_map(|(packages, edges, members)| Case {
            packages,
            edges,
            members: members.into_iter().collect(),
        })
    })
}

impl Case {
    fn over(&self, states: &[EdgeState]) -> Edges {
        self.edges.iter().copied().filter(|(_, _, state)| states.contains(state)).collect()
    }

    /// The members, or the first of each group that depends on nobody else.
    fn roots(&self) -> Vec<u32> {
        if !self.members.is_empty() {
            return self.members.clone();
        }
        let reaches = |from, to| distances(&self.edges, &[from], None).contains_key(&to);
        let is_first = |root| {
            let mut above = (0..self.packages).filter(|&other| reaches(other, root));
            above.all(|other| other >= root && reaches(root, other))
        };
        (0..self.packages).filter(|&package| is_first(package)).collect()
    }
}

/// The distance of each package reached from `starts` when `without` is taken away.
fn distances(edges: &Edges, starts: &[u32], without: Option<u32>) -> BTreeMap<u32, u32> {
    let starts = starts.iter().filter(|&&start| Some(start) != without);
    let mut distances: BTreeMap<u32, u32> = starts.map(|&start| (start, 0)).collect();
    for distance in 0.. {
        let nearer = distances.len();
        for &(from, to, _) in edges {
            if distances.get(&from) == Some(&distance) && Some(to) != without {
                distances.entry(to).or_insert(distance + 1);
            }
        }
        if nearer == distances.len() {
            break;
        }
    }
    distances
}

/// The fewest edges into a set of packages that holds this one and no root.
fn smallest_cut(pairs: &BTreeSet<(u32, u32)>, roots: &[u32], package: u32) -> usize {
    let has = |set: u32, package: u32| set & (1 << package) != 0;
    let into = |set| pairs.iter().filter(|pair| !has(set, pair.0) && has(set, pair.1)).count();
    let sets = (0..1 << 9).filter(|&set| has(set, package));
    let cuts = sets.filter(|&set| !roots.iter().any(|&root| has(set, root))).map(into);
    cuts.min().unwrap_or(0)
}

proptest! {
    #[test]
    fn places_follow_their_definitions(case in any_case(1..10)) {
        let roots = case.roots();
        let edges = case.over(WIDENING[1]);
        let mut depth = distances(&edges, &roots, None);
        depth.extend(distances(&case.over(WIDENING[0]), &roots, None));
        let pairs = edges.iter().filter(|edge| depth.contains_key(&edge.0));
        let pairs: BTreeSet<(u32, u32)> = pairs.map(|&(from, to, _)| (from, to)).collect();
        let places = places(&build(case.packages, &case.edges, &case.members));
        for package in 0..case.packages {
            let place = places[package as usize].known();
            prop_assert_eq!(place.map(|place| place.depth), depth.get(&package).copied());
            let Some(place) = place else { continue };
            let reaching: Vec<&u32> = depth
                .keys()
                .filter(|&&other| other != package)
                .filter(|&&other| distances(&edges, &[other], None).contains_key(&package))
                .collect();
            let members = reaching.iter().filter(|other| roots.contains(other)).count();
            let left = distances(&edges, &roots, Some(package)).len();
            let cut = smallest_cut(&pairs, &roots, package) as u32;
            prop_assert_eq!(place.members as usize, members);
            prop_assert_eq!(place.dependents as usize, reaching.len());
            prop_assert_eq!(place.brings_in as usize, depth.len() - left - 1);
            prop_assert_eq!(&place.min_cut, &Observed::Known(cut));
        }
    }

    #[test]
    fn places_equal_other_implementations(case in any_case(20..60)) {
        let roots = case.roots();
        let places = places(&build(case.packages, &case.edges, &case.members));
        let live = |package: u32| places[package as usize].known();
        let mut graph = DiGraph::<(), u32>::new();
        let virtual_root = (0..=case.packages).map(|_| graph.add_node(())).last().unwrap();
        for (from, to, _) in case.over(WIDENING[1]) {
            if from != to && live(from).is_some() {
                graph.update_edge(from.into(), to.into(), 1);
            }
        }
        let ranks = ranks(&graph, &places.iter().map(|p| p.known().is_some()).collect::<Vec<_>>());
        for &root in &roots {
            graph.add_edge(virtual_root, root.into(), 1_000);
        }
        let tree = dominators::simple_fast(&graph, virtual_root);
        for package in 0..case.packages {
            let Some(place) = live(package) else { continue };
            let node = NodeIndex::from(package);
            let dominates = |other: &u32| {
                tree.dominators((*other).into()).is_some_and(|mut above| above.any(|n| n == node))
            };
            // Neither the package nor the virtual root counts.
            prop_assert_eq!(place.dependents as usize, ancestors(&graph, node).count() - 2);
            let brings_in = (0..case.packages).filter(dominates).count() - 1;
            prop_assert_eq!(place.brings_in as usize, brings_in);
            if !roots.contains(&package) {
                let (flow, _) = ford_fulkerson(&graph, virtual_root, node);
                prop_assert_eq!(&place.min_cut, &Observed::Known(flow));
            }
            prop_assert!((place.pagerank - ranks[package as usize]).abs() < 1e-9);
        }
    }

    #[test]
    fn paths_are_shortest_and_enter_differently(case in any_case(1..12)) {
        let roots = case.roots();
        let graph = build(case.packages, &case.edges, &case.members);
        for package in 0..case.packages {
            let paths = numbers(&shortest_paths(&graph, PackageIndex(package), usize::MAX));
            let used = WIDENING.map(|states| case.over(states)).into_iter();
            let used = used
                .map(|edges| (entries(&edges, &roots, package), edges))
                .find(|(entries, _)| !entries.is_empty());
            let (entries, edges) = used.unwrap_or_default();
            let found: Vec<(u32, u32)> =
                paths.iter().map(|path| (path[0], path.len() as u32 - 1)).collect();
            prop_assert_eq!(found.len(), entries.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), entries);
            prop_assert!(paths.is_sorted_by_key(Vec::len));
            for path in &paths {
                prop_assert_eq!(path.last(), Some(&package));
                for step in path.windows(2) {
                    prop_assert!(edges.iter().any(|&(from, to, _)| step == [from, to]));
                }
            }
            let two = numbers(&shortest_paths(&graph, PackageIndex(package), 2));
            prop_assert_eq!(&two, &paths[..paths.len().min(2)]);
        }
    }
}

/// How far a package is from each root that reaches it on a way past no other root.
fn entries(edges: &Edges, roots: &[u32], package: u32) -> BTreeMap<u32, u32> {
    let past_no_root: Edges =
        edges.iter().copied().filter(|(_, to, _)| !roots.contains(to)).collect();
    let distance = |root: u32| distances(&past_no_root, &[root], None).get(&package).copied();
    roots.iter().filter_map(|&root| Some((root, distance(root)?))).collect()
}

/// PageRank as Katz centrality in which a package hands an equal part to each dependency.
fn ranks(graph: &DiGraph<(), u32>, live: &[bool]) -> Vec<f64> {
    let part = |edge: rustworkx_core::petgraph::graph::EdgeReference<'_, u32>| {
        Ok::<_, ()>(1.0 / graph.edges(edge.source()).count() as f64)
    };
    let katz = katz_centrality(graph, part, Some(0.85), None, Some(1.0), Some(1_000), Some(1e-15));
    let katz = katz.ok().flatten().expect("a damping below 1 converges");
    let total: f64 = katz.iter().zip(live).filter(|(_, live)| **live).map(|(x, _)| x).sum();
    katz.iter().map(|x| x / total).collect()
}
