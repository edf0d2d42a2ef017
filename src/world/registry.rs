//! Facts about registry packages from Cargo's local index and source cache.
