//! RustSec advisory files.
