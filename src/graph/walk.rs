//! Breadth-first and depth-first orders, without recursion.

use super::Adjacency;

/// The nodes reached from `starts`, each with its distance in edges, nearest first.
pub(super) fn breadth_first(edges: &Adjacency, starts: &[u32]) -> Vec<(u32, u32)> {
    let mut seen = vec![false; edges.nodes()];
    let mut reached: Vec<(u32, u32)> = Vec::new();
    for &start in starts {
        if !std::mem::replace(&mut seen[start as usize], true) {
            reached.push((start, 0));
        }
    }
    let mut next = 0;
    while let Some(&(node, distance)) = reached.get(next) {
        next += 1;
        for &target in edges.row(node) {
            if !std::mem::replace(&mut seen[target as usize], true) {
                reached.push((target, distance + 1));
            }
        }
    }
    reached
}

/// What a depth-first walk leaves behind.
pub(super) struct DepthFirst {
    /// Nodes in the order they were entered.
    pub(super) preorder: Vec<u32>,
    /// Nodes in the order they were left.
    pub(super) postorder: Vec<u32>,
    /// The node from which each was entered; `None` for a start.
    pub(super) parent: Vec<Option<u32>>,
}

/// Walks depth first from each of `starts` that no earlier one has reached.
pub(super) fn depth_first(edges: &Adjacency, starts: impl IntoIterator<Item = u32>) -> DepthFirst {
    let nodes = edges.nodes();
    let mut walk =
        DepthFirst { preorder: Vec::new(), postorder: Vec::new(), parent: vec![None; nodes] };
    let mut seen = vec![false; nodes];
    let mut stack: Vec<(u32, std::slice::Iter<'_, u32>)> = Vec::new();
    for start in starts {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        walk.preorder.push(start);
        stack.push((start, edges.row(start).iter()));
        while let Some((node, targets)) = stack.last_mut() {
            let node = *node;
            let Some(&target) = targets.next() else {
                walk.postorder.push(node);
                stack.pop();
                continue;
            };
            if !std::mem::replace(&mut seen[target as usize], true) {
                walk.parent[target as usize] = Some(node);
                walk.preorder.push(target);
                stack.push((target, edges.row(target).iter()));
            }
        }
    }
    walk
}
