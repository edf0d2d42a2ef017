//! Where facts come from. Everything here understands bytes; nothing here reads or sends any.
//!
//! A source that is asked over HTTP builds the requests and understands the answers; `world`
//! sends them.

pub mod backtest;
pub mod cargo_index;
pub mod deps_dev;
pub mod epss;
pub mod funding;
pub mod github;
pub mod gitlab;
pub mod kev;
pub mod osv;
pub mod packaged_manifest;
mod request;
pub mod rust_registry;
pub mod rustsec;
pub mod scorecard;
pub mod successors;
pub mod superseded;
mod title;
pub mod usage;
pub mod vcs_info;
mod wire;

pub use request::{Answer, Method, Request};
