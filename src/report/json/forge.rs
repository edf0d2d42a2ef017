//! What forges, registries and Scorecard say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model;

use super::funding::{Payee, payee};
use super::observed::{Number, number};

/// What a forge says about a repository; null is what it does not say.
#[derive(Serialize, JsonSchema)]
pub(super) struct Forge<'a> {
    /// Owner and name today, `owner/name`; differs from the declared ones after a rename.
    name: &'a str,
    /// Whether it is read-only.
    archived: bool,
    /// The day it was archived.
    #[schemars(extend("format" = "date"))]
    archived_on: Option<String>,
    /// Whether the forge has disabled it.
    disabled: Option<bool>,
    /// Whether it mirrors a repository that lives elsewhere.
    mirror: Option<bool>,
    /// Whether it was forked from another repository.
    fork: Option<bool>,
    /// That other repository, `owner/name`; null for one that is no fork, too.
    fork_of: Option<&'a str>,
    /// When the repository was made on the forge.
    #[schemars(extend("format" = "date-time"))]
    created: Option<String>,
    /// The last push to any branch; on GitLab the last activity of any kind.
    #[schemars(extend("format" = "date-time"))]
    pushed: Option<String>,
    /// Open issues.
    open_issues: Option<u64>,
    /// Closed issues.
    closed_issues: Option<u64>,
    /// Open pull or merge requests.
    open_requests: Option<u64>,
    /// Closed and merged pull or merge requests.
    closed_requests: Option<u64>,
    /// Median days until the project answered, over a sample of the newest issues and requests
    /// of people outside the project.
    first_response_days: Option<Number>,
    /// Issues and requests in that sample.
    sampled: u64,
    /// Releases published on the forge.
    releases: Option<u64>,
    /// The newest of them.
    #[schemars(extend("format" = "date-time"))]
    last_release: Option<String>,
    /// Whether a security policy is published.
    security_policy: Option<bool>,
    /// Funding links.
    funding: Vec<Payee<'a>>,
    /// Stars; context only, never a measure of health.
    stars: Option<u64>,
}

/// OpenSSF Scorecard results, never mixed into one number.
#[derive(Serialize, JsonSchema)]
pub(super) struct Scorecard<'a> {
    /// The day of the analysis; null where the result does not say.
    #[schemars(extend("format" = "date"))]
    date: Option<String>,
    /// The commit that was analysed; null where the result does not say.
    commit: Option<&'a str>,
    /// Version of Scorecard; null where the result does not say.
    version: Option<&'a str>,
    /// The score of each check by its name, 0 to 10; null where the check was inconclusive.
    checks: &'a BTreeMap<String, Option<u8>>,
}

/// What the registry says about who can publish a package; null is what it does not say.
#[derive(Serialize, JsonSchema)]
pub(super) struct Ownership<'a> {
    /// Login names of owners who are people.
    people: &'a [String],
    /// Names of owners that are teams.
    teams: &'a [String],
    /// Who published the newest release; null for trusted publishing and old releases.
    last_publisher: Option<&'a str>,
    /// Different publishers of the releases that name one.
    publishers: usize,
    /// Whether the newest release came from trusted publishing.
    trusted_publishing: Option<bool>,
    /// Messages of yanked releases, by version.
    yank_messages: &'a BTreeMap<String, String>,
    /// Downloads of all time.
    downloads: Option<u64>,
    /// Downloads in the last 90 days.
    recent_downloads: Option<u64>,
}

pub(super) fn forge(forge: &model::Forge) -> Forge<'_> {
    Forge {
        name: &forge.name,
        archived: forge.archived,
        archived_on: forge.archived_on.map(|day| day.to_string()),
        disabled: forge.disabled,
        mirror: forge.mirror,
        fork: forge.fork,
        fork_of: forge.fork_of.as_deref(),
        created: forge.created.map(|time| time.to_string()),
        pushed: forge.pushed.map(|time| time.to_string()),
        open_issues: forge.open_issues,
        closed_issues: forge.closed_issues,
        open_requests: forge.open_requests,
        closed_requests: forge.closed_requests,
        first_response_days: forge.first_response_days.map(|days| number(days, 2)),
        sampled: forge.sampled,
        releases: forge.releases,
        last_release: forge.last_release.map(|time| time.to_string()),
        security_policy: forge.security_policy,
        funding: forge.funding.iter().map(payee).collect(),
        stars: forge.stars,
    }
}

pub(super) fn scorecard(scorecard: &model::Scorecard) -> Scorecard<'_> {
    Scorecard {
        date: scorecard.date.map(|day| day.to_string()),
        commit: scorecard.commit.as_deref(),
        version: scorecard.version.as_deref(),
        checks: &scorecard.checks,
    }
}

pub(super) fn ownership(ownership: &model::Ownership) -> Ownership<'_> {
    Ownership {
        people: &ownership.people,
        teams: &ownership.teams,
        last_publisher: ownership.last_publisher.as_deref(),
        publishers: ownership.publishers,
        trusted_publishing: ownership.trusted_publishing,
        yank_messages: &ownership.yank_messages,
        downloads: ownership.downloads,
        recent_downloads: ownership.recent_downloads,
    }
}
