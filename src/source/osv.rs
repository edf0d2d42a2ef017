//! OSV records of the Rust registry.
