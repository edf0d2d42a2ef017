//! How the risk of a lockfile moved.

use jiff::civil::Date;

use super::{Database, Diagnostic, Expected, Feature};

/// The risk of a lockfile at the commits that changed it, from what was known on the day of each,
/// and what came of it.
///
/// Nothing but the lockfile is looked at: which packages are built is not known.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// The lockfile's path, as the user named it.
    pub lockfile: String,
    /// The first day asked for.
    pub since: Date,
    /// The last day of which anything is told.
    pub as_of: Date,
    /// The last day of which it is known what came, where it is known: that of the advisory
    /// database, `as_of` at the latest.
    pub known_until: Option<Date>,
    /// The models are fitted on what was known by this day: a forecast from before tests nothing.
    pub fitted_until: Date,
    /// How many disclosures there are everywhere was set by what was known by this day: a forecast
    /// from before tests only which packages they are in.
    pub level_until: Option<Date>,
    /// What no forecast knew though it looks at it: it shifts nothing and widens the
    /// intervals.
    pub not_known: Vec<Feature>,
    /// Commits that changed the lockfile, on the way from the newest to its first parents.
    pub commits: usize,
    /// The commits that are told of, newest first: all of them, or as many as were asked for at
    /// even steps.
    pub rows: Vec<TrendRow>,
    /// The database that was asked.
    pub database: Database,
    /// Complaints about inputs.
    pub diagnostics: Vec<Diagnostic>,
}

/// A lockfile at one commit.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendRow {
    /// The commit, as git names it in full.
    pub commit: String,
    /// The day (UTC) it was committed, for which the row speaks.
    pub day: Date,
    /// Locked packages.
    pub packages: usize,
    /// Locked packages of registries whose releases are not known.
    pub without_history: usize,
    /// Findings with an advisory; whether a release was yanked then is not known.
    pub findings: FindingCounts,
    /// Vulnerabilities among them without a fixed release on that day.
    pub without_fix: usize,
    /// What was to be expected of the packages within 365 days.
    pub expected: Expected,
    /// What came within these days; `None` where they are not over, or it is not known.
    pub outcome: Option<Outcome>,
}

/// Findings by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// Known vulnerabilities.
    pub vulnerability: usize,
    /// Unsoundness.
    pub unsound: usize,
    /// Unmaintained packages.
    pub unmaintained: usize,
    /// Anything else an advisory says.
    pub notice: usize,
}

/// What came of the packages with a forecast, counted by name.
///
/// A disclosure is an advisory of a vulnerability or unsoundness, whatever versions it affects,
/// on the day it became public ([`super::Advisory::public`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Packages with a disclosure in the 365 days after.
    pub disclosed: usize,
    /// Those of them with a disclosure without a fixed release 90 days after it.
    pub unfixed: usize,
    /// Those of them of which this is not known: the 90 days are not over, or the releases are
    /// not known.
    pub undecided: usize,
}
