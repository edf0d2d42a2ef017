//! What is remembered of a question, and when it is as good as a new answer.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CACHE_CONTROL, HeaderMap};

use super::cache::{self, Entry};
use super::client::Response;
use super::question::{Kind, Learned, NOT_FOUND_AGE, Question, Unanswered};
use super::{Mode, Network};
use crate::model::Missing;
use crate::source::Answer;

/// The headers that are about the content, which are kept with it.
const KEPT_HEADERS: [&str; 6] =
    ["content-type", "etag", "last-modified", "link", "x-next-page", "x-total"];

impl Network {
    /// The remembered answer where it is young enough, and offline whatever there is. `None`
    /// where the source is to be asked.
    pub fn at_hand(&self, question: &Question) -> Option<Result<Learned, Unanswered>> {
        self.settled(question, cache::read(&self.cache, &question.request))
    }

    /// [`Network::at_hand`] of what was read from the cache.
    pub(super) fn settled(
        &self,
        question: &Question,
        entry: Option<Entry>,
    ) -> Option<Result<Learned, Unanswered>> {
        let not_asked = || Unanswered::because(Missing::NotAsked);
        match (entry, self.options.mode) {
            (Some(entry), _) if self.is_fresh(question.kind, &entry) => Some(learned(entry, None)),
            (Some(entry), Mode::Offline) => Some(self.old(question, entry, not_asked())),
            (None, Mode::Offline) => Some(Err(not_asked())),
            (_, Mode::Online | Mode::Refresh) => None,
        }
    }

    /// What can be told where the source could not be asked: an older answer, where there is one.
    /// A source that knows no such subject, or refuses, has answered.
    pub fn in_place_of(
        &self,
        question: &Question,
        unanswered: Unanswered,
    ) -> Result<Learned, Unanswered> {
        if matches!(unanswered.why, Missing::NotFound | Missing::Refused) {
            return Err(unanswered);
        }
        match cache::read(&self.cache, &question.request) {
            Some(entry) => self.old(question, entry, unanswered),
            None => Err(unanswered),
        }
    }

    /// An older answer, which is counted.
    fn old(
        &self,
        question: &Question,
        entry: Entry,
        unanswered: Unanswered,
    ) -> Result<Learned, Unanswered> {
        let mut old = self.old.lock().unwrap_or_else(PoisonError::into_inner);
        old.add(unanswered.why, &question.request.url, entry.learned);
        learned(entry, Some(unanswered))
    }

    /// Remembers a part of an answer as the answer to the question for that part alone. One with
    /// status 404 says that the source does not know the subject.
    pub fn remember(&self, question: &Question, learned: Timestamp, part: Answer) {
        self.keep(question, &Entry { learned, answer: part });
    }

    /// Remembers an answer that came now.
    pub(super) fn learn(&self, question: &Question, response: Response) -> Entry {
        let may_be_kept = question.kind != Kind::Batch && !forbids_keeping(&response.headers);
        let kept = KEPT_HEADERS.iter().filter_map(|name| {
            let value = response.headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        });
        let status = response.status.as_u16();
        let answer = Answer { status, headers: kept.collect(), body: response.body };
        let entry = Entry { learned: self.now(), answer };
        if may_be_kept {
            self.keep(question, &entry);
        }
        entry
    }

    /// The remembered answer, which the source has just confirmed.
    pub(super) fn confirm(&self, question: &Question) -> Option<Entry> {
        let entry = cache::read(&self.cache, &question.request)?;
        let entry = Entry { learned: self.now(), ..entry };
        self.keep(question, &entry);
        Some(entry)
    }

    /// The time by the clock that the run was given.
    pub fn now(&self) -> Timestamp {
        let start = self.options.now;
        start.checked_add(self.opened.elapsed()).unwrap_or(start)
    }

    fn keep(&self, question: &Question, entry: &Entry) {
        if let Err(error) = cache::write(&self.cache, &question.request, entry) {
            // The first trouble is told; the others are alike.
            let _ = self.cache_trouble.set(error.to_string());
        }
    }

    fn is_fresh(&self, kind: Kind, entry: &Entry) -> bool {
        if self.options.mode == Mode::Refresh {
            return entry.learned.as_second() >= self.options.now.as_second();
        }
        let max_age = if is_not_found(&entry.answer) { NOT_FOUND_AGE } else { kind.max_age() };
        // One from the future was written under a wrong clock.
        let age = Duration::try_from(self.now().duration_since(entry.learned));
        age.is_ok_and(|age| age <= max_age)
    }
}

/// The headers that ask a source for a new answer only if the remembered one no longer holds
/// (RFC 9110, section 13.1).
pub(super) fn conditions(entry: &Entry) -> Vec<(&'static str, String)> {
    let validators = [("etag", "if-none-match"), ("last-modified", "if-modified-since")];
    let condition =
        |(validator, condition)| Some((condition, entry.answer.header(validator)?.to_owned()));
    if is_not_found(&entry.answer) {
        return Vec::new();
    }
    validators.into_iter().filter_map(condition).collect()
}

/// An entry as an answer.
pub(super) fn learned(entry: Entry, stale: Option<Unanswered>) -> Result<Learned, Unanswered> {
    let Entry { learned, answer } = entry;
    if is_not_found(&answer) {
        return Err(Unanswered::because(Missing::NotFound));
    }
    Ok(Learned { answer, learned, stale })
}

fn is_not_found(answer: &Answer) -> bool {
    matches!(answer.status, 404 | 410)
}

/// RFC 9111, section 5.2.2.5.
fn forbids_keeping(headers: &HeaderMap) -> bool {
    headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|directive| directive.trim().eq_ignore_ascii_case("no-store"))
    })
}
