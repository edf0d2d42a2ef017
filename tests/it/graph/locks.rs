//! Real lockfiles: what must hold in every graph.

use headwater::graph::{places, shortest_paths};
use headwater::model::{EdgeState, Graph, Place, Source};
use headwater::read::cargo_lock::Lockfile;

use super::build;
use crate::data;

#[test]
fn every_real_lockfile_keeps_the_invariants() {
    let Some(data) = data::folder("the measures of real lockfiles") else { return };
    for (name, path) in data::lockfiles(&data) {
        let graph = graph(&data::read_lockfile(&path));
        let places = places(&graph);
        let known: Vec<Option<&Place>> = places.iter().map(|place| place.known()).collect();
        check(&graph, &known, &name);
    }
}

fn check(graph: &Graph, places: &[Option<&Place>], lock: &str) {
    let live: Vec<&Place> = places.iter().copied().flatten().collect();
    let sum: f64 = live.iter().map(|place| place.pagerank).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{}: {sum}", lock);
    let of_members = graph.members().iter().filter_map(|member| places[member.get()]);
    let brought: usize = of_members.map(|place| place.brings_in as usize + 1).sum();
    assert!(brought <= live.len(), "{}: {brought}", lock);
    let mut dependents = vec![0; graph.len()];
    for (from, to, _) in graph.edges() {
        dependents[to.get()] += u32::from(from != to && places[from.get()].is_some());
    }
    for package in graph.indices() {
        let named = || format!("{}: {}", lock, graph.package(package).name);
        let Some(place) = places[package.get()] else { continue };
        let is_root = graph.members().contains(&package);
        assert_eq!(place.depth == 0, is_root, "{}: {place:?}", named());
        assert!(place.members > 0 || is_root, "{}: {place:?}", named());
        let cut = *place.min_cut.known().expect("real graphs are not too much work");
        assert!(cut <= dependents[package.get()], "{}: {place:?}", named());
        assert_eq!(cut == 0, is_root, "{}: {place:?}", named());
        assert!((0.0..=1.0).contains(&place.reach), "{}: {place:?}", named());
        assert!((place.brings_in as usize) < live.len(), "{}: {place:?}", named());
        assert!(place.members <= place.dependents, "{}: {place:?}", named());
        let paths = shortest_paths(graph, package, 3);
        assert_eq!(paths[0].len() as u32, place.depth + 1, "{}", named());
    }
}

/// The graph of a lockfile alone: what lives on this machine is a member.
fn graph(lockfile: &Lockfile) -> Graph {
    let numbered = || (0..).zip(&lockfile.packages);
    let members = numbered().filter(|(_, it)| it.source == Source::Path);
    let edges = (0..).zip(&lockfile.dependencies).flat_map(|(from, dependencies)| {
        dependencies.iter().map(move |&to| (from, to, EdgeState::Unknown))
    });
    build(
        lockfile.packages.len() as u32,
        &edges.collect::<Vec<_>>(),
        &members.map(|(number, _)| number).collect::<Vec<_>>(),
    )
}
