//! Minimum edge cuts: how many dependencies have to go before a package does.

use crate::model::{Missing, Observed};

use super::Live;

/// How many edges [`places`](super::places) lets the search for cuts look at before it gives up.
///
/// Fifty times what 10,000 packages of a usual shape need; one or two seconds on a graph made to
/// be hard.
pub const EDGE_VISITS: u64 = 25_000_000;

/// For each live package, the fewest edges to cut so that no root reaches it; 0 for a root.
///
/// By the max-flow min-cut theorem this is the largest number of paths from the roots that share
/// no edge (Ford and Fulkerson, *Maximal flow through a network*, 1956). Paths are searched from
/// the package upwards, so a search that fails stays below the cut. Packages for which
/// `edge_visits` do not suffice, all of them together, are missing.
pub fn min_cuts(live: &Live, edge_visits: u64) -> Vec<Observed<u32>> {
    let mut search = Search::new(live, edge_visits);
    let mut cuts = vec![Observed::Known(0); live.len()];
    // Deepest first: what is found to lie behind a cut bounds most of what is still to come.
    for package in (live.roots..live.len() as u32).rev() {
        cuts[package as usize] =
            Observed::from_option(search.min_cut(package), Missing::TooMuchWork);
    }
    cuts
}

/// How a search went on from one package to the next one up.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Against an edge that carries no path yet: `package` depends on the one before.
    Add,
    /// Along an edge that carries a path, to take it off: the one before depends on `package`.
    Remove,
}

/// A package on the way up and how it was reached.
#[derive(Debug, Clone, Copy)]
struct Stop {
    package: u32,
    /// The edge, by its number in `Live::dependents`; without meaning for the first stop.
    edge: usize,
    step: Step,
}

/// What a search for one more path found.
enum Outcome {
    /// A path from a root.
    Root,
    /// No path is left.
    Blocked,
    /// The edge visits are used up.
    TooMuchWork,
}

/// Buffers that all searches share; between packages no edge carries a path.
struct Search<'a> {
    live: &'a Live,
    edge_visits: u64,
    /// The cut of a package is at most this: its dependents, or a cut that it lies behind.
    bound: Vec<u32>,
    /// Whether an edge carries a path, by its number in `Live::dependents`.
    carries: Vec<bool>,
    /// The edges that carry a path away from each package: edge and dependency.
    carried: Vec<Vec<(usize, u32)>>,
    /// The search that saw each package last.
    seen: Vec<u32>,
    searches: u32,
    /// Packages the current search has seen.
    visited: Vec<u32>,
    /// How many edges of each visited package the search has looked at.
    looked_at: Vec<u32>,
    path: Vec<Stop>,
}

impl<'a> Search<'a> {
    fn new(live: &'a Live, edge_visits: u64) -> Self {
        let nodes = live.len();
        let below_roots: usize = (0..live.roots)
            .map(|root| live.dependencies.row(root).iter().filter(|&&d| d >= live.roots).count())
            .sum();
        let bound = (0..nodes as u32).map(|n| live.dependents.row(n).len().min(below_roots) as u32);
        Self {
            live,
            edge_visits,
            bound: bound.collect(),
            carries: vec![false; live.dependents.edges()],
            carried: vec![Vec::new(); nodes],
            seen: vec![0; nodes],
            searches: 0,
            visited: Vec::new(),
            looked_at: vec![0; nodes],
            path: Vec::new(),
        }
    }

    /// The minimum cut above `package`, which is not a root; `None` where it is too much work.
    fn min_cut(&mut self, package: u32) -> Option<u32> {
        // Every live package is reached, so one that a single edge separates needs no search.
        if self.bound[package as usize] == 1 {
            return Some(1);
        }
        let mut touched = Vec::new();
        let cut = self.count_paths(package, &mut touched);
        for package in touched {
            for (edge, _) in self.carried[package as usize].drain(..) {
                self.carries[edge] = false;
            }
        }
        cut
    }

    /// Takes paths from the roots to `package` until there is no more without a common edge, and
    /// lists the packages that may carry one in `touched`.
    fn count_paths(&mut self, package: u32, touched: &mut Vec<u32>) -> Option<u32> {
        let mut paths = 0;
        while paths < self.bound[package as usize] {
            match self.find_path(package) {
                Outcome::Root => {
                    paths += 1;
                    self.take_path(touched);
                }
                // The edges that block the way to this package block it to all it has seen.
                Outcome::Blocked => {
                    for &behind in &self.visited {
                        let bound = &mut self.bound[behind as usize];
                        *bound = paths.min(*bound);
                    }
                }
                Outcome::TooMuchWork => return None,
            }
        }
        Some(paths)
    }

    /// Searches depth first for a way from `package` up to a root and leaves it in `path`.
    fn find_path(&mut self, package: u32) -> Outcome {
        self.searches += 1;
        self.visited.clear();
        self.path.clear();
        self.enter(Stop { package, edge: 0, step: Step::Add });
        while let Some(&Stop { package, .. }) = self.path.last() {
            if self.edge_visits == 0 {
                return Outcome::TooMuchWork;
            }
            self.edge_visits -= 1;
            let position = self.looked_at[package as usize] as usize;
            self.looked_at[package as usize] += 1;
            let dependents = self.live.dependents.row(package);
            let stop = if let Some(&dependent) = dependents.get(position) {
                let edge = self.live.dependents.first_edge(package) + position;
                if self.carries[edge] {
                    continue;
                }
                Stop { package: dependent, edge, step: Step::Add }
            } else if let Some(&(edge, dependency)) =
                self.carried[package as usize].get(position - dependents.len())
            {
                Stop { package: dependency, edge, step: Step::Remove }
            } else {
                self.path.pop();
                continue;
            };
            if stop.package < self.live.roots {
                self.path.push(stop);
                return Outcome::Root;
            }
            if self.seen[stop.package as usize] != self.searches {
                self.enter(stop);
            }
        }
        Outcome::Blocked
    }

    fn enter(&mut self, stop: Stop) {
        let package = stop.package as usize;
        self.seen[package] = self.searches;
        self.looked_at[package] = 0;
        self.visited.push(stop.package);
        self.path.push(stop);
    }

    /// Marks the edges of `path` and adds the packages that may carry one to `touched`.
    fn take_path(&mut self, touched: &mut Vec<u32>) {
        for pair in self.path.windows(2) {
            let (before, stop) = (pair[0].package, pair[1]);
            match stop.step {
                Step::Add => {
                    self.carries[stop.edge] = true;
                    self.carried[stop.package as usize].push((stop.edge, before));
                    touched.push(stop.package);
                }
                Step::Remove => {
                    self.carries[stop.edge] = false;
                    self.carried[before as usize].retain(|&(edge, _)| edge != stop.edge);
                }
            }
        }
    }
}
