//! What forges, Scorecard and registries say, in sentences. What they leave out is left out.

use crate::model::{Forge, Ownership, Scorecard};
use crate::report::words::{count_of, decimal, first_few};

use super::block::{day, large};
use super::funding::payee;

/// Messages of yanked releases shown; the rest is counted.
const YANK_MESSAGES_SHOWN: usize = 3;

/// State first, then what is open and how fast the project answers.
pub(super) fn forge(forge: &Forge, repository: Option<&str>) -> Vec<String> {
    let mut sentences = vec![state(forge)];
    let renamed = repository.filter(|address| !is_address_of(address, &forge.name));
    sentences.extend(renamed.map(|_| format!("renamed to {}", forge.name)));
    sentences.extend(fork(forge));
    if forge.mirror == Some(true) {
        sentences.push("mirrors a repository that lives elsewhere".to_owned());
    }
    sentences.extend(open_and_closed("issues", forge.open_issues, forge.closed_issues));
    sentences.extend(open_and_closed("requests", forge.open_requests, forge.closed_requests));
    sentences.extend(forge.first_response_days.map(|days| {
        let sample = large(forge.sampled);
        format!("first response after {} days, median of {sample}", decimal(days, 1))
    }));
    sentences.extend(forge.security_policy.map(|published| {
        if published { "security policy published" } else { "no security policy" }.to_owned()
    }));
    let last_release = forge.last_release.map(|time| format!(", the last {}", day(time)));
    sentences.extend(forge.releases.map(|releases| {
        format!("releases on the forge: {}{}", large(releases), last_release.unwrap_or_default())
    }));
    sentences.extend(forge.pushed.map(|time| format!("last push {}", day(time))));
    let links = forge.funding.iter().map(payee).collect::<Vec<_>>().join(", ");
    sentences.extend((!links.is_empty()).then(|| format!("funding links: {links}")));
    sentences.extend(forge.stars.map(|stars| format!("stars, only for context: {}", large(stars))));
    sentences
}

fn state(forge: &Forge) -> String {
    match (forge.archived, forge.archived_on) {
        _ if forge.disabled == Some(true) => "disabled by the forge".to_owned(),
        (true, Some(since)) => format!("archived since {since}"),
        (true, None) => "archived".to_owned(),
        (false, _) => "not archived".to_owned(),
    }
}

/// `fork of owner/name, made 2021-05-06`
fn fork(forge: &Forge) -> Option<String> {
    let parent = match (&forge.fork_of, forge.fork) {
        (Some(parent), _) => format!("fork of {parent}"),
        (None, Some(true)) => "fork of a repository that is gone".to_owned(),
        (None, _) => return None,
    };
    let made = forge.created.map(|time| format!(", made {}", day(time)));
    Some(parent + &made.unwrap_or_default())
}

/// Whether an address is the one of `owner/name` or of a folder in it. Forges ignore case.
fn is_address_of(address: &str, name: &str) -> bool {
    let address = format!("{}/", address.to_ascii_lowercase()).replace(".git/", "/");
    address.contains(&format!("/{}/", name.to_ascii_lowercase()))
}

fn open_and_closed(what: &str, open: Option<u64>, closed: Option<u64>) -> Option<String> {
    let open = open.map(|count| format!("{} open", large(count)));
    let closed = closed.map(|count| format!("{} closed", large(count)));
    let counts: Vec<String> = open.into_iter().chain(closed).collect();
    (!counts.is_empty()).then(|| format!("{what}: {}", counts.join(", ")))
}

/// Each check by its name; they are never added up.
pub(super) fn scorecard(scorecard: &Scorecard) -> Vec<String> {
    let checks = scorecard.checks.iter().map(|(name, score)| match score {
        Some(score) => format!("{name} {score}"),
        None => format!("{name} inconclusive"),
    });
    let checks = checks.collect::<Vec<_>>().join(", ");
    let checks = if checks.is_empty() { "no checks".to_owned() } else { checks };
    let analysed = scorecard.date.map(|date| format!("analysed {date}"));
    std::iter::once(checks).chain(analysed).collect()
}

/// Who can publish, who did, and how much it is downloaded.
pub(super) fn ownership(ownership: &Ownership) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut owners = |what: &str, names: &[String]| {
        if !names.is_empty() {
            sentences.push(format!("{what}: {}", names.join(", ")));
        }
    };
    owners("people", &ownership.people);
    owners("teams", &ownership.teams);
    if ownership.people.is_empty() && ownership.teams.is_empty() {
        sentences.push("no owners listed".to_owned());
    }
    let by = ownership.last_publisher.as_ref().map(|name| format!("last published by {name}"));
    sentences.extend(by);
    if ownership.publishers > 0 {
        sentences.push(format!("{} so far", count_of(ownership.publishers, "publisher")));
    }
    sentences.extend(ownership.trusted_publishing.map(|trusted| {
        let how = if trusted { "with" } else { "without" };
        format!("newest release {how} trusted publishing")
    }));
    let recent = ownership.recent_downloads.map(|count| format!(", {} in 90 days", large(count)));
    sentences.extend(
        ownership
            .downloads
            .map(|count| format!("downloads: {}{}", large(count), recent.unwrap_or_default())),
    );
    let messages = ownership.yank_messages.iter();
    let messages: Vec<String> =
        messages.map(|(version, message)| format!("{version} yanked: {message}")).collect();
    if !messages.is_empty() {
        sentences.push(first_few(&messages, YANK_MESSAGES_SHOWN));
    }
    sentences
}
