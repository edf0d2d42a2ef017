//! Dominators: what only one package brings in.

use super::Live;
use super::walk::depth_first;

/// For each live package, how many others are reached only through it: the size of its subtree
/// in the dominator tree below a virtual root above the roots, itself not counted.
pub fn dominated(live: &Live) -> Vec<u32> {
    let tree = Tree::new(live);
    let nodes = live.len();
    let mut below = vec![0; nodes + 1];
    // A dominator is entered before what it dominates.
    for number in (1..=nodes).rev() {
        below[tree.dominator[number]] += below[number] + 1;
    }
    let mut dominated = vec![0; nodes];
    for (number, &node) in (1..).zip(&tree.preorder) {
        dominated[node as usize] = below[number];
    }
    dominated
}

/// The dominator tree over depth-first numbers: 0 is the virtual root, the packages follow.
struct Tree {
    /// Live packages by number, without the virtual root.
    preorder: Vec<u32>,
    /// The immediate dominator of each number.
    dominator: Vec<usize>,
}

impl Tree {
    /// Lengauer and Tarjan, *A fast algorithm for finding dominators in a flowgraph*, 1979, the
    /// simple version: edges times the logarithm of nodes at worst, whatever the graph.
    fn new(live: &Live) -> Self {
        let nodes = live.len();
        let walk = depth_first(&live.dependencies, 0..live.roots);
        let mut number = vec![0; nodes];
        for (position, &node) in (1..).zip(&walk.preorder) {
            number[node as usize] = position;
        }
        let parent =
            |node: u32| walk.parent[node as usize].map_or(0, |above| number[above as usize]);
        let mut forest = Forest::new(nodes + 1);
        let mut dominator = vec![0; nodes + 1];
        let mut waiting = Lists::new(nodes + 1);
        for (position, &node) in walk.preorder.iter().enumerate().rev() {
            let own = position + 1;
            if node < live.roots {
                forest.semidominator[own] = 0;
            }
            for &above in live.dependents.row(node) {
                let best = forest.best(number[above as usize]);
                forest.semidominator[own] =
                    forest.semidominator[own].min(forest.semidominator[best]);
            }
            waiting.push(forest.semidominator[own], own);
            let parent = parent(node);
            forest.parent[own] = Some(parent);
            while let Some(other) = waiting.pop(parent) {
                let best = forest.best(other);
                let is_earlier = forest.semidominator[best] < forest.semidominator[other];
                dominator[other] = if is_earlier { best } else { parent };
            }
        }
        for own in 1..=nodes {
            if dominator[own] != forest.semidominator[own] {
                dominator[own] = dominator[dominator[own]];
            }
        }
        Self { preorder: walk.preorder, dominator }
    }
}

/// The part of the depth-first tree already numbered from the end, with compressed paths.
struct Forest {
    semidominator: Vec<usize>,
    /// The way up, shortened as it is walked; `None` for the top of a tree.
    parent: Vec<Option<usize>>,
    /// The number with the least semidominator on the shortened part of the way, own included.
    least: Vec<usize>,
    path: Vec<usize>,
}

impl Forest {
    fn new(size: usize) -> Self {
        Self {
            semidominator: (0..size).collect(),
            parent: vec![None; size],
            least: (0..size).collect(),
            path: Vec::new(),
        }
    }

    /// The number with the least semidominator from `number` up to below the top of its tree.
    fn best(&mut self, number: usize) -> usize {
        let mut at = number;
        while let Some(above) = self.parent[at] {
            self.path.push(at);
            at = above;
        }
        let top = at;
        // From the top downwards: each takes over what the one above it has found.
        let mut above = self.path.pop();
        while let (Some(upper), Some(lower)) = (above, self.path.pop()) {
            if self.semidominator[self.least[upper]] < self.semidominator[self.least[lower]] {
                self.least[lower] = self.least[upper];
            }
            self.parent[lower] = Some(top);
            above = Some(lower);
        }
        self.least[number]
    }
}

/// Many small lists of numbers in two arrays.
struct Lists {
    first: Vec<Option<usize>>,
    next: Vec<Option<usize>>,
}

impl Lists {
    fn new(size: usize) -> Self {
        Self { first: vec![None; size], next: vec![None; size] }
    }

    fn push(&mut self, list: usize, number: usize) {
        self.next[number] = self.first[list].replace(number);
    }

    fn pop(&mut self, list: usize) -> Option<usize> {
        let number = self.first[list]?;
        self.first[list] = self.next[number];
        Some(number)
    }
}
