//! Conflicts met before, so that a search does not run into them again.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::NodeId;

/// What is asked for, as far as conflicts go: the candidates, the number of the set of features,
/// and whether the default ones are wanted too.
pub(super) type Asks = (List, u32, bool);

/// A list of candidates, told apart from others without comparing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum List {
    One(NodeId),
    /// Number of the query that it answers.
    Several(u32),
}

/// Conflicts met before: where all packages of a set are active, what was asked for has no
/// candidate.
#[derive(Default)]
pub(super) struct Past {
    met: HashMap<u32, Vec<BTreeSet<NodeId>>>,
    about: HashMap<NodeId, HashSet<u32>>,
}

impl Past {
    pub(super) fn is_empty(&self) -> bool {
        self.met.is_empty()
    }

    pub(super) fn learn(&mut self, asks: u32, conflicts: &BTreeSet<NodeId>) {
        let met = self.met.entry(asks).or_default();
        if !met.contains(conflicts) {
            met.push(conflicts.clone());
            for id in conflicts {
                self.about.entry(*id).or_default().insert(asks);
            }
        }
    }

    pub(super) fn met(&self, asks: u32) -> impl Iterator<Item = &BTreeSet<NodeId>> {
        self.met.get(&asks).into_iter().flatten()
    }

    pub(super) fn about(&self, id: NodeId) -> Option<&HashSet<u32>> {
        self.about.get(&id)
    }
}
