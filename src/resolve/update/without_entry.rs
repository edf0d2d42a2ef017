//! The names that the index has no entry of.

use std::cell::RefCell;
use std::collections::BTreeSet;

/// Names that the index has no entry of and that were asked for, by number.
pub type Lacking = BTreeSet<u32>;

/// The names without an entry, and which of them were asked for lately.
#[derive(Debug, Default)]
pub(super) struct WithoutEntry {
    known: RefCell<Lacking>,
    pub(super) asked: RefCell<Lacking>,
}

impl WithoutEntry {
    /// Notes that a name that was asked for has no entry.
    pub(super) fn insert(&self, name: u32) {
        self.known.borrow_mut().insert(name);
        self.asked.borrow_mut().insert(name);
    }

    /// Notes that a name was asked for again.
    pub(super) fn asked(&self, name: u32) {
        if self.known.borrow().contains(&name) {
            self.asked.borrow_mut().insert(name);
        }
    }
}
