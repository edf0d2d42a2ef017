//! What is compared often, by number.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use semver::VersionReq;
use smol_str::SmolStr;

/// Features of one dependency that its dependent asks for.
pub(super) type Wanted = BTreeSet<SmolStr>;

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

/// A map by numbers that are given here, so that nobody else can choose them to collide.
pub(super) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// A fast hash of a few small numbers.
#[derive(Debug, Default)]
pub(super) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
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
