//! Edges in compressed sparse rows, the storage every kernel reads.

/// Edges between nodes numbered from 0: one ascending row of targets for each node.
///
/// Each pair is kept once and no node points to itself: neither a second kind of dependency nor
/// a loop changes which package brings in which.
#[derive(Debug, Clone)]
pub struct Adjacency {
    /// Where each row starts in `targets`, and at the end the number of targets.
    starts: Vec<usize>,
    targets: Vec<u32>,
}

impl Adjacency {
    /// Edges among `nodes` nodes from pairs (from, to) in any order, both below `nodes`.
    pub fn new(nodes: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.retain(|(from, to)| from != to);
        pairs.sort_unstable();
        pairs.dedup();
        let starts = row_starts(nodes, pairs.iter().map(|&(from, _)| from));
        Self { starts, targets: pairs.into_iter().map(|(_, to)| to).collect() }
    }

    /// The same edges seen from the other end.
    pub fn reversed(&self) -> Self {
        let starts = row_starts(self.nodes(), self.targets.iter().copied());
        let mut free = starts.clone();
        let mut targets = vec![0; self.targets.len()];
        for from in 0..self.nodes() as u32 {
            for &to in self.row(from) {
                targets[free[to as usize]] = from;
                free[to as usize] += 1;
            }
        }
        Self { starts, targets }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of edges.
    pub fn edges(&self) -> usize {
        self.targets.len()
    }

    /// The targets of a node, ascending.
    pub fn row(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.targets[self.starts[node]..self.starts[node + 1]]
    }

    /// The number of the first edge of a row; the others of the row follow it.
    pub(super) fn first_edge(&self, node: u32) -> usize {
        self.starts[node as usize]
    }
}

/// Row starts from the row of each edge.
fn row_starts(nodes: usize, rows: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut starts = vec![0; nodes + 1];
    for row in rows {
        starts[row as usize + 1] += 1;
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_and_loops_are_dropped_and_reversal_keeps_the_rest() {
        let edges = Adjacency::new(4, vec![(2, 1), (0, 2), (0, 1), (0, 2), (1, 1), (1, 0)]);
        let rows = |edges: &Adjacency| (0..4).map(|n| edges.row(n).to_vec()).collect::<Vec<_>>();
        assert_eq!(rows(&edges), [vec![1, 2], vec![0], vec![1], vec![]]);
        assert_eq!(rows(&edges.reversed()), [vec![1], vec![0, 2], vec![0], vec![]]);
        assert_eq!((edges.nodes(), edges.edges()), (4, 4));
    }
}
