//! What `cargo update` would lock: Cargo's choice of versions, over the releases of an index.
//!
//! The rules are those of <https://doc.rust-lang.org/cargo/reference/resolver.html>, with how
//! Cargo holds on to a lockfile: a package that is not named keeps its version; what the named
//! one depends on keeps it where it can; the rest is the newest release that the requirements
//! accept, one for each range of compatible versions, and one for each native library (`links`).
//!
//! 1. `catalogue` knows packages: releases of the index, and those of the lockfile that come from
//!    elsewhere and never move;
//! 2. `summary` says what a release depends on with some of its features;
//! 3. `candidates` lists, best first, what a dependency may get;
//! 4. `search` decides, and steps back from conflicts; `state` is what it has decided so far, and
//!    `agenda` what it has yet to;
//! 5. `lacking` keeps what the index has no entry of, and `held` proves what holds in spite of it.

mod agenda;
mod candidates;
mod catalogue;
mod held;
mod lacking;
mod node_id;
mod nodes;
mod numbers;
mod past;
mod request;
mod search;
mod state;
mod summary;
mod without_entry;

use std::fmt::Debug;
use std::sync::Arc;

use crate::model::{Published, ReleaseHistory};

pub use catalogue::{Catalogue, Locked, Setup};
pub use held::is_held;
pub use node_id::NodeId;
pub use request::{Change, Lock, Request};
pub use search::{Refusal, resolve as update};
pub use without_entry::Lacking;

/// The releases of the public registry, as far as this machine knows them.
pub trait ReleaseIndex: Debug + Send + Sync {
    /// All releases of a package; `None` where the index has no entry of it.
    fn releases(&self, name: &str) -> Option<Arc<ReleaseHistory>>;

    /// What one release says of itself; `None` where it is not known or cannot be understood.
    fn published(&self, name: &str, version: &str) -> Option<Published>;
}
