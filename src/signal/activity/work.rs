//! The work of a history in the order of time, and whom it credits.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::{Date, date};

use crate::model::{Commit, History, PersonIndex};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// The end of a day in UTC, in seconds since 1970.
pub(super) fn end_of(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_secs() + DAY
}

/// Whether somebody is known and no bot.
pub(super) fn is_person(history: &History, person: PersonIndex) -> bool {
    history.people.get(person.0 as usize).is_some_and(|person| !person.bot)
}

/// The work of a history until an end, oldest first.
pub(super) struct Work<'a> {
    history: &'a History,
    /// Begin of the time that is not looked at any more, in seconds since 1970.
    pub(super) end: i64,
    /// Author time in seconds since 1970, and the commit.
    pub(super) commits: Vec<(i64, &'a Commit)>,
}

impl<'a> Work<'a> {
    /// The work before `end`.
    pub(super) fn of(history: &'a History, end: i64) -> Self {
        let commits = history.commits.iter().map(|commit| (commit.authored.as_second(), commit));
        let work = commits
            .filter(|(at, commit)| *at < end && !commit.merge && is_person(history, commit.author));
        let mut commits: Vec<_> = work.collect();
        commits.sort_by_key(|(at, _)| *at);
        Self { history, end, commits }
    }

    /// The work in a span of time.
    pub(super) fn within(&self, span: Range<i64>) -> &[(i64, &'a Commit)] {
        let place = |time: i64| self.commits.partition_point(|(at, _)| *at < time);
        let (start, end) = (place(span.start), place(span.end));
        self.commits.get(start..end).unwrap_or_default()
    }

    /// Credits of each person of the history in a span of time.
    pub(super) fn credits(&self, span: Range<i64>) -> Vec<usize> {
        let mut credits = vec![0; self.history.people.len()];
        for (_, commit) in self.within(span) {
            for person in self.people(commit) {
                credits[person.0 as usize] += 1;
            }
        }
        credits
    }

    /// Credits of each organisation that has any in a span of time.
    pub(super) fn organisation_credits(&self, span: Range<i64>) -> Vec<usize> {
        let mut credits: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, commit) in self.within(span) {
            let people = self.people(commit).map(|person| &self.history.people[person.0 as usize]);
            let mut organisations: Vec<_> =
                people.filter_map(|person| person.organisation.as_deref()).collect();
            organisations.sort_unstable();
            organisations.dedup();
            for organisation in organisations {
                *credits.entry(organisation).or_default() += 1;
            }
        }
        credits.into_values().collect()
    }

    /// The people who did a commit; every index is among the people.
    fn people(&self, commit: &'a Commit) -> impl Iterator<Item = PersonIndex> {
        let authors = std::iter::once(&commit.author).chain(&commit.co_authors).copied();
        authors.filter(|person| is_person(self.history, *person))
    }
}
