//! The shape of what is said about a repository.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::State;
use super::parts::repository;
use super::response::{Sample, median_days};
use crate::model::{Forge, Funding, Missing, Payee};
use crate::source::wire::{Time, bounded};
use crate::source::{Answer, funding};

/// Most funding links kept of one repository.
const MOST_LINKS: usize = 100;

/// The address before the name of an account.
const PROFILES: &str = "https://github.com/";

pub(super) fn understand(part: &Answer, now: Timestamp) -> Result<State, Missing> {
    let value = repository(part).ok_or(Missing::NotUnderstood)?;
    let read: Repository = serde_json::from_value(value).map_err(|_| Missing::NotUnderstood)?;
    let funding = read.funding();
    Ok(State { forge: read.forge(now), funding })
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
    funding_yaml: Option<File>,
    funding_json: Option<File>,
    package_json: Option<File>,
    open_issues: Option<Count>,
    closed_issues: Option<Count>,
    open_requests: Option<Count>,
    closed_requests: Option<Count>,
    releases: Option<Releases>,
    #[serde(flatten)]
    sample: Sample,
}

/// A file; the text is left out of one that is not text.
#[derive(Deserialize)]
struct File {
    text: Option<String>,
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

impl Repository {
    /// Whom one can pay. A file that cannot be understood names nobody.
    fn funding(&self) -> Funding {
        let mut known = Funding::default();
        known.add(payees(self.funding_links.as_deref().unwrap_or_default()), "GitHub");
        let files = [
            (".github/FUNDING.yml", &self.funding_yaml),
            ("funding.json", &self.funding_json),
            ("package.json", &self.package_json),
        ];
        for (path, file) in files {
            let text = file.as_ref().and_then(|file| file.text.as_deref());
            if let Some(Ok(said)) = text.map(|text| funding::parse(path, text.as_bytes())) {
                known.add(said, path);
            }
        }
        known
    }

    fn forge(self, now: Timestamp) -> Forge {
        let (first_response_days, sampled) = median_days(self.sample.threads(), now);
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
            funding: payees(self.funding_links.as_deref().unwrap_or_default()).payees,
            stars: self.stargazer_count,
        }
    }
}

fn payees(links: &[Option<Link>]) -> Funding {
    let payee = |link: &Link| {
        let platform = link.platform.as_deref().unwrap_or_default().to_ascii_lowercase();
        // The page of an account is shown in place of the one to sponsor it at.
        if let ("github", Some(account)) = (&*platform, link.url.strip_prefix(PROFILES)) {
            return Payee::account("github", &bounded(account.to_owned()));
        }
        let mut payee = Payee::link(&bounded(link.url.clone()));
        // A page elsewhere than the usual one of its platform still belongs to that platform.
        if let ("custom", false) = (payee.platform.as_str(), platform.is_empty()) {
            payee.platform = bounded(platform);
        }
        payee
    };
    let mut payees: Vec<Payee> = links.iter().flatten().take(MOST_LINKS).map(payee).collect();
    payees.sort();
    payees.dedup();
    Funding { payees, history: Vec::new() }
}
