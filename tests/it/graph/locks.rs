//! Real lockfiles: what must hold in every graph.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use headwater::graph::{places, shortest_paths};
use headwater::model::{EdgeState, Graph, Place};

use super::build;

#[test]
fn every_real_lockfile_keeps_the_invariants() {
    let Some(data) = std::env::var_os("HEADWATER_DATA") else {
        eprintln!("HEADWATER_DATA is not set: real lockfiles are not measured");
        return;
    };
    let locks = lockfiles(&Path::new(&data).join("cargo-locks"));
    assert!(locks.len() > 100, "{} lockfiles", locks.len());
    for lock in locks {
        let graph = read(&std::fs::read_to_string(&lock).unwrap());
        let start = Instant::now();
        let places = places(&graph);
        let took = start.elapsed();
        if lock.ends_with("denoland+deno/head.Cargo.lock") {
            eprintln!("{}: {} packages in {took:?}", lock.display(), graph.len());
        }
        let known: Vec<Option<&Place>> = places.iter().map(|place| place.known()).collect();
        check(&graph, &known, &lock);
    }
}

fn check(graph: &Graph, places: &[Option<&Place>], lock: &Path) {
    let live: Vec<&Place> = places.iter().copied().flatten().collect();
    let sum: f64 = live.iter().map(|place| place.pagerank).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{}: {sum}", lock.display());
    let of_members = graph.members().iter().filter_map(|member| places[member.get()]);
    let brought: usize = of_members.map(|place| place.brings_in as usize + 1).sum();
    assert!(brought <= live.len(), "{}: {brought}", lock.display());
    let mut dependents = vec![0; graph.len()];
    for (from, to, _) in graph.edges() {
        dependents[to.get()] += u32::from(from != to && places[from.get()].is_some());
    }
    for package in graph.indices() {
        let named = || format!("{}: {}", lock.display(), graph.package(package).name);
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

fn lockfiles(folder: &Path) -> Vec<PathBuf> {
    let files = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("a readable folder");
        entries.map(|entry| entry.expect("a readable entry").path()).collect()
    };
    files(folder).iter().flat_map(|project| files(project)).collect()
}

/// The graph of a lockfile by its text alone: what has no source is a member.
fn read(text: &str) -> Graph {
    let lock: toml::Table = text.parse().expect("a lockfile is TOML");
    let packages = lock.get("package").and_then(|packages| packages.as_array());
    let packages: Vec<&toml::Value> =
        lock.get("root").into_iter().chain(packages.into_iter().flatten()).collect();
    let field = |package: &toml::Value, key: &str| {
        package.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    };
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut members = Vec::new();
    for (number, package) in (0..).zip(&packages) {
        let [name, version, source] = ["name", "version", "source"].map(|key| field(package, key));
        if source.is_empty() {
            members.push(number);
        }
        // A dependency on a git repository does not repeat the commit.
        let source = source.split('#').next().unwrap_or_default();
        numbers.insert(format!("{name} {version} ({source})"), number);
        numbers.insert(format!("{name} {version}"), number);
        numbers.insert(name, number);
    }
    let mut edges = Vec::new();
    for (number, package) in (0..).zip(&packages) {
        let dependencies = package.get("dependencies").and_then(|list| list.as_array());
        for dependency in dependencies.into_iter().flatten().filter_map(|name| name.as_str()) {
            // One lockfile, merged by hand, names a package that it does not lock.
            if let Some(&found) = numbers.get(dependency) {
                edges.push((number, found, EdgeState::Unknown));
            }
        }
    }
    build(packages.len() as u32, &edges, &members)
}
