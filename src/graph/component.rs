//! Strongly connected components: cycles, which dev-dependencies make normal, folded into one.

use super::Adjacency;
use super::walk::depth_first;

/// The strongly connected components of a graph and the acyclic graph between them.
///
/// Numbered from 0 so that a component comes before everything it depends on.
#[derive(Debug, Clone)]
pub struct Components {
    /// The component of each node.
    pub of: Vec<u32>,
    /// From each component to those that depend on it.
    pub dependents: Adjacency,
    /// Nodes, component by component.
    order: Vec<u32>,
    /// Where each component starts in `order`, and at the end the number of nodes.
    starts: Vec<usize>,
}

impl Components {
    /// Finds the components (Kosaraju and Sharir; see Aho, Hopcroft, Ullman, *Data Structures
    /// and Algorithms*, 1983, section 6.7). `dependents` is `dependencies` reversed.
    pub fn new(dependencies: &Adjacency, dependents: &Adjacency) -> Self {
        let nodes = dependencies.nodes();
        let down = depth_first(dependencies, 0..nodes as u32);
        // What a node reaches upwards and no earlier one has taken is its component.
        let up = depth_first(dependents, down.postorder.iter().rev().copied());
        let mut starts = Vec::new();
        let mut of = vec![0; nodes];
        for (position, &node) in up.preorder.iter().enumerate() {
            if up.parent[node as usize].is_none() {
                starts.push(position);
            }
            of[node as usize] = (starts.len() - 1) as u32;
        }
        let mut pairs = Vec::with_capacity(dependents.edges());
        for node in 0..nodes as u32 {
            let own = of[node as usize];
            pairs.extend(dependents.row(node).iter().map(|&above| (own, of[above as usize])));
        }
        let dependents = Adjacency::new(starts.len(), pairs);
        starts.push(nodes);
        Self { of, dependents, order: up.preorder, starts }
    }

    /// Number of components.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no component, that is, no node.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The nodes of a component, in no meaningful order.
    pub fn nodes(&self, component: u32) -> &[u32] {
        let component = component as usize;
        &self.order[self.starts[component]..self.starts[component + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_comes_before_what_it_depends_on() {
        // 3 -> 0 <-> 1 -> 2, 4 -> 2
        let edges = Adjacency::new(5, vec![(3, 0), (0, 1), (1, 0), (1, 2), (4, 2)]);
        let components = Components::new(&edges, &edges.reversed());
        let of = &components.of;
        assert_eq!(components.len(), 4);
        assert_eq!(of[0], of[1]);
        assert!(of[3] < of[0] && of[0] < of[2] && of[4] < of[2], "{of:?}");
        assert_eq!(components.nodes(of[0]).len(), 2);
        let mut above = [of[0], of[4]];
        above.sort_unstable();
        assert_eq!(components.dependents.row(of[2]), above);
    }
}
