//! The compiled advisory index: build, load, match.
