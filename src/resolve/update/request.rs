//! What is asked of a resolution, and what comes out.

use std::collections::{BTreeMap, BTreeSet};

use semver::VersionReq;

use super::NodeId;

/// A lockfile: packages, and what each depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Dependencies by package.
    pub packages: BTreeMap<NodeId, BTreeSet<NodeId>>,
}

impl Lock {
    /// Whether a package is locked.
    pub fn has(&self, id: NodeId) -> bool {
        self.packages.contains_key(&id)
    }

    /// The packages that depend on one.
    pub fn dependents(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let depends = move |it: &(&NodeId, &BTreeSet<NodeId>)| it.1.contains(&id);
        self.packages.iter().filter(depends).map(|(dependent, _)| *dependent)
    }
}

/// What to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// `cargo update -p FROM --precise TO`
    Precise {
        /// A locked package.
        from: NodeId,
        /// A release of the same name.
        to: NodeId,
    },
    /// `cargo update -p PACKAGE`
    One(NodeId),
    /// `cargo update`
    All,
    /// `cargo update --workspace`
    Workspace,
}

/// A resolution to make.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The lockfile before.
    pub before: &'a Lock,
    /// What to move.
    pub change: Change,
    /// Requirements that were changed in manifests: by member and position among the
    /// dependencies it declares.
    pub edits: &'a BTreeMap<(NodeId, usize), VersionReq>,
    /// Most decisions before it gives up.
    pub most_work: u64,
}
