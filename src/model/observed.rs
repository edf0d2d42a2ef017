//! A fact together with how well it is known.

use std::fmt;

use super::NoRepository;

/// A fact that may be known or missing.
///
/// It exists so that "not known" can never be mistaken for zero, false or healthy: whoever
/// reads the value has to say what a missing one means.
#[derive(Debug, Clone, PartialEq)]
pub enum Observed<T> {
    /// The fact was learned.
    Known(T),
    /// The fact was looked for and not found, with the reason.
    Missing(Missing),
}

/// Why a fact is not known; shown to the user and counted in the report's coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// The package does not come from a registry, so no registry knows about it.
    NotFromRegistry,
    /// Cargo's local index has no entry for the package.
    NoIndexEntry,
    /// The index entry exists but cannot be understood.
    DamagedIndexEntry,
    /// The index entry was written by a Cargo that did not record publish times.
    NoPublishTimes,
    /// No release was published on or before the audit's date.
    NoReleaseByThen,
    /// The locked version is not among the releases of the index entry.
    VersionNotListed,
    /// The package's source is not in Cargo's local cache.
    SourceNotCached,
    /// The package's own manifest does not say.
    NotDeclared,
    /// Too few releases to measure an interval.
    TooFewReleases,
    /// The package is not part of what is built, so it has no place in that graph.
    NotBuilt,
    /// The graph is too large and too dense to measure it in bounded time.
    TooMuchWork,
    /// The advisory carries no CVSS vector, or one that cannot be read.
    NoCvss,
    /// The advisory names no CVE identifier, by which exploited vulnerabilities are listed.
    NoCve,
    /// The advisory is newer than the list of exploited vulnerabilities.
    NewerThanList,
    /// No table of EPSS scores is here that has it by that day.
    NoEpss,
    /// The network was not asked.
    NotAsked,
    /// No repository of the project is known.
    NoRepository,
    /// What is declared as the repository is something else.
    NotARepository(NoRepository),
    /// No source is known to speak for the host of the repository.
    UnknownHost,
    /// The source needs a token and there is none.
    NoToken,
    /// The time budget ended before the source was asked.
    OutOfTime,
    /// The source asked to come back later than the time budget allows.
    RateLimited,
    /// The source does not know the subject.
    NotFound,
    /// The source refused to answer.
    Refused,
    /// The source could not be reached: network, certificate, redirects.
    Unreachable,
    /// The source answered something that cannot be understood.
    NotUnderstood,
    /// Its host is on this machine or a private network, and the user has not allowed it.
    PrivateHost,
    /// The `git` program is missing.
    NoGit,
    /// The history has no commit of a person by that day.
    NoCommits,
    /// The local clone is shallow: its history is cut off.
    CutOff,
    /// The copy of the history ends before the newest release.
    Stale,
    /// Whether users wait for something there.
    OpenNeeds,
    /// No commit can be told to an organisation.
    NoOrganisation,
    /// No tag says it: there is none of the kind by that day, or not by a known person.
    NoTag,
    /// The history is too short, or was silent then, to compare with.
    NothingToCompare,
    /// The project is declared unmaintained, archived or given up: there is nothing left to forecast.
    InTrouble,
}

impl Missing {
    /// The reason as a short phrase.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotFromRegistry => "not from a registry",
            Self::NoIndexEntry => "no entry in Cargo's local index",
            Self::DamagedIndexEntry => "the local index entry is damaged",
            Self::NoPublishTimes => "the local index entry has no publish times",
            Self::NoReleaseByThen => "no release by the audit's date",
            Self::VersionNotListed => "the locked version is not in the local index entry",
            Self::SourceNotCached => "the package's source is not in Cargo's cache",
            Self::NotDeclared => "the package does not declare it",
            Self::TooFewReleases => "too few releases",
            Self::NotBuilt => "not part of what is built",
            Self::TooMuchWork => "the graph is too large to measure it",
            Self::NoCvss => "no readable CVSS vector",
            Self::NoCve => "the advisory names no CVE",
            Self::NewerThanList => {
                "the advisory is newer than the list of exploited vulnerabilities"
            }
            Self::NoEpss => "no EPSS score by that day; run `headwater db update`",
            Self::NotAsked => "not fetched (run with `--online`)",
            Self::NoRepository => "repository unknown",
            Self::NotARepository(what) => what.reason(),
            Self::UnknownHost => "no source is known for its host",
            Self::NoToken => "needs a token",
            Self::OutOfTime => "the time budget ended first",
            Self::PrivateHost => "the host is on a private network; `--allow-host` allows it",
            Self::RateLimited => "the source limits the rate",
            Self::NotFound => "the source does not know it",
            Self::Refused => "the source refused",
            Self::Unreachable => "the source could not be reached",
            Self::NotUnderstood => "the answer could not be understood",
            Self::NoGit => "the `git` program is missing",
            Self::NoCommits => "no commit by that day",
            Self::CutOff => "the local clone is shallow; run `git fetch --unshallow` in it",
            Self::Stale => "the copy of the history ends before the newest release",
            Self::OpenNeeds => "no activity for a year or more, and open needs are not known",
            Self::NoOrganisation => "no commit can be told to an organisation",
            Self::NoTag => "no tag says it",
            Self::NothingToCompare => "no earlier work to compare with",
            Self::InTrouble => "declared unmaintained, archived or given up already",
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl<T> Observed<T> {
    /// The value where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Missing(_) => None,
        }
    }

    /// The reason where it is not known.
    pub fn missing(&self) -> Option<Missing> {
        match self {
            Self::Known(_) => None,
            Self::Missing(why) => Some(*why),
        }
    }

    /// Applies `change` to a known value and passes a reason through.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Observed<U> {
        match self {
            Self::Known(value) => Observed::Known(change(value)),
            Self::Missing(why) => Observed::Missing(why),
        }
    }

    /// Applies `measure` to a known value; what it fails to learn is missing too.
    pub fn and_then<U>(&self, measure: impl FnOnce(&T) -> Observed<U>) -> Observed<U> {
        match self {
            Self::Known(value) => measure(value),
            Self::Missing(why) => Observed::Missing(*why),
        }
    }

    /// `Known` for `Some`, `Missing(why)` for `None`.
    pub fn from_option(value: Option<T>, why: Missing) -> Self {
        value.map_or(Self::Missing(why), Self::Known)
    }
}
