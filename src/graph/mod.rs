//! Measures of place: depth, reach, dominators, cuts, centrality.
