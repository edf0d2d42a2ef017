//! PageRank: how likely a walk down the dependencies is to be at a package.

use super::{Adjacency, Components};

/// Probability that the walk goes on to a dependency rather than starting afresh.
const DAMPING: f64 = 0.85;
/// A component is settled when a sweep changes it by less than this share of its weight.
const TOLERANCE: f64 = 1e-12;
/// Most sweeps over one component; each leaves at most 0.85 of the error before it.
const SWEEPS: usize = 100;

/// PageRank of each node, edges from dependent to dependency; sums to 1.
///
/// With n nodes and damping d = 0.85, the rank of a node v is
/// (1 - d) / n + d (sum over dependents u of rank(u) / dependencies(u) + loose / n),
/// where loose is the rank of all nodes without dependencies, spread evenly (Brin and Page,
/// *The anatomy of a large-scale hypertextual Web search engine*, 1998).
///
/// It is solved without the loose term, which only scales the result: x(v) = 1 + d (sum of
/// x(u) / dependencies(u)), then divided by the sum of x (Gleich, *PageRank beyond the Web*, SIAM
/// Review 57(3), 2015, section 2: the pseudo-PageRank). Dependents first, so outside of cycles one pass
/// is exact; a cycle is swept until it settles.
pub fn pagerank(
    dependencies: &Adjacency,
    dependents: &Adjacency,
    components: &Components,
) -> Vec<f64> {
    let mut weight = vec![0.0; dependencies.nodes()];
    // What each node hands to each of its dependencies.
    let mut share = vec![0.0; dependencies.nodes()];
    for component in 0..components.len() as u32 {
        let nodes = components.nodes(component);
        let sweeps = if nodes.len() == 1 { 1 } else { SWEEPS };
        for _ in 0..sweeps {
            let (mut change, mut total) = (0.0, 0.0);
            // Components list their nodes against the edges; a cycle settles faster along them.
            for &node in nodes.iter().rev() {
                let received: f64 =
                    dependents.row(node).iter().map(|&above| share[above as usize]).sum();
                let new = 1.0 + DAMPING * received;
                let old = std::mem::replace(&mut weight[node as usize], new);
                share[node as usize] = new / dependencies.row(node).len().max(1) as f64;
                change += (new - old).abs();
                total += new;
            }
            if change <= TOLERANCE * total {
                break;
            }
        }
    }
    let total: f64 = weight.iter().sum();
    weight.iter_mut().for_each(|weight| *weight /= total);
    weight
}
