//! Where Cargo keeps its registry index and package sources.
