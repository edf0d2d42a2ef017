//! Older answers that were told as no newer ones could be had.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::Offset;
use reqwest::Url;

use crate::model::{Diagnostic, Missing};

/// Hosts named in a note at most; the rest is counted.
const MOST_HOSTS: usize = 5;

/// The older answers of a run, by the reason why they could not be renewed.
#[derive(Debug, Default)]
pub(super) struct OldAnswers(BTreeMap<Missing, Old>);

#[derive(Debug)]
struct Old {
    answers: usize,
    oldest: Timestamp,
    hosts: BTreeSet<String>,
}

impl OldAnswers {
    /// Counts one.
    pub(super) fn add(&mut self, why: Missing, url: &str, learned: Timestamp) {
        let new = || Old { answers: 0, oldest: learned, hosts: BTreeSet::new() };
        let old = self.0.entry(why).or_insert_with(new);
        old.answers += 1;
        old.oldest = old.oldest.min(learned);
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        old.hosts.extend(host);
    }

    /// A note for each reason.
    pub(super) fn notes(&self) -> Vec<Diagnostic> {
        let note = |(why, old): (&Missing, &Old)| {
            let day = Offset::UTC.to_datetime(old.oldest).date();
            let named: Vec<&str> = old.hosts.iter().take(MOST_HOSTS).map(String::as_str).collect();
            let more = match old.hosts.len().saturating_sub(MOST_HOSTS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let (answers, hosts) = (old.answers, named.join(", "));
            Diagnostic::note(format!(
                "older answers stand in for newer ones: {answers} of {hosts}{more}, the oldest of \
                 {day}; {why}"
            ))
        };
        self.0.iter().map(note).collect()
    }
}
