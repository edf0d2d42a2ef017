//! Who does the work on a project, from its history.

mod factor;
mod hands;
mod tags;
mod work;

use tags::tagged_versions;
pub use tags::tags_against_releases;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{Activity, Commit, History, Missing, Observed, PersonIndex, Tag};
use factor::fewest_with_half;
use hands::change_of_hands;
use work::{DAY, Work, end_of, is_person};

/// 3, 12 and 36 months in seconds.
const SPANS: [i64; 3] = [91 * DAY, 365 * DAY, 1_096 * DAY];
const MONTH_DAYS: f64 = 30.4375;

/// Measures a history as of the end of a day; [`Activity`] defines each measure.
///
/// Missing where no person had made a commit by then.
pub fn activity(history: &History, as_of: Date) -> Observed<Activity> {
    let end = end_of(as_of);
    let commits = || history.commits.iter().filter(|commit| commit.authored.as_second() < end);
    let by_person = |commit: &&Commit| is_person(history, commit.author);
    let times = || commits().filter(by_person).map(|commit| commit.authored);
    let (Some(first_commit), Some(last_commit)) = (times().min(), times().max()) else {
        return Observed::Missing(Missing::NoCommits);
    };
    let work = Work::of(history, end);
    let spans = SPANS.map(|span| end - span..end);
    let credits = spans.clone().map(|span| work.credits(span));
    let all = work.credits(i64::MIN..end);
    let year = spans[1].clone();
    let organisations = work.organisation_credits(year.clone());
    let before_year = work.credits(i64::MIN..year.start);
    let year_before = work.credits(year.start - SPANS[1]..year.start);
    let people = |credits: &[usize]| credits.iter().filter(|&&credits| credits > 0).count();
    // People credited in one span and not in the other.
    let only = |these: &[usize], others: &[usize]| {
        these.iter().zip(others).filter(|&(&here, &there)| here > 0 && there == 0).count()
    };
    Observed::Known(Activity {
        first_commit,
        last_commit,
        commits: work.commits.len(),
        merges: commits().filter(by_person).filter(|commit| commit.merge).count(),
        bot_commits: commits().filter(|commit| !by_person(commit)).count(),
        people: people(&all),
        recent_commits: spans.clone().map(|span| work.within(span).len()),
        recent_people: [0, 1, 2].map(|span| people(&credits[span])),
        absence_factor_12_months: fewest_with_half(&credits[1], Missing::NoCommits),
        absence_factor: fewest_with_half(&all, Missing::NoCommits),
        lead_share_12_months: share(
            credits[1].iter().max().copied().unwrap_or(0),
            work.within(year.clone()).len(),
        ),
        organisations_12_months: organisations.len(),
        elephant_factor_12_months: fewest_with_half(&organisations, Missing::NoOrganisation),
        newcomers_12_months: only(&credits[1], &before_year),
        leavers_12_months: only(&year_before, &credits[1]),
        silent_months: months(end - last_commit.as_second()),
        tempo_trend: tempo_trend(&work, end),
        releaser_share: releaser_share(history, &credits[2], &work, end),
        change_of_hands: change_of_hands(history, &work),
        tagged: tagged_versions(&history.tags, end),
    })
}

/// The history of a fork without what it inherited: commits and tags from before the fork.
#[must_use]
pub fn own(mut history: History, forked: Timestamp) -> History {
    history.commits.retain(|commit| commit.authored >= forked);
    history.tags.retain(|tag| tag.made >= forked);
    history
}

fn months(seconds: i64) -> f64 {
    seconds as f64 / DAY as f64 / MONTH_DAYS
}

fn share(part: usize, whole: usize) -> Observed<f64> {
    let share = (whole > 0).then(|| part as f64 / whole as f64);
    Observed::from_option(share, Missing::NoCommits)
}

fn tempo_trend(work: &Work<'_>, end: i64) -> Observed<f64> {
    let (before, year) = (end - SPANS[2], end - SPANS[1]);
    let earlier = work.within(before..year).len();
    let older = !work.within(i64::MIN..before).is_empty();
    let trend = work.within(year..end).len() as f64 / (earlier as f64 / 2.0);
    Observed::from_option((older && earlier > 0).then_some(trend), Missing::NothingToCompare)
}

fn releaser_share(
    history: &History,
    credits_36_months: &[usize],
    work: &Work<'_>,
    end: i64,
) -> Observed<f64> {
    let releaser = |tag: &Tag| tag.by.filter(|by| is_person(history, *by));
    let made = history.tags.iter().filter(|tag| tag.made.as_second() < end);
    let newest = made
        .filter_map(|tag| Some((tag.made, &tag.name, releaser(tag)?)))
        .max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let Some((_, _, PersonIndex(releaser))) = newest else {
        return Observed::Missing(Missing::NoTag);
    };
    let credits = credits_36_months.get(releaser as usize).copied().unwrap_or(0);
    share(credits, work.within(end - SPANS[2]..end).len())
}

#[cfg(test)]
mod tests;
