//! The place of every package, put together from the kernels.

use crate::model::{Graph, Missing, Observed, Place};

use super::{Components, EDGE_VISITS, Live, count_reaching, dominated, min_cuts, pagerank};

/// The place of each package of the graph, in order of position.
///
/// A package that the members do not reach over live edges is not built and has no place:
/// [`Missing::NotBuilt`]. Where no member is known (a lone lockfile), what nothing depends on
/// stands in for the members.
pub fn places(graph: &Graph) -> Vec<Observed<Place>> {
    let live = Live::new(graph);
    let components = Components::new(&live.dependencies, &live.dependents);
    let packages: Vec<u32> = (0..live.len() as u32).collect();
    let dependents = count_reaching(&components, &packages);
    let members = count_reaching(&components, &packages[..live.roots as usize]);
    let brings_in = dominated(&live);
    let min_cut = min_cuts(&live, EDGE_VISITS);
    let rank = pagerank(&live.dependencies, &live.dependents, &components);

    let others = live.len().saturating_sub(1).max(1) as f64;
    let mut places = vec![Observed::Missing(Missing::NotBuilt); graph.len()];
    for (own, (index, min_cut)) in live.packages.iter().zip(min_cut).enumerate() {
        places[index.get()] = Observed::Known(Place {
            depth: live.depth[own],
            members: members[own],
            dependents: dependents[own],
            reach: f64::from(dependents[own]) / others,
            brings_in: brings_in[own],
            min_cut,
            pagerank: rank[own],
        });
    }
    places
}
