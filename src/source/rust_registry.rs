//! The Rust registry's interface: owners, publishers, downloads.
