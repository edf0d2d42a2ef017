//! Measures of place: depth, reach, dominators, cuts, centrality.
//!
//! [`places`] measures every package of a graph, [`shortest_paths`] says why one is there. The
//! kernels below them work on [`Live`], the part of the graph that is built, in compressed
//! sparse rows; none recurses, so a chain of 100,000 packages is as safe as one of ten.

mod adjacency;
mod component;
mod cut;
mod dominator;
mod live;
mod path;
mod place;
mod rank;
mod reach;
mod walk;

pub use adjacency::Adjacency;
pub use component::Components;
pub use cut::{EDGE_VISITS, min_cuts};
pub use dominator::dominated;
pub use live::Live;
pub use path::shortest_paths;
pub use place::places;
pub use rank::pagerank;
pub use reach::count_reaching;
