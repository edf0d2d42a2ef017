//! Whether the work passed to a newcomer.
//!
//! The thresholds are the smallest that keep a handful of commits from looking like a change of
//! hands; `tests/it/history` counts what they find in real histories.

use std::cmp::Reverse;
use std::ops::Range;

use jiff::Timestamp;

use super::work::{DAY, Work};
use crate::model::{ChangeOfHands, Commit, HandsShape, History, PersonIndex};

const YEAR: i64 = 365 * DAY;
const QUARTER: i64 = 91 * DAY;
const WEEK: i64 = 7 * DAY;
/// 18 months: how long a project has to be quiet to be dormant, and how soon after arriving the
/// year begins in which a newcomer takes over. A patient attacker first earns trust.
const EIGHTEEN_MONTHS: i64 = 548 * DAY;
/// How far back from the newcomer's arrival the old lead is looked for.
const LEADERSHIP: i64 = 1_096 * DAY;
/// A project with less work than this before the newcomer had nothing to take over.
const LEAST_WORK_BEFORE: usize = 20;
/// Less work of a newcomer than this is a contribution, not a lead.
const LEAST_WORK_OF_NEWCOMER: usize = 20;
/// A quarter with less work than this says nothing about who is silent.
const LEAST_WORK_OF_QUARTER: usize = 10;
/// The old lead is silent in a quarter in which they did at most one part in this many.
const SILENT_PART: usize = 10;
/// A dormant project may still have received this much in 18 months, such as a corrected word.
const MOST_WORK_WHILE_DORMANT: usize = 2;
/// Less work than this in the year after is no awakening.
const LEAST_WORK_AWAKE: usize = 10;

/// The newest change of hands, by the newcomer's arrival.
///
/// *Takeover*: somebody authored at least half of the work of the 36 months before the newcomer
/// arrived (there was at least 20), and more than a quarter before that. In a year that begins with a full week after the arrival,
/// within 18 months of it, the newcomer authored 20 or more and over half of the work. That year
/// holds a quarter (91 days, beginning with a full week) with 10 or more of work of which the
/// old lead authored at most a tenth. The first such year and quarter count.
///
/// It is none where the old lead authored nothing any more once the newcomer arrived, within a
/// week of the last work, and the newcomer authored at least half as much in the first quarter as
/// the old lead in the last: that is one person with a new address, which no mailmap joins.
///
/// *Awakening*: before the newcomer arrived there was work (at least 20), but at most 2 in the
/// last 18 months; in the year from then on there was work (at least 10), over half by the
/// newcomer. The old lead is who authored most of the work before.
pub(super) fn change_of_hands(history: &History, work: &Work<'_>) -> Option<ChangeOfHands> {
    let authors = authored(history, work);
    let mut arrivals: Vec<(i64, usize)> = (authors.iter().enumerate())
        .filter(|(_, times)| times.len() >= LEAST_WORK_AWAKE.min(LEAST_WORK_OF_NEWCOMER))
        .filter_map(|(author, times)| Some((*times.first()?, author)))
        .collect();
    arrivals.sort_by_key(|&(arrived, author)| Reverse((arrived, author)));
    let newest = arrivals.into_iter().find_map(|(arrived, newcomer)| {
        let case = Case { work, authors: &authors, newcomer, arrived };
        case.awakening().or_else(|| case.takeover())
    })?;
    newest.describe(history, work, &authors)
}

/// When each person authored work, oldest first.
fn authored(history: &History, work: &Work<'_>) -> Vec<Vec<i64>> {
    let mut authors = vec![Vec::new(); history.people.len()];
    for (at, Commit { author, .. }) in &work.commits {
        authors[author.0 as usize].push(*at);
    }
    authors
}

fn count(times: &[i64], span: &Range<i64>) -> usize {
    let place = |time: i64| times.partition_point(|at| *at < time);
    place(span.end).saturating_sub(place(span.start))
}

/// A newcomer under suspicion.
struct Case<'a> {
    work: &'a Work<'a>,
    authors: &'a [Vec<i64>],
    newcomer: usize,
    arrived: i64,
}

/// What was found, by positions and seconds since 1970.
struct Found {
    shape: HandsShape,
    newcomer: usize,
    arrived: i64,
    lead: usize,
    year: Range<i64>,
    silent_from: i64,
}

impl Case<'_> {
    fn takeover(&self) -> Option<Found> {
        let starts = (self.arrived..=self.arrived + EIGHTEEN_MONTHS).step_by(WEEK as usize);
        let mut years = starts.map(|start| start..start + YEAR).filter(|year| {
            self.by(self.newcomer, year) >= LEAST_WORK_OF_NEWCOMER && self.has_most(year)
        });
        // Few newcomers have such a year, so the dearer questions come after.
        let first = years.next()?;
        let before = self.arrived - LEADERSHIP..self.arrived;
        let lead = self.lead(&before)?;
        let all = self.all(&before);
        let led = 2 * self.by(lead, &before) >= all && self.is_old(lead);
        if all < LEAST_WORK_BEFORE || !led || self.goes_on(lead) {
            return None;
        }
        let (year, silent_from) = std::iter::once(first)
            .chain(years)
            .find_map(|year| Some((year.clone(), self.silent_quarter(lead, &year)?)))?;
        Some(self.found(HandsShape::Takeover, lead, year, silent_from))
    }

    fn awakening(&self) -> Option<Found> {
        let before = i64::MIN..self.arrived;
        let dormant = self.arrived - EIGHTEEN_MONTHS..self.arrived;
        let year = self.arrived..self.arrived + YEAR;
        let awoke = self.all(&before) >= LEAST_WORK_BEFORE
            && self.all(&dormant) <= MOST_WORK_WHILE_DORMANT
            && self.all(&year) >= LEAST_WORK_AWAKE
            && self.has_most(&year);
        let lead = awoke.then(|| self.lead(&before))??;
        Some(self.found(HandsShape::Awakening, lead, year, self.arrived))
    }

    fn found(&self, shape: HandsShape, lead: usize, year: Range<i64>, silent_from: i64) -> Found {
        let Self { newcomer, arrived, .. } = *self;
        Found { shape, newcomer, arrived, lead, year, silent_from }
    }

    /// Who authored most in a span; of several, the one with the lowest position.
    fn lead(&self, span: &Range<i64>) -> Option<usize> {
        let counts = self.authors.iter().map(|times| count(times, span)).enumerate();
        counts.max_by_key(|&(author, count)| (count, Reverse(author))).map(|(author, _)| author)
    }

    /// Whether somebody was there for more than a quarter when the newcomer arrived: whoever only
    /// put in what was made elsewhere did not lead.
    fn is_old(&self, author: usize) -> bool {
        self.authors[author].first().is_some_and(|first| *first < self.arrived - QUARTER)
    }

    /// Whether the newcomer is the old lead by another address.
    fn goes_on(&self, lead: usize) -> bool {
        let Some(&last) = self.authors[lead].last() else { return false };
        let seamless = last <= self.arrived && self.arrived <= last + WEEK;
        let first_quarter = self.by(self.newcomer, &(self.arrived..self.arrived + QUARTER));
        seamless && 2 * first_quarter >= self.by(lead, &(last - QUARTER..last + 1))
    }

    fn silent_quarter(&self, lead: usize, year: &Range<i64>) -> Option<i64> {
        let latest = year.end.min(self.work.end) - QUARTER;
        (year.start..=latest).step_by(WEEK as usize).find(|&start| {
            let quarter = start..start + QUARTER;
            let all = self.all(&quarter);
            all >= LEAST_WORK_OF_QUARTER && SILENT_PART * self.by(lead, &quarter) <= all
        })
    }

    fn has_most(&self, year: &Range<i64>) -> bool {
        2 * self.by(self.newcomer, year) > self.all(year)
    }

    fn by(&self, author: usize, span: &Range<i64>) -> usize {
        count(&self.authors[author], span)
    }

    fn all(&self, span: &Range<i64>) -> usize {
        self.work.within(span.clone()).len()
    }
}

impl Found {
    fn describe(
        self,
        history: &History,
        work: &Work<'_>,
        authors: &[Vec<i64>],
    ) -> Option<ChangeOfHands> {
        let time = |seconds: i64| Timestamp::from_second(seconds).ok();
        let earlier = authors[self.lead].partition_point(|at| *at < self.silent_from);
        let in_year = |at: i64| self.year.contains(&at) && at < work.end;
        let tags = history.tags.iter().filter(|tag| in_year(tag.made.as_second()));
        let by_newcomer = |by: PersonIndex| by.0 as usize == self.newcomer;
        let made = tags.clone().filter(|tag| tag.by.is_some_and(by_newcomer)).count();
        let share = count(&authors[self.newcomer], &self.year) as f64
            / work.within(self.year.clone()).len().max(1) as f64;
        Some(ChangeOfHands {
            shape: self.shape,
            arrived: time(self.arrived)?,
            left: time(*authors[self.lead].get(earlier.checked_sub(1)?)?)?,
            changed: time(self.year.start)?,
            share,
            makes_tags: 2 * made > tags.count(),
        })
    }
}
