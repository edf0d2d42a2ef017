//! Conflicts met before, so that a search does not run into them again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::NodeId;
use super::summary::Wanted;

/// What is asked for, as far as conflicts go: the candidates and the features.
pub(super) type Asks = (List, Wanted, bool);

/// A list of candidates, told apart from others without comparing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum List {
    One(NodeId),
    /// Address of a list that lives as long as the resolution.
    Several(usize),
}

impl List {
    pub(super) fn of(candidates: &Rc<Vec<NodeId>>) -> Self {
        match candidates.as_slice() {
            [one] => Self::One(*one),
            _ => Self::Several(Rc::as_ptr(candidates) as usize),
        }
    }
}

/// Conflicts met before: where all packages of a set are active, what was asked for has no
/// candidate.
#[derive(Default)]
pub(super) struct Past {
    met: HashMap<usize, Vec<BTreeSet<NodeId>>>,
    about: HashMap<NodeId, HashSet<usize>>,
}

impl Past {
    pub(super) fn learn(&mut self, asks: usize, conflicts: &BTreeSet<NodeId>) {
        let met = self.met.entry(asks).or_default();
        if !met.contains(conflicts) {
            met.push(conflicts.clone());
            for id in conflicts {
                self.about.entry(*id).or_default().insert(asks);
            }
        }
    }

    pub(super) fn met(&self, asks: usize) -> impl Iterator<Item = &BTreeSet<NodeId>> {
        self.met.get(&asks).into_iter().flatten()
    }

    pub(super) fn about(&self, id: NodeId) -> Option<&HashSet<usize>> {
        self.about.get(&id)
    }
}
