//! What is asked of a resolution, and what comes out.

use std::collections::BTreeMap;

use semver::VersionReq;

use super::NodeId;

/// A lockfile: packages, and what each depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Lock {
    /// Ascending.
    packages: Vec<NodeId>,
    /// Where the dependencies of each package begin in `on`, and at last where all end.
    starts: Vec<u32>,
    on: Vec<NodeId>,
}

impl Lock {
    /// From packages, and pairs of a package and what it depends on.
    pub(super) fn new(mut packages: Vec<NodeId>, mut edges: Vec<(NodeId, NodeId)>) -> Self {
        packages.sort_unstable();
        packages.dedup();
        edges.sort_unstable_by_key(|(from, to)| (u64::from(from.0) << 32) | u64::from(to.0));
        edges.dedup();
        let mut starts = Vec::with_capacity(packages.len() + 1);
        let mut at = 0;
        for package in &packages {
            starts.push(at as u32);
            at += edges[at..].iter().take_while(|(from, _)| from == package).count();
        }
        starts.push(at as u32);
        Self { packages, starts, on: edges.into_iter().map(|(_, to)| to).collect() }
    }

    /// The packages, ascending.
    pub fn packages(&self) -> &[NodeId] {
        &self.packages
    }

    /// Whether a package is locked.
    pub fn has(&self, id: NodeId) -> bool {
        self.packages.binary_search(&id).is_ok()
    }

    /// What a package depends on, ascending; nothing where it is not locked.
    pub fn dependencies(&self, id: NodeId) -> &[NodeId] {
        self.packages.binary_search(&id).map_or(&[], |at| self.dependencies_at(at))
    }

    fn dependencies_at(&self, at: usize) -> &[NodeId] {
        &self.on[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The packages that depend on one.
    pub fn dependents(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let packages = self.packages.iter().copied().enumerate();
        let depends = move |it: &(usize, NodeId)| self.dependencies_at(it.0).contains(&id);
        packages.filter(depends).map(|(_, dependent)| dependent)
    }

    /// The packages that another lockfile does not have.
    pub fn new_since<'l>(&'l self, before: &'l Lock) -> impl Iterator<Item = NodeId> + 'l {
        self.packages.iter().copied().filter(|id| !before.has(*id))
    }
}

/// What to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_the_same_however_its_parts_are_ordered() {
        let [a, b, c] = [NodeId(1), NodeId(3), NodeId(7)];
        let lock = Lock::new(vec![c, a, b], vec![(c, b), (a, c), (a, b), (a, c)]);
        assert_eq!(lock, Lock::new(vec![a, b, c], vec![(a, b), (a, c), (c, b)]));
        assert_eq!(lock.packages(), [a, b, c]);
        assert_eq!(lock.dependencies(a), [b, c]);
        assert!(lock.dependencies(b).is_empty());
        assert!(lock.dependencies(NodeId(2)).is_empty());
        assert_eq!(lock.dependents(b).collect::<Vec<_>>(), [a, c]);
        let before = Lock::new(vec![a, b], vec![(a, b)]);
        assert_eq!(lock.new_since(&before).collect::<Vec<_>>(), [c]);
        assert_ne!(lock, before);
    }
}
