//! Known values as themselves, missing ones as `{"missing": reason}`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Measure, Missing, NoRepository};
use crate::report::words::rounded;

/// A value, or the reason why it is not known.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum Observed<T> {
    Known(T),
    Missing { missing: Reason },
}

/// Why a value is not known.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reason {
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
    /// The advisory carries no CVSS vector, or one that cannot be read.
    NoCvss,
    /// The advisory names no CVE identifier, by which exploited vulnerabilities are listed.
    NoCve,
    /// The advisory is newer than the list of exploited vulnerabilities.
    NewerThanList,
    /// Measuring it would take too much work on so tangled a graph.
    TooMuchWork,
    /// No table of EPSS scores is here that has it by that day.
    NoEpss,
    /// The network was not asked.
    NotAsked,
    /// No repository of the project is known.
    NoRepository,
    /// What is declared as the repository is no address of one.
    NoAddress,
    /// What is declared as the repository is a page at which to pay.
    FundingPage,
    /// What is declared as the repository is documentation.
    Documentation,
    /// What is declared as the repository is a package's page in a registry.
    RegistryPage,
    /// What is declared as the repository is a person or an organisation.
    Profile,
    /// What is declared as the repository is another page of a forge.
    ForgePage,
    /// What is declared as the repository was on a forge that has shut down.
    ForgeClosed,
    /// What is declared as the repository is some other web page.
    WebPage,
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
    /// The host is on this machine or a private network, and not allowed.
    PrivateHost,
    /// The source could not be reached: network, certificate, redirects.
    Unreachable,
    /// The source answered something that cannot be understood.
    NotUnderstood,
    /// The `git` program is missing.
    NoGit,
    /// The history has no commit of a person by that day.
    NoCommits,
    /// The local clone is shallow: its history is cut off.
    CutOff,
    /// The copy of the history ends before the newest release.
    Stale,
    /// No commit can be told to an organisation.
    NoOrganisation,
    /// No tag says it.
    NoTag,
    /// The history is too short, or was silent then, to compare with.
    NothingToCompare,
    /// Whether users wait for something there.
    OpenNeeds,
    /// The project is declared unmaintained, archived or given up: there is nothing left to forecast.
    InTrouble,
    /// The computation gave no finite number: a defect of the program.
    NotFinite,
}

impl From<Missing> for Reason {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::NotFromRegistry => Self::NotFromRegistry,
            Missing::NoIndexEntry => Self::NoIndexEntry,
            Missing::DamagedIndexEntry => Self::DamagedIndexEntry,
            Missing::NoPublishTimes => Self::NoPublishTimes,
            Missing::NoReleaseByThen => Self::NoReleaseByThen,
            Missing::VersionNotListed => Self::VersionNotListed,
            Missing::SourceNotCached => Self::SourceNotCached,
            Missing::NotDeclared => Self::NotDeclared,
            Missing::TooFewReleases => Self::TooFewReleases,
            Missing::NotBuilt => Self::NotBuilt,
            Missing::NoCvss => Self::NoCvss,
            Missing::NoCve => Self::NoCve,
            Missing::NewerThanList => Self::NewerThanList,
            Missing::NoEpss => Self::NoEpss,
            Missing::NotAsked => Self::NotAsked,
            Missing::NoRepository => Self::NoRepository,
            Missing::NotARepository(what) => what.into(),
            Missing::UnknownHost => Self::UnknownHost,
            Missing::NoToken => Self::NoToken,
            Missing::OutOfTime => Self::OutOfTime,
            Missing::RateLimited => Self::RateLimited,
            Missing::NotFound => Self::NotFound,
            Missing::Refused => Self::Refused,
            Missing::PrivateHost => Self::PrivateHost,
            Missing::Unreachable => Self::Unreachable,
            Missing::NotUnderstood => Self::NotUnderstood,
            Missing::NoGit => Self::NoGit,
            Missing::NoCommits => Self::NoCommits,
            Missing::CutOff => Self::CutOff,
            Missing::Stale => Self::Stale,
            Missing::NoOrganisation => Self::NoOrganisation,
            Missing::NoTag => Self::NoTag,
            Missing::NothingToCompare => Self::NothingToCompare,
            Missing::OpenNeeds => Self::OpenNeeds,
            Missing::InTrouble => Self::InTrouble,
            Missing::TooMuchWork => Self::TooMuchWork,
        }
    }
}

impl From<NoRepository> for Reason {
    fn from(what: NoRepository) -> Self {
        match what {
            NoRepository::Empty => Self::NotDeclared,
            NoRepository::Unreadable => Self::NoAddress,
            NoRepository::Funding => Self::FundingPage,
            NoRepository::Documentation => Self::Documentation,
            NoRepository::Registry => Self::RegistryPage,
            NoRepository::Profile => Self::Profile,
            NoRepository::ForgePage => Self::ForgePage,
            NoRepository::Closed => Self::ForgeClosed,
            NoRepository::WebPage => Self::WebPage,
        }
    }
}

/// A finite number, or the reason why there is none.
pub(super) type Number = Observed<f64>;

/// A measured number or class, or the reason why there is none.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum Value {
    Number(Number),
    Class(&'static str),
}

/// Rounds to so many decimals. What is not finite is missing.
pub(super) fn number(value: f64, decimals: i32) -> Number {
    if !value.is_finite() {
        return Observed::Missing { missing: Reason::NotFinite };
    }
    Observed::Known(rounded(value, decimals))
}

/// [`number`] of a value that may be missing.
pub(super) fn observed_number(value: &model::Observed<f64>, decimals: i32) -> Number {
    match value {
        model::Observed::Known(value) => number(*value, decimals),
        model::Observed::Missing(why) => missing(*why),
    }
}

/// A known value changed by `change`, or the reason passed on.
pub(super) fn observed<'a, T, U>(
    value: &'a model::Observed<T>,
    change: impl FnOnce(&'a T) -> U,
) -> Observed<U> {
    match value {
        model::Observed::Known(value) => Observed::Known(change(value)),
        model::Observed::Missing(why) => missing(*why),
    }
}

/// A measure with at most 4 decimals.
pub(super) fn measure(value: &model::Observed<Measure>) -> Value {
    match value {
        model::Observed::Known(Measure::Number(value)) => Value::Number(number(*value, 4)),
        model::Observed::Known(Measure::Class(name)) => Value::Class(name),
        model::Observed::Missing(why) => Value::Number(missing(*why)),
    }
}

fn missing<T>(why: Missing) -> Observed<T> {
    Observed::Missing { missing: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_never_infinite() {
        let text = |value, decimals| serde_json::to_string(&number(value, decimals)).unwrap();
        let cases = [
            (1.005_4, 2, "1.01"),
            (87.456, 2, "87.46"),
            (-0.001, 2, "0.0"),
            (1e308, 4, "1e+308"),
            (f64::NAN, 2, r#"{"missing":"not-finite"}"#),
            (f64::INFINITY, 2, r#"{"missing":"not-finite"}"#),
        ];
        for (value, decimals, expected) in cases {
            assert_eq!(text(value, decimals), expected, "{value}");
        }
    }
}
