//! Forecasts of a package: chances with an interval and the terms they are made of.

use super::{Missing, Observed};

/// What is forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForecastKind {
    /// No release in the next 365 days.
    Silence,
    /// If a vulnerability were disclosed today: no fixed release is out 90 days later.
    Unfixed90Days,
    /// If a vulnerability were disclosed today: no fixed release is out 365 days later.
    Unfixed365Days,
    /// A vulnerability or unsoundness is disclosed in the next 365 days.
    Disclosure,
    /// Of a disclosed vulnerability without a fixed release: none is out 365 days later either.
    StillUnfixed,
    /// Within 730 days the package is declared unmaintained, a disclosure stays without a fix for
    /// 90 days, or at least half of its dependents drop it while it makes no release.
    Trouble,
}

impl ForecastKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Silence,
        Self::Unfixed90Days,
        Self::Unfixed365Days,
        Self::Disclosure,
        Self::StillUnfixed,
        Self::Trouble,
    ];

    /// Identifier on the command line, in JSON, and of the file in `rules/forecast`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Unfixed90Days => "unfixed-90",
            Self::Unfixed365Days => "unfixed-365",
            Self::Disclosure => "disclosure",
            Self::StillUnfixed => "unfixed-open",
            Self::Trouble => "trouble",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A fact about a package on a day that forecasts are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Days since the last release.
    SilenceDays,
    /// Days with a release in the last 90 days.
    ReleaseDays90,
    /// Days with a release in the last 365 days.
    ReleaseDays365,
    /// Days with a release in the last 730 days.
    ReleaseDays730,
    /// Quarters of a year (1,461/16 days, counted from 1970-01-01) with a release within the last
    /// 1,460 days.
    ReleaseQuarters,
    /// All days with a release.
    ReleaseDays,
    /// Days from the first release to the last.
    SpanDays,
    /// Days since the last release by the longest interval between releases (at least one day);
    /// 1 where there is only one release.
    SilenceByLongestInterval,
    /// Days since the last release by the mean interval between days with a release (at least one
    /// day); the days themselves where there is only one.
    SilenceByMeanInterval,
    /// Days with a release times the doublings of the package's age since the last release, half a
    /// year added to both ages: what a release history says against another release when releases
    /// come at a steady rate until they end (Schmittlein et al. 1987,
    /// <https://doi.org/10.1287/mnsc.33.1.1>).
    SilenceByRecord,
    /// Doublings of the days with a release in the last 365 days, times the doublings from the
    /// last release to a year ago: many releases a short time ago.
    FreshReleases,
    /// 1 where the newest release is below version 1.0, else 0.
    BelowOne,
    /// Packages whose latest release depends on it, dev-dependencies apart.
    Dependents,
    /// The same a year before.
    DependentsYearBefore,
    /// Repositories among those recorded whose lockfile holds it.
    Lockfiles,
    /// The same a year before.
    LockfilesYearBefore,
    /// Days on which vulnerabilities or unsoundness of it became public before.
    PastDisclosures,
    /// Days since a person last committed to its repository, merges included, or since the last
    /// release where that came later.
    CommitSilenceDays,
    /// Days since a vulnerability or unsoundness of it became public that is not fixed: of one
    /// advisory, not of the package.
    OpenDays,
    /// [`Self::Dependents`] times the share of the way from half a year to three years without a
    /// release, in doublings: a silent package is looked at by those who use it.
    DependentsWhileSilent,
    /// [`Self::Lockfiles`], weighted in the same way.
    LockfilesWhileSilent,
    /// [`Self::PastDisclosures`], weighted in the same way.
    DisclosuresWhileSilent,
}

impl Feature {
    /// Every feature, in the order of [`Features`].
    pub const ALL: [Self; 22] = [
        Self::SilenceDays,
        Self::ReleaseDays90,
        Self::ReleaseDays365,
        Self::ReleaseDays730,
        Self::ReleaseQuarters,
        Self::ReleaseDays,
        Self::SpanDays,
        Self::SilenceByLongestInterval,
        Self::SilenceByMeanInterval,
        Self::SilenceByRecord,
        Self::FreshReleases,
        Self::BelowOne,
        Self::Dependents,
        Self::DependentsYearBefore,
        Self::Lockfiles,
        Self::LockfilesYearBefore,
        Self::PastDisclosures,
        Self::CommitSilenceDays,
        Self::OpenDays,
        Self::DependentsWhileSilent,
        Self::LockfilesWhileSilent,
        Self::DisclosuresWhileSilent,
    ];

    /// Identifier in `rules/forecast`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SilenceDays => "silence-days",
            Self::ReleaseDays90 => "release-days-90",
            Self::ReleaseDays365 => "release-days-365",
            Self::ReleaseDays730 => "release-days-730",
            Self::ReleaseQuarters => "release-quarters",
            Self::ReleaseDays => "release-days",
            Self::SpanDays => "span-days",
            Self::SilenceByLongestInterval => "silence-by-longest-interval",
            Self::SilenceByMeanInterval => "silence-by-mean-interval",
            Self::SilenceByRecord => "silence-by-record",
            Self::FreshReleases => "fresh-releases",
            Self::BelowOne => "below-one",
            Self::Dependents => "dependents",
            Self::DependentsYearBefore => "dependents-year-before",
            Self::Lockfiles => "lockfiles",
            Self::LockfilesYearBefore => "lockfiles-year-before",
            Self::PastDisclosures => "past-disclosures",
            Self::CommitSilenceDays => "commit-silence-days",
            Self::OpenDays => "open-days",
            Self::DependentsWhileSilent => "dependents-while-silent",
            Self::LockfilesWhileSilent => "lockfiles-while-silent",
            Self::DisclosuresWhileSilent => "disclosures-while-silent",
        }
    }

    /// What it is, as a noun phrase.
    pub fn title(self) -> &'static str {
        match self {
            Self::SilenceDays => "the day of the last release",
            Self::ReleaseDays90 => "the number of releases in 90 days",
            Self::ReleaseDays365 => "the number of releases in a year",
            Self::ReleaseDays730 => "the number of releases in two years",
            Self::ReleaseQuarters => "the quarters with a release",
            Self::ReleaseDays => "the number of releases",
            Self::SpanDays => "the time from first to last release",
            Self::SilenceByLongestInterval => "the rhythm of releases",
            Self::SilenceByMeanInterval => "the mean interval between releases",
            Self::SilenceByRecord => "the record of releases",
            Self::FreshReleases => "the number of fresh releases",
            Self::BelowOne => "the version of the newest release",
            Self::Dependents => "the number of dependents",
            Self::DependentsYearBefore => "the number of dependents a year before",
            Self::Lockfiles => "the number of lockfiles that hold it",
            Self::LockfilesYearBefore => "the number of lockfiles that held it a year before",
            Self::PastDisclosures => "the number of earlier disclosures",
            Self::CommitSilenceDays => "the last commit to its repository",
            Self::OpenDays => "the day of the disclosure",
            Self::DependentsWhileSilent => "the number of dependents while silent",
            Self::LockfilesWhileSilent => "the number of lockfiles while silent",
            Self::DisclosuresWhileSilent => "the number of earlier disclosures while silent",
        }
    }

    /// The feature of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// How much a package is used: what only tables of many packages tell.
    pub const USAGE: [Self; 4] =
        [Self::Dependents, Self::DependentsYearBefore, Self::Lockfiles, Self::LockfilesYearBefore];
}

/// What is known of a package on a day, one value for each [`Feature`].
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    values: [Observed<f64>; Feature::ALL.len()],
}

impl Features {
    /// Nothing known, for this reason.
    pub fn missing(why: Missing) -> Self {
        Self { values: std::array::from_fn(|_| Observed::Missing(why)) }
    }

    /// The same with one value set. A value that is no finite number is refused as not understood.
    #[must_use]
    pub fn with(mut self, feature: Feature, value: Observed<f64>) -> Self {
        self.values[feature as usize] = value.and_then(|&value| {
            Observed::from_option(value.is_finite().then_some(value), Missing::NotUnderstood)
        });
        self
    }

    /// The value of a feature.
    pub fn get(&self, feature: Feature) -> &Observed<f64> {
        &self.values[feature as usize]
    }
}

/// A chance, how sure it is, and what it is made of.
///
/// `log_odds` plus the `log_odds` of all terms is the log-odds (natural logarithm) of `chance`.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// What is forecast.
    pub kind: ForecastKind,
    /// The chance, 0 to 1. A missing fact leaves it where the known ones put it.
    pub chance: f64,
    /// Lower end of the 95% interval, 0 to `chance`. What is missing counts as good as it can be.
    pub low: f64,
    /// Upper end of the 95% interval, `chance` to 1. What is missing counts as bad as it can be.
    pub high: f64,
    /// Log-odds of the average package.
    pub log_odds: f64,
    /// The terms, one for each fact that is looked at, strongest first.
    pub terms: Vec<ForecastTerm>,
}

/// What one fact adds to a forecast, against the average package. The model says it in words.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastTerm {
    /// The fact.
    pub feature: Feature,
    /// The measured value, in the unit of the feature.
    pub value: Observed<f64>,
    /// Its log-odds above those of the average package; 0 where the value is missing and nothing
    /// known stands in for it.
    pub log_odds: f64,
}
