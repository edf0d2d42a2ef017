//! What is compared often, by number.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use semver::VersionReq;
use smol_str::SmolStr;

use super::summary::Wanted;

/// Values, each numbered once.
#[derive(Debug)]
pub(super) struct Numbers<T> {
    values: RefCell<Vec<T>>,
    numbers: RefCell<HashMap<T, u32>>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { values: RefCell::default(), numbers: RefCell::default() }
    }
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    /// The number of a value.
    pub(super) fn number(&self, value: T) -> u32 {
        if let Some(known) = self.numbers.borrow().get(&value) {
            return *known;
        }
        let mut values = self.values.borrow_mut();
        let number = values.len() as u32;
        values.push(value.clone());
        self.numbers.borrow_mut().insert(value, number);
        number
    }

    /// The value of a number.
    pub(super) fn value(&self, number: u32) -> T {
        self.values.borrow()[number as usize].clone()
    }
}

/// The name of a package, what is required of it, and whether it is of the public registry.
pub(super) type Query = (u32, Option<VersionReq>, bool);

/// The numbers of a catalogue.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) names: Numbers<SmolStr>,
    pub(super) queries: Numbers<Query>,
    pub(super) wanted: Numbers<Rc<Wanted>>,
}
