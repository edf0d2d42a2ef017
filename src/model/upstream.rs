//! What is known about an upstream project: facts only, each block with where from and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Activity, DepsDevProject, Funding, Missing, Observed, Payee, Scorecard};

/// A value with the source it was learned from and the day it was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from: a repository address, a folder, the name of a service.
    pub from: String,
    /// The day it was learned.
    pub on: Date,
}

/// Everything learned about one upstream project.
#[derive(Debug, Clone, PartialEq)]
pub struct Upstream {
    /// Who does the work, from the git history.
    pub activity: Observed<Sourced<Activity>>,
    /// State and responsiveness, from the forge's interface.
    pub forge: Observed<Sourced<Forge>>,
    /// OpenSSF Scorecard results.
    pub scorecard: Observed<Sourced<Scorecard>>,
    /// What deps.dev says about the repository.
    pub deps_dev: Observed<Sourced<DepsDevProject>>,
    /// Whom one can pay and how.
    pub funding: Observed<Sourced<Funding>>,
}

impl Upstream {
    /// What is known of a project that nobody was asked about.
    pub const NOT_ASKED: Self = Self {
        activity: Observed::Missing(Missing::NotAsked),
        forge: Observed::Missing(Missing::NotAsked),
        scorecard: Observed::Missing(Missing::NotAsked),
        deps_dev: Observed::Missing(Missing::NotAsked),
        funding: Observed::Missing(Missing::NotAsked),
    };
}

/// What a forge (GitHub, GitLab) says about a repository. `None` is what it does not say, or not
/// to everyone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forge {
    /// Owner and name today, `owner/name`; differs from the declared ones after a rename.
    pub name: String,
    /// Whether it is read-only.
    pub archived: bool,
    /// The day it was archived, where the forge says.
    pub archived_on: Option<Date>,
    /// Whether the forge has disabled it.
    pub disabled: Option<bool>,
    /// Whether it mirrors a repository that lives elsewhere.
    pub mirror: Option<bool>,
    /// Whether it was forked from another repository.
    pub fork: Option<bool>,
    /// That other repository, `owner/name`, where it is still there to be seen.
    pub fork_of: Option<String>,
    /// When the repository was made on the forge; the commits that a fork inherited are older.
    pub created: Option<Timestamp>,
    /// The last push to any branch; on GitLab the last activity of any kind.
    pub pushed: Option<Timestamp>,
    /// Open issues.
    pub open_issues: Option<u64>,
    /// Closed issues.
    pub closed_issues: Option<u64>,
    /// Open pull or merge requests.
    pub open_requests: Option<u64>,
    /// Closed and merged pull or merge requests.
    pub closed_requests: Option<u64>,
    /// Median days until the project answered, over a sample of the newest issues and requests
    /// that people outside the project opened: until the first comment or review by another
    /// person, else until it was closed, else until the time of asking.
    pub first_response_days: Option<f64>,
    /// Issues and requests sampled for `first_response_days`.
    pub sampled: u64,
    /// Releases published on the forge.
    pub releases: Option<u64>,
    /// The newest of them.
    pub last_release: Option<Timestamp>,
    /// Whether a security policy is published.
    pub security_policy: Option<bool>,
    /// Funding links.
    pub funding: Vec<Payee>,
    /// Stars; context only, never a measure of health.
    pub stars: Option<u64>,
}

/// What the registry says about a package: above all who can publish it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ownership {
    /// Login names of owners who are people, sorted.
    pub people: Vec<String>,
    /// Names of owners that are teams, sorted.
    pub teams: Vec<String>,
    /// Who published the newest release; absent for trusted publishing and old releases.
    pub last_publisher: Option<String>,
    /// Different publishers of the releases that name one.
    pub publishers: usize,
    /// Whether the newest release came from trusted publishing, where the registry says.
    pub trusted_publishing: Option<bool>,
    /// Messages of yanked releases, by version.
    pub yank_messages: BTreeMap<String, String>,
    /// Downloads of all time, where the registry counts them.
    pub downloads: Option<u64>,
    /// Downloads in the last 90 days.
    pub recent_downloads: Option<u64>,
    /// The repository that the newest release declares, as written.
    pub repository: Option<String>,
}
