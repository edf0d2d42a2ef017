//! The shape of an answer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::response::{Thread, median_days};
use super::{Limit, Understood, alias};
use crate::model::{Forge, Missing, Payee};
use crate::source::Answer;
use crate::source::wire::{Time, bounded, json};

/// Most funding links kept of one repository.
const MOST_LINKS: usize = 100;

/// What a message about a limit says, whatever else it says.
const LIMIT_WORDS: &str = "rate limit";

pub(super) fn understand(answer: &Answer, asked: usize, now: Timestamp) -> Understood {
    let mut limit = header_limit(answer);
    let body: Body = match json(answer) {
        Ok(body) => body,
        Err(why) => return Understood { forges: vec![Err(explained(answer, why)); asked], limit },
    };
    let mut data = body.data.unwrap_or_default();
    if let Some(told) = data.remove("rateLimit").and_then(read::<WireLimit>) {
        limit.cost = told.cost;
        limit.remaining = told.remaining.or(limit.remaining);
        limit.resets = told.reset_at.0.or(limit.resets);
    }
    let forge = |position| {
        let alias = alias(position);
        match data.remove(&alias) {
            Some(Value::Null) => Err(why(&body.errors, &alias).unwrap_or(Missing::NotFound)),
            None => Err(why(&body.errors, &alias).unwrap_or(Missing::NotUnderstood)),
            Some(value) => {
                let repository: Repository = read(value).ok_or(Missing::NotUnderstood)?;
                Ok(repository.forge(now))
            }
        }
    };
    Understood { forges: (0..asked).map(forge).collect(), limit }
}

/// A secondary limit is sometimes told by the message alone.
fn explained(answer: &Answer, why: Missing) -> Missing {
    let text = String::from_utf8_lossy(&answer.body);
    if why == Missing::Refused && text.contains(LIMIT_WORDS) { Missing::RateLimited } else { why }
}

fn header_limit(answer: &Answer) -> Limit {
    let number = |name: &str| answer.header(name).and_then(|text| text.trim().parse::<u64>().ok());
    let resets = number("x-ratelimit-reset").and_then(|seconds| i64::try_from(seconds).ok());
    Limit {
        cost: None,
        remaining: number("x-ratelimit-remaining"),
        resets: resets.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        retry_after_seconds: number("retry-after"),
    }
}

/// Why there is no repository: by the error that names it, else by one that names none. An error
/// that names none speaks of the whole request.
fn why(errors: &[WireError], alias: &str) -> Option<Missing> {
    let named = errors.iter().find(|error| error.subject() == Some(alias));
    let error = named.or_else(|| errors.iter().find(|error| error.subject().is_none()))?;
    Some(match error.kind.as_deref().unwrap_or_default() {
        "NOT_FOUND" => Missing::NotFound,
        "RATE_LIMITED" | "RATE_LIMIT" => Missing::RateLimited,
        "FORBIDDEN" | "INSUFFICIENT_SCOPES" | "MAX_NODE_LIMIT_EXCEEDED" => Missing::Refused,
        _ if error.message.contains(LIMIT_WORDS) => Missing::RateLimited,
        // The interface gives up on a query that takes too long without naming a kind.
        _ => Missing::Unreachable,
    })
}

fn read<T: for<'de> Deserialize<'de>>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

#[derive(Deserialize)]
struct Body {
    data: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    errors: Vec<WireError>,
}

#[derive(Deserialize)]
struct WireError {
    #[serde(rename = "type")]
    kind: Option<String>,
    path: Option<Vec<Value>>,
    #[serde(default)]
    message: String,
}

impl WireError {
    /// The alias of the repository it is about.
    fn subject(&self) -> Option<&str> {
        self.path.as_ref()?.first()?.as_str()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLimit {
    cost: Option<u64>,
    remaining: Option<u64>,
    #[serde(default)]
    reset_at: Time,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    name_with_owner: String,
    is_archived: bool,
    #[serde(default)]
    archived_at: Time,
    is_disabled: Option<bool>,
    is_mirror: Option<bool>,
    is_fork: Option<bool>,
    parent: Option<Named>,
    #[serde(default)]
    created_at: Time,
    #[serde(default)]
    pushed_at: Time,
    stargazer_count: Option<u64>,
    is_security_policy_enabled: Option<bool>,
    security_policy_url: Option<String>,
    funding_links: Option<Vec<Option<Link>>>,
    open_issues: Option<Count>,
    closed_issues: Option<Count>,
    open_requests: Option<Count>,
    closed_requests: Option<Count>,
    releases: Option<Releases>,
    newest_issues: Option<Nodes<Thread>>,
    newest_requests: Option<Nodes<Thread>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    name_with_owner: String,
}

#[derive(Deserialize)]
struct Link {
    platform: Option<String>,
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    total_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Releases {
    total_count: u64,
    nodes: Option<Vec<Option<Release>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    #[serde(default)]
    published_at: Time,
}

/// A page of a list. What may not be seen in it is null.
#[derive(Deserialize)]
pub(super) struct Nodes<T> {
    nodes: Option<Vec<Option<T>>>,
}

impl<T> Nodes<T> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.nodes.iter().flatten().flatten()
    }
}

impl Repository {
    fn forge(self, now: Timestamp) -> Forge {
        let threads = self.newest_issues.iter().chain(&self.newest_requests).flat_map(Nodes::iter);
        let (first_response_days, sampled) = median_days(threads, now);
        let count = |count: Option<Count>| count.map(|it| it.total_count);
        let newest = self.releases.as_ref().and_then(|it| it.nodes.as_ref()?.first()?.as_ref());
        let last_release = newest.and_then(|release| release.published_at.0);
        Forge {
            name: bounded(self.name_with_owner),
            archived: self.is_archived,
            archived_on: self.archived_at.0.map(|time| time.to_zoned(TimeZone::UTC).date()),
            disabled: self.is_disabled,
            mirror: self.is_mirror,
            fork: self.is_fork,
            fork_of: self.parent.map(|parent| bounded(parent.name_with_owner)),
            created: self.created_at.0,
            pushed: self.pushed_at.0,
            open_issues: count(self.open_issues),
            closed_issues: count(self.closed_issues),
            open_requests: count(self.open_requests),
            closed_requests: count(self.closed_requests),
            first_response_days,
            sampled,
            releases: self.releases.map(|it| it.total_count),
            last_release,
            security_policy: self
                .is_security_policy_enabled
                .or(self.security_policy_url.is_some().then_some(true)),
            funding: payees(self.funding_links.unwrap_or_default()),
            stars: self.stargazer_count,
        }
    }
}

fn payees(links: Vec<Option<Link>>) -> Vec<Payee> {
    let payee = |link: Link| {
        let mut payee = Payee::link(&bounded(link.url));
        // A page elsewhere than the usual one of its platform still belongs to that platform.
        if let (Some(platform), "custom") = (link.platform, payee.platform.as_str()) {
            payee.platform = bounded(platform.to_ascii_lowercase());
        }
        payee
    };
    let mut payees: Vec<Payee> = links.into_iter().flatten().take(MOST_LINKS).map(payee).collect();
    payees.sort();
    payees.dedup();
    payees
}
