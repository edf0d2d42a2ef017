//! Advisories, whatever database they come from.

use std::collections::BTreeMap;

use jiff::civil::Date;
use semver::Version;

use super::{Missing, Observed};

/// What an advisory says about a package. Facts only: no title, no description.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    /// Identifier, such as `RUSTSEC-2021-0001`.
    pub id: String,
    /// Name of the package on the public registry.
    pub package: String,
    /// What sort of trouble it is.
    pub kind: AdvisoryKind,
    /// The advisory's own date.
    pub date: Date,
    /// The day it was withdrawn; withdrawn advisories never match.
    pub withdrawn: Option<Date>,
    /// Ranges of affected versions, ascending and disjoint.
    pub affected: Vec<VersionRange>,
    /// CVSS vector as written, of version 2, 3.x or 4.
    pub cvss: Option<String>,
    /// Other identifiers of the same trouble (CVE, GHSA).
    pub aliases: Vec<String>,
    /// Categories, such as `memory-corruption`.
    pub categories: Vec<String>,
    /// CPU architectures affected; empty for all.
    pub arch: Vec<String>,
    /// Operating systems affected; empty for all.
    pub os: Vec<String>,
    /// Affected functions (paths) and the version requirements they are affected in.
    pub functions: BTreeMap<String, Vec<String>>,
    /// Address of the primary reference.
    pub url: Option<String>,
    /// SPDX identifier of the record's licence, `NOASSERTION` where it states none.
    pub licence: String,
}

impl Advisory {
    /// Whether this version is affected.
    pub fn affects(&self, version: &Version) -> bool {
        self.affected.iter().any(|range| range.contains(version))
    }

    /// Whether the database already had the advisory, in force, on this day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.date <= day && self.withdrawn.is_none_or(|withdrawn| withdrawn > day)
    }

    /// The CVSS base score where there is a vector that can be read.
    pub fn cvss_score(&self) -> Observed<CvssScore> {
        let score = self.cvss.as_deref().and_then(CvssScore::parse);
        Observed::from_option(score, Missing::NoCvss)
    }
}

/// Sort of trouble an advisory reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdvisoryKind {
    /// A security vulnerability.
    Vulnerability,
    /// Safe code can cause undefined behaviour.
    Unsound,
    /// Nobody maintains the package any more.
    Unmaintained,
    /// Anything else worth knowing.
    Notice,
}

/// Affected versions from `introduced` (included; `None` for the beginning) up to `fixed`
/// (excluded; `None` for no end), by semantic version precedence, pre-releases included.
///
/// One representation serves RustSec requirements, OSV ranges and the compiled snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    /// First affected version.
    pub introduced: Option<Version>,
    /// First version that is not affected any more.
    pub fixed: Option<Version>,
}

impl VersionRange {
    /// The same versions as ascending ranges that neither overlap nor touch. Empty ones are
    /// dropped.
    pub fn disjoint(mut ranges: Vec<Self>) -> Vec<Self> {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_by(|a, b| a.introduced.cmp(&b.introduced));
        let mut merged: Vec<Self> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last) if last.reaches(&range) => last.extend(range),
                _ => merged.push(range),
            }
        }
        merged
    }

    fn is_empty(&self) -> bool {
        match (&self.introduced, &self.fixed) {
            (Some(from), Some(to)) => from.cmp_precedence(to).is_ge(),
            _ => false,
        }
    }

    /// Whether no version lies between this range and one that does not start earlier.
    fn reaches(&self, next: &Self) -> bool {
        match (&self.fixed, &next.introduced) {
            (Some(to), Some(from)) => from.cmp_precedence(to).is_le(),
            _ => true,
        }
    }

    fn extend(&mut self, next: Self) {
        self.fixed = match (self.fixed.take(), next.fixed) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }

    /// Whether the version lies in the range. Build metadata does not count.
    pub fn contains(&self, version: &Version) -> bool {
        let from = self.introduced.as_ref();
        let to = self.fixed.as_ref();
        from.is_none_or(|from| version.cmp_precedence(from).is_ge())
            && to.is_none_or(|to| version.cmp_precedence(to).is_lt())
    }
}

/// A CVSS base score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CvssScore {
    /// 0.0 to 10.0.
    pub score: f64,
    /// The qualitative rating of the specification the vector follows.
    pub severity: Severity,
}

/// Qualitative severity rating (CVSS v3.1 section 5, CVSS v4.0 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 0.0
    None,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

impl Severity {
    /// The rating of a base score.
    pub fn of(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::None,
        }
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl CvssScore {
    /// Reads a CVSS vector of version 2, 3.0, 3.1 or 4.0. `None` where it cannot be read.
    pub fn parse(vector: &str) -> Option<Self> {
        let score = vector.parse::<cvss::Cvss>().ok()?.score();
        Some(Self { score, severity: Severity::of(score) })
    }
}
