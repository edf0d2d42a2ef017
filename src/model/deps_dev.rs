//! What deps.dev says of projects and releases.
//!
//! Some of it comes from sources that are asked themselves as well. It is kept apart from what
//! those say, as the service looked at another time.

use super::Scorecard;

/// What deps.dev says about a repository. `None` is what it does not say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DepsDevProject {
    /// Open issues; requests are counted among them for some hosts.
    pub open_issues: Option<u64>,
    /// Stars; context only, never a measure of health.
    pub stars: Option<u64>,
    /// The licence the host recognised: an SPDX identifier, or `non-standard`.
    pub licence: Option<String>,
    /// Its copy of the OpenSSF Scorecard result.
    pub scorecard: Option<Scorecard>,
    /// Whether it says that OSS-Fuzz tests the project.
    pub oss_fuzz: bool,
}

/// What deps.dev says about one release of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DepsDevRelease {
    /// Repositories the release is related to, ascending.
    pub projects: Vec<RelatedProject>,
    /// OSV identifiers of advisories that affect it directly, ascending.
    pub advisories: Vec<String>,
    /// Packages that depend on it, where it says.
    pub dependents: Option<Dependents>,
}

/// A repository a release is related to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelatedProject {
    /// Host and path.
    pub id: String,
    /// Whether it holds the source, as `SOURCE_REPO`, or something else, as written.
    pub relation: String,
    /// How that is known, as written: `UNVERIFIED_METADATA`, or by an attestation.
    pub provenance: String,
}

/// How many packages are known to depend on a release: by the service's own resolution, public
/// packages only. An indication of spread, no exact count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependents {
    /// Directly or through others.
    pub all: u64,
    /// Directly.
    pub direct: u64,
}
