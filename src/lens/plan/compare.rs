//! Two lockfiles compared: what is gone, and what is new.

use super::goal::Goal;
use super::moves::{NeedsRust, Search};
use crate::model::{AdvisoryKind, Cleared};
use crate::resolve::update::{Lock, NodeId};

impl Search<'_> {
    /// Whether a lockfile has a vulnerability that the one before had in no version.
    pub(super) fn brings_trouble(&self, before: &Lock, after: &Lock) -> bool {
        after.new_since(before).any(|id| {
            let (name, version) = (self.catalogue.name(id), self.catalogue.version(id));
            (self.input.advisories)(&name).iter().any(|advisory| {
                advisory.kind == AdvisoryKind::Vulnerability
                    && advisory.is_in_force(self.input.as_of)
                    && advisory.affects(&version)
                    && !before.packages().iter().any(|old| {
                        self.catalogue.is_same_name(*old, id)
                            && advisory.affects(&self.catalogue.version(*old))
                    })
            })
        })
    }

    /// The newest Rust version that a new package needs beyond what the workspace promises.
    pub(super) fn needs_rust(&self, before: &Lock, after: &Lock) -> NeedsRust {
        let new = after.new_since(before);
        new.filter_map(|id| self.catalogue.needs_newer_rust(id)).max()
    }

    /// The findings of a goal, by position, that a lockfile no longer has.
    pub(super) fn cleared_of(&self, start: &Lock, after: &Lock, goal: &Goal) -> Vec<usize> {
        let new: Vec<NodeId> = after.new_since(start).collect();
        self.cleared_beside(&new, after, goal)
    }

    /// The same, knowing which packages are new.
    fn cleared_beside(&self, new: &[NodeId], after: &Lock, goal: &Goal) -> Vec<usize> {
        if after.has(goal.node) {
            return Vec::new();
        }
        let is_named = |id: &&NodeId| self.catalogue.is_same_name(**id, goal.node);
        let new: Vec<NodeId> = new.iter().filter(is_named).copied().collect();
        let is_clear = |at: &usize| {
            let subject = &goal.subjects[*at];
            new.iter().all(|id| {
                subject.spares(&self.catalogue.version(*id))
                    && (subject.advisory.is_some() || !self.catalogue.is_yanked(*id))
            })
        };
        (0..goal.subjects.len()).filter(is_clear).collect()
    }

    /// Versions of a package that are new in a lockfile, ascending.
    pub(super) fn new_of(&self, before: &Lock, after: &Lock, node: NodeId) -> Vec<NodeId> {
        let is_named = |id: &NodeId| self.catalogue.is_same_name(*id, node);
        let mut new: Vec<NodeId> = after.new_since(before).filter(is_named).collect();
        new.sort_by_key(|id| self.catalogue.version(*id));
        new
    }

    /// All findings that a lockfile no longer has.
    pub(super) fn cleared(&self, before: &Lock, after: &Lock, goals: &[Goal]) -> Vec<Cleared> {
        let new: Vec<NodeId> = after.new_since(before).collect();
        let of = |goal: &Goal| -> Vec<Cleared> {
            let cleared = self.cleared_beside(&new, after, goal);
            cleared.into_iter().map(|at| super::cleared(goal, at)).collect()
        };
        goals.iter().flat_map(of).collect()
    }
}
