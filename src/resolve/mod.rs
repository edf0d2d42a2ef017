//! Which locked packages and edges are used: features, platforms, presence.
