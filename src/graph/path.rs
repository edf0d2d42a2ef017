//! Why a package is in the graph: the shortest ways to it from the workspace.

use crate::model::{Direction, Edge, Graph, PackageIndex};

use super::live::{is_live, is_live_without_dev, roots};

/// Up to `limit` shortest paths to a package, shortest first, each from a member to the package.
///
/// There is at most one path for each member and none leads through a second one, so that the
/// paths differ in where they enter. They keep to live edges without dev edges; only where no
/// such path exists, dev edges are used too, and only where there is none either, every edge:
/// that is how a package gets there that is locked but not built. Empty where nothing leads to
/// the package. Where no member is known, the same packages stand in for them as in
/// [`places`](super::places). Looks at the edges above the package only, each once for each of
/// the three attempts; to find stand-ins for members, at all edges.
pub fn shortest_paths(
    graph: &Graph,
    package: PackageIndex,
    limit: usize,
) -> Vec<Vec<PackageIndex>> {
    let roots = roots(graph);
    let widening: [fn(&Edge) -> bool; 3] = [is_live_without_dev, is_live, |_| true];
    widening
        .into_iter()
        .map(|accept| paths_over(graph, &roots, package, limit, accept))
        .find(|paths| !paths.is_empty())
        .unwrap_or_default()
}

/// The paths over the edges that `accept` accepts, found breadth first from the package upwards.
fn paths_over(
    graph: &Graph,
    roots: &[PackageIndex],
    package: PackageIndex,
    limit: usize,
    accept: fn(&Edge) -> bool,
) -> Vec<Vec<PackageIndex>> {
    // The next package down, for each one seen; the package itself is its own.
    let mut below: Vec<Option<PackageIndex>> = vec![None; graph.len()];
    below[package.get()] = Some(package);
    let mut queue = vec![package];
    let mut next = 0;
    let mut paths = Vec::new();
    while let Some(&current) = queue.get(next) {
        next += 1;
        if paths.len() == limit {
            break;
        }
        if roots.binary_search(&current).is_ok() {
            paths.push(downwards(&below, current));
            continue;
        }
        let mut dependents: Vec<PackageIndex> = graph
            .neighbours(current, Direction::Dependents)
            .filter(|(dependent, edge)| accept(edge) && below[dependent.get()].is_none())
            .map(|(dependent, _)| dependent)
            .collect();
        dependents.sort_unstable();
        dependents.dedup();
        for &dependent in &dependents {
            below[dependent.get()] = Some(current);
        }
        queue.extend(dependents);
    }
    paths
}

/// The path from `top` down to the package that is its own next one.
fn downwards(below: &[Option<PackageIndex>], top: PackageIndex) -> Vec<PackageIndex> {
    let mut path = vec![top];
    let mut current = top;
    while let Some(next) = below[current.get()].filter(|&next| next != current) {
        path.push(next);
        current = next;
    }
    path
}
