//! What a resolution asked for and the index has no entry of.

use super::catalogue::Catalogue;
use super::without_entry::Lacking;

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
