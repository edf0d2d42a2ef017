//! The part of a graph that is built, renumbered for the kernels.

use crate::model::{DependencyKind, Edge, EdgeState, Graph, PackageIndex};

use super::walk::breadth_first;
use super::{Adjacency, Components};

/// The packages that the workspace members reach over live edges, numbered from 0 in
/// breadth-first order.
///
/// The order puts the roots first and, in every row of `dependents`, the way that is nearest to
/// a root first, which is what makes the search for cuts short.
#[derive(Debug, Clone)]
pub struct Live {
    /// The position in the graph of each live package.
    pub packages: Vec<PackageIndex>,
    /// Packages below this number are the roots: the members, or what stands in for them.
    pub roots: u32,
    /// Fewest edges from a root, without dev edges where there is such a path.
    pub depth: Vec<u32>,
    /// From dependent to dependency.
    pub dependencies: Adjacency,
    /// From dependency to dependent.
    pub dependents: Adjacency,
}

impl Live {
    /// Selects and numbers the live packages.
    ///
    /// Where no member is known, what nothing depends on stands in for the members (all edges
    /// counted); of packages that only depend on each other, the first.
    pub fn new(graph: &Graph) -> Self {
        let roots: Vec<u32> = roots(graph).iter().map(|root| root.0).collect();
        let edges = select(graph, is_live);
        let reached = breadth_first(&edges, &roots);
        let mut number = vec![0; graph.len()];
        for (position, &(node, _)) in (0..).zip(&reached) {
            number[node as usize] = position;
        }
        let mut depth: Vec<u32> = reached.iter().map(|&(_, distance)| distance).collect();
        let roots_reached = depth.iter().take_while(|&&distance| distance == 0).count() as u32;
        for (node, distance) in breadth_first(&select(graph, is_live_without_dev), &roots) {
            depth[number[node as usize] as usize] = distance;
        }
        let mut pairs = Vec::with_capacity(edges.edges());
        for (from, &(node, _)) in (0..).zip(&reached) {
            pairs.extend(edges.row(node).iter().map(|&to| (from, number[to as usize])));
        }
        let dependencies = Adjacency::new(reached.len(), pairs);
        Self {
            packages: reached.iter().map(|&(node, _)| PackageIndex(node)).collect(),
            roots: roots_reached,
            depth,
            dependents: dependencies.reversed(),
            dependencies,
        }
    }

    /// Number of live packages.
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Whether nothing is live.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }
}

/// Whether an edge takes part in measures of place.
pub(super) fn is_live(edge: &Edge) -> bool {
    edge.state.is_live()
}

/// Whether an edge takes part in the build of the product itself.
pub(super) fn is_live_without_dev(edge: &Edge) -> bool {
    let is_dev = edge.state == EdgeState::Dev || edge.kind == Some(DependencyKind::Dev);
    is_live(edge) && !is_dev
}

/// The members, or what stands in for them where none is known; ascending.
pub(super) fn roots(graph: &Graph) -> Vec<PackageIndex> {
    if !graph.members().is_empty() {
        return graph.members().to_vec();
    }
    let dependencies = select(graph, |_| true);
    let components = Components::new(&dependencies, &dependencies.reversed());
    let mut roots: Vec<PackageIndex> = (0..components.len() as u32)
        .filter(|&component| components.dependents.row(component).is_empty())
        .filter_map(|component| components.nodes(component).iter().min())
        .map(|&node| PackageIndex(node))
        .collect();
    roots.sort_unstable();
    roots
}

/// The edges of a graph that `accept` accepts, from dependent to dependency.
fn select(graph: &Graph, accept: fn(&Edge) -> bool) -> Adjacency {
    let pairs = graph
        .edges()
        .filter(|(_, _, edge)| accept(edge))
        .map(|(from, to, _)| (from.0, to.0))
        .collect();
    Adjacency::new(graph.len(), pairs)
}
