//! What a ranking is to foresee.

use serde::Serialize;

use crate::forecast::tables::{PackageRecord, Tables};
use crate::forecast::trouble::{
    HORIZON_DAYS, UNFIXED_DAYS, declared, dropped, is_declared, unfixed,
};

/// What may come of a package within 24 months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankedOutcome {
    /// It is declared unmaintained, or a disclosure is unfixed after 90 days. Packages that are
    /// declared so on the day are left out.
    Trouble,
    /// At least half of its dependents drop it, while it makes no release.
    Dropped,
    /// A disclosure is unfixed after 90 days.
    Unfixed,
    /// A vulnerability or unsoundness is disclosed.
    Disclosure,
}

impl RankedOutcome {
    /// Those that upstream projects are ranked for.
    pub(super) const OF_PROJECTS: [Self; 3] = [Self::Trouble, Self::Dropped, Self::Unfixed];
    /// Those that packages are ranked for by exposure.
    pub(super) const OF_PACKAGES: [Self; 3] = [Self::Trouble, Self::Unfixed, Self::Disclosure];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Trouble => "declared unmaintained, or a disclosure unfixed after 90 days",
            Self::Dropped => "dropped by at least half of its dependents while silent",
            Self::Unfixed => "a disclosure unfixed after 90 days",
            Self::Disclosure => "a disclosure",
        }
    }

    /// Whether it may still come to a package: it has a release by the day, and what is declared
    /// unmaintained on the day cannot become so.
    pub(super) fn may_come(self, package: &PackageRecord, as_of: i32) -> bool {
        let is_open = match self {
            Self::Trouble => !is_declared(package, as_of),
            Self::Dropped | Self::Unfixed | Self::Disclosure => true,
        };
        is_open && package.timeline.last(as_of).is_some()
    }

    /// Whether it came.
    pub(super) fn came(self, tables: &Tables, package: &PackageRecord, as_of: i32) -> bool {
        // Where the data end before the 90 days are over nobody knows.
        let is_unfixed =
            || unfixed(package, as_of).is_some_and(|day| day + UNFIXED_DAYS <= tables.cut);
        match self {
            Self::Trouble => declared(package, as_of).is_some() || is_unfixed(),
            Self::Dropped => dropped(package, as_of),
            Self::Unfixed => is_unfixed(),
            Self::Disclosure => {
                let within = as_of + 1..=as_of + HORIZON_DAYS;
                let mut disclosures = package.disclosures.iter();
                disclosures.any(|it| it.withdrawn.is_none() && within.contains(&it.first_seen))
            }
        }
    }
}
