//! How long a project takes to answer.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::source::wire::Time;

/// Associations with the repository that make somebody a part of the project.
const INSIDE: [&str; 3] = ["COLLABORATOR", "MEMBER", "OWNER"];

/// Accounts that are programs although the forge counts them as people.
const PROGRAMS: [&str; 6] =
    ["bors", "codecov", "coveralls", "highfive", "rust-highfive", "rustbot"];

const SECONDS_PER_DAY: f64 = 86_400.0;

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

/// An issue or a pull request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Thread {
    #[serde(default)]
    created_at: Time,
    #[serde(default)]
    closed_at: Time,
    author_association: Option<String>,
    author: Option<Author>,
    comments: Option<Nodes<Reply>>,
    reviews: Option<Nodes<Reply>>,
}

/// A comment or a review.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    #[serde(default)]
    created_at: Time,
    author: Option<Author>,
}

/// Who wrote something; absent where the account is gone.
#[derive(Deserialize)]
struct Author {
    #[serde(rename = "__typename")]
    kind: Option<String>,
    login: String,
}

/// The median days until an answer and how many threads it is taken over: time to first response
/// of the CHAOSS metrics, over threads that people outside the project opened. A project's own
/// threads would measure how it talks to itself.
pub(super) fn median_days<'a>(
    threads: impl Iterator<Item = &'a Thread>,
    now: Timestamp,
) -> (Option<f64>, u64) {
    let mut days: Vec<f64> = threads.filter_map(|thread| thread.days(now)).collect();
    days.sort_by(f64::total_cmp);
    let middle = days.len() / 2;
    let median = match (days.get(middle), days.get(middle.wrapping_sub(1))) {
        (Some(upper), Some(lower)) if days.len().is_multiple_of(2) => Some((upper + lower) / 2.0),
        (upper, _) => upper.copied(),
    };
    (median, days.len() as u64)
}

impl Thread {
    /// Days until the first answer; `None` where the thread says nothing about the project.
    fn days(&self, now: Timestamp) -> Option<f64> {
        let created = self.created_at.0?;
        let inside = self.author_association.as_deref().is_some_and(|it| INSIDE.contains(&it));
        if inside || self.author.as_ref().is_some_and(Author::is_program) {
            return None;
        }
        let replies = self.comments.iter().chain(&self.reviews).flat_map(Nodes::iter);
        let replies = replies.filter(|reply| self.is_answered_by(reply.author.as_ref()));
        let answered = replies.filter_map(|reply| reply.created_at.0).min();
        let end = answered.or(self.closed_at.0).unwrap_or(now);
        Some(end.duration_since(created).as_secs_f64().max(0.0) / SECONDS_PER_DAY)
    }

    /// Whether the author of a reply is another person. Of two accounts that are gone it is not
    /// known.
    fn is_answered_by(&self, author: Option<&Author>) -> bool {
        match (&self.author, author) {
            (Some(own), Some(other)) => own.login != other.login && !other.is_program(),
            (None, Some(other)) => !other.is_program(),
            (Some(_), None) => true,
            (None, None) => false,
        }
    }
}

impl Author {
    fn is_program(&self) -> bool {
        self.kind.as_deref() == Some("Bot")
            || ["[bot]", "-bot", "-robot"].iter().any(|end| self.login.ends_with(end))
            || PROGRAMS.contains(&self.login.as_str())
    }
}

/// How many issues and requests say how long the project takes to answer.
pub(super) fn sampled(value: Value) -> Option<u64> {
    let read: Sample = serde_json::from_value(value).ok()?;
    Some(median_days(read.threads(), Timestamp::UNIX_EPOCH).1)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sample {
    newest_issues: Option<Nodes<Thread>>,
    newest_requests: Option<Nodes<Thread>>,
}

impl Sample {
    pub(super) fn threads(&self) -> impl Iterator<Item = &Thread> {
        self.newest_issues.iter().chain(&self.newest_requests).flat_map(Nodes::iter)
    }
}
