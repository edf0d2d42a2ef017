//! Measures of place on made-up workspaces of 100, 1,000 and 10,000 packages, kernel by kernel.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use semver::Version;

use headwater::graph::{
    Components, EDGE_VISITS, Live, count_reaching, dominated, min_cuts, pagerank, places,
    shortest_paths,
};
use headwater::model::{Edge, EdgeState, Graph, Package, PackageIndex, Presence, Source};

/// Dependencies of each package on average; the lockfiles of large projects have about five.
const DEPENDENCIES: u64 = 5;

/// A generator of numbers that look random (xorshift64), the same in every run.
struct Numbers(u64);

impl Numbers {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// A workspace with one member in fifty packages, popular packages at the far end, and small
/// cycles at one package in fifty.
fn workspace(packages: u64) -> Graph {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut edges = Vec::new();
    for to in 1..packages {
        edges.push((numbers.below(to), to));
    }
    for from in 0..packages - 1 {
        for _ in 0..numbers.below(2 * DEPENDENCIES - 1) {
            let rest = packages - from - 1;
            // The smaller of two distances from the end: far ends are more popular.
            let from_end = numbers.below(rest).min(numbers.below(rest));
            let to = packages - 1 - from_end;
            edges.push((from, to));
        }
        if numbers.below(50) == 0 {
            let near = from + 1 + numbers.below((packages - from - 1).min(10));
            edges.extend([(from, near), (near, from)]);
        }
    }
    let package = |number| Package {
        name: format!("package-{number:05}"),
        version: Version::new(1, 0, 0),
        source: Source::Path,
    };
    let edge = || Edge { kind: None, state: EdgeState::Built, requirement: None };
    let index = |number: u64| PackageIndex(number as u32);
    Graph::new(
        (0..packages).map(|number| (package(number), Presence::Runtime)).collect(),
        edges.into_iter().map(|(from, to)| (index(from), index(to), edge())).collect(),
        (0..packages.div_ceil(50)).map(index).collect(),
    )
}

fn graph(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("graph");
    group.sample_size(20);
    for packages in [100, 1_000, 10_000] {
        let graph = workspace(packages);
        let live = Live::new(&graph);
        let components = Components::new(&live.dependencies, &live.dependents);
        let all: Vec<u32> = (0..live.len() as u32).collect();
        let last = PackageIndex(packages as u32 - 1);
        let mut time = |kernel: &str, run: &dyn Fn()| {
            group.bench_function(BenchmarkId::new(kernel, packages), |bencher| bencher.iter(run));
        };
        time("live", &|| drop(black_box(Live::new(&graph))));
        time("components", &|| {
            drop(black_box(Components::new(&live.dependencies, &live.dependents)));
        });
        time("count_reaching", &|| drop(black_box(count_reaching(&components, &all))));
        time("dominated", &|| drop(black_box(dominated(&live))));
        time("min_cuts", &|| drop(black_box(min_cuts(&live, EDGE_VISITS))));
        time("pagerank", &|| {
            drop(black_box(pagerank(&live.dependencies, &live.dependents, &components)));
        });
        time("places", &|| drop(black_box(places(&graph))));
        time("shortest_paths", &|| drop(black_box(shortest_paths(&graph, last, 5))));
    }
    group.finish();
}

criterion_group!(benches, graph);
criterion_main!(benches);
