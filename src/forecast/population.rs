//! Which packages an evaluation is about.

use serde::Serialize;

use crate::forecast::tables::Tables;

/// Packages told apart by whether somebody used them on the day of the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Population {
    /// Those that the lockfile of at least one repository held.
    InLockfile,
    /// Those that none held.
    InNoLockfile,
    /// Both, and where no lockfiles are known.
    All,
}

impl Population {
    /// The populations that can be told apart, the one to look at first at the front.
    pub(in crate::forecast) fn of(tables: &Tables) -> &'static [Self] {
        if tables.has_locks() {
            &[Self::InLockfile, Self::InNoLockfile, Self::All]
        } else {
            &[Self::All]
        }
    }

    /// Whether a package belonged to it at the end of a day.
    pub(in crate::forecast) fn holds(self, tables: &Tables, place: usize, as_of: i32) -> bool {
        match self {
            Self::All => true,
            Self::InLockfile => tables.adoption(place, as_of).is_some_and(|count| count > 0),
            Self::InNoLockfile => tables.adoption(place, as_of) == Some(0),
        }
    }

    /// In words, after "packages".
    pub fn words(self) -> &'static str {
        match self {
            Self::InLockfile => "in a lockfile",
            Self::InNoLockfile => "in no lockfile",
            Self::All => "all",
        }
    }
}
