//! The packages known, each numbered once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use semver::{Version, VersionReq};

use super::NodeId;
use super::summary::Summary;

/// Where a package comes from, as far as a choice of versions goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// A release of the public registry.
    Index,
    /// The locked package at this position, from elsewhere: it stays as it is.
    Fixed(u32),
}

/// Of the packages of one name and source, a build has one for each range of compatible versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Slot {
    name: u32,
    origin: Origin,
    range: (u64, u64, u64),
}

fn range(version: &Version) -> (u64, u64, u64) {
    match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    }
}

#[derive(Debug)]
struct Node {
    name: u32,
    version: Version,
    origin: Origin,
    yanked: bool,
    slot: Option<u32>,
    /// Outer: whether it was asked for; inner: whether it is known.
    summary: Option<Option<Rc<Summary>>>,
}

/// The packages known so far.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    list: RefCell<Vec<Node>>,
    slots: RefCell<HashMap<Slot, u32>>,
}

impl Nodes {
    pub(super) fn add(&self, name: u32, version: Version, origin: Origin, yanked: bool) -> NodeId {
        let mut list = self.list.borrow_mut();
        list.push(Node { name, version, origin, yanked, slot: None, summary: None });
        NodeId((list.len() - 1) as u32)
    }

    fn with<T>(&self, id: NodeId, read: impl FnOnce(&Node) -> T) -> T {
        read(&self.list.borrow()[id.0 as usize])
    }

    pub(super) fn name(&self, id: NodeId) -> u32 {
        self.with(id, |node| node.name)
    }

    pub(super) fn version(&self, id: NodeId) -> Version {
        self.with(id, |node| node.version.clone())
    }

    pub(super) fn has_version(&self, id: NodeId, version: &Version) -> bool {
        self.with(id, |node| node.version == *version)
    }

    pub(super) fn is_accepted(&self, id: NodeId, accepts: Option<&VersionReq>) -> bool {
        accepts.is_none_or(|accepts| self.with(id, |node| accepts.matches(&node.version)))
    }

    pub(super) fn origin(&self, id: NodeId) -> Origin {
        self.with(id, |node| node.origin)
    }

    pub(super) fn is_yanked(&self, id: NodeId) -> bool {
        self.with(id, |node| node.yanked)
    }

    pub(super) fn set_yanked(&self, id: NodeId, yanked: bool) {
        self.list.borrow_mut()[id.0 as usize].yanked = yanked;
    }

    pub(super) fn summary(&self, id: NodeId) -> Option<Option<Rc<Summary>>> {
        self.with(id, |node| node.summary.clone())
    }

    pub(super) fn set_summary(&self, id: NodeId, summary: Option<Rc<Summary>>) {
        self.list.borrow_mut()[id.0 as usize].summary = Some(summary);
    }

    /// Number of the slot that a package takes in a build.
    pub(super) fn slot(&self, id: NodeId) -> usize {
        let node = &mut self.list.borrow_mut()[id.0 as usize];
        let &mut Node { name, origin, ref version, ref mut slot, .. } = node;
        let slot = slot.get_or_insert_with(|| {
            let mut slots = self.slots.borrow_mut();
            let next = slots.len() as u32;
            *slots.entry(Slot { name, origin, range: range(version) }).or_insert(next)
        });
        *slot as usize
    }
}
