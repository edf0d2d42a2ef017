//! Why a package is in the graph: the shortest ways to it from the workspace.

use std::collections::BTreeMap;

use crate::model::{Direction, Edge, Graph, PackageIndex};

use super::live::{is_live, is_live_without_dev, roots};

/// The most packages on a path. Real ones stay under 50; a lockfile made to be a chain of tens of
/// thousands would take memory by the square of its length.
const LONGEST_PATH: usize = 256;

/// Up to `limit` shortest paths to a package, shortest first, each from a member to the package.
///
/// There is at most one path for each member and none leads through a second one, so that the
/// paths differ in where they enter. They keep to live edges without dev edges; only where no
/// such path exists, dev edges are used too, and only where there is none either, every edge:
/// that is how a package gets there that is locked but not built. Empty where nothing leads to
/// the package, or only paths of more than 256 packages do. Where no member is known, the same packages stand in for them as in
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
    // The next package down, for each one seen; the package itself is its own. A map, as there
    // may be as many calls as packages and each sees few of them.
    let mut below = BTreeMap::from([(package, package)]);
    let mut queue = vec![(package, 1)];
    let mut next = 0;
    let mut paths = Vec::new();
    while let Some(&(current, length)) = queue.get(next) {
        next += 1;
        if paths.len() == limit {
            break;
        }
        if roots.binary_search(&current).is_ok() {
            paths.push(downwards(&below, current));
            continue;
        }
        if length == LONGEST_PATH {
            continue;
        }
        let mut dependents: Vec<PackageIndex> = graph
            .neighbours(current, Direction::Dependents)
            .filter(|(dependent, edge)| accept(edge) && !below.contains_key(dependent))
            .map(|(dependent, _)| dependent)
            .collect();
        dependents.sort_unstable();
        dependents.dedup();
        for &dependent in &dependents {
            below.insert(dependent, current);
        }
        queue.extend(dependents.into_iter().map(|dependent| (dependent, length + 1)));
    }
    paths
}

/// The path from `top` down to the package that is its own next one.
fn downwards(below: &BTreeMap<PackageIndex, PackageIndex>, top: PackageIndex) -> Vec<PackageIndex> {
    let mut path = vec![top];
    let mut current = top;
    while let Some(&next) = below.get(&current).filter(|next| **next != current) {
        path.push(next);
        current = next;
    }
    path
}
