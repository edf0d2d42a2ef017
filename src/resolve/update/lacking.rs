//! What the index has no entry of.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::catalogue::Catalogue;

/// Names that the index has no entry of and that were asked for, by number.
pub type Lacking = BTreeSet<u32>;

/// The names without an entry, and which of them were asked for lately.
#[derive(Debug, Default)]
pub(super) struct WithoutEntry {
    known: RefCell<Lacking>,
    asked: RefCell<Lacking>,
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

impl Catalogue<'_> {
    /// Names that the index has no entry of and that were asked for, since the last call. What was
    /// chosen meanwhile satisfies every requirement, but Cargo, which asks the registry for them,
    /// may choose otherwise.
    pub fn take_lacking(&self) -> Lacking {
        std::mem::take(&mut self.without_entry.asked.borrow_mut())
    }

    /// Notes names as asked for, for who remembers an answer.
    pub fn note_lacking(&self, names: &Lacking) {
        if !names.is_empty() {
            self.without_entry.asked.borrow_mut().extend(names);
        }
    }

    /// The names of numbers, sorted.
    pub fn names(&self, numbers: &Lacking) -> Vec<String> {
        let name = |number: &u32| self.tables.names.value(*number).to_string();
        let mut names: Vec<String> = numbers.iter().map(name).collect();
        names.sort();
        names
    }
}
