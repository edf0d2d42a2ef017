//! Which packages took the place of which, from what releases stopped and began to depend on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::tz::Offset;
use semver::Version;
use smol_str::SmolStr;

use crate::source::backtest::DependentRelease;
use crate::source::successors::{LEAST_DEPENDENTS, Moves};

/// A release that takes more new dependencies at once is a rebuilding, and says nothing of what
/// replaces what.
const MOST_ADDED: usize = 5;
/// The least share of the owners that dropped a package who took the other, and how many times
/// more often it then must be taken where the package is dropped than where any is. The second
/// keeps out what many releases take anyway; a move that few make must stand out more.
const LEAST_SHARE_AND_LIFT: [(f64, f64); 2] = [(0.2, 10.0), (0.1, 50.0)];
/// A package whose dependents come back more than once in so many moves has no successor.
const MOVES_FOR_ONE_BACK: usize = 3;

/// A release beside the highest version before it.
struct Step<'a> {
    owner: &'a str,
    day: Date,
    dropped: Vec<&'a SmolStr>,
    added: Vec<&'a SmolStr>,
}

type Pair<'a> = (&'a SmolStr, &'a SmolStr);

/// What the steps tell of one another, each with its day, so that any day of the past can be
/// judged by what was known then.
#[derive(Default)]
struct Counts<'a> {
    /// The first day on which an owner depended on a package.
    users: BTreeMap<&'a SmolStr, BTreeMap<&'a str, Date>>,
    /// The first day on which an owner dropped a package.
    droppers: BTreeMap<&'a SmolStr, BTreeMap<&'a str, Date>>,
    /// The first day on which an owner moved from one package to another.
    movers: BTreeMap<Pair<'a>, BTreeMap<&'a str, Date>>,
    /// Days of steps that took a package and dropped any.
    added: BTreeMap<&'a SmolStr, Vec<Date>>,
    /// Days of steps that dropped any.
    steps: Vec<Date>,
}

/// Moves of dependents from one package to another that make the other credible as an
/// alternative, sorted by names. Repositories tell which packages have one owner; a package
/// without a known one belongs with those whose names begin with the same word.
///
/// A dependent moves with a release that drops one package and takes another, compared with the
/// highest version published before: pre-releases and releases for older lines tell nothing.
/// An alternative is credible where dependents of at least [`LEAST_DEPENDENTS`] owners took it,
/// these are a fifth of those that dropped the package and ten times as many as chance would have
/// it (or a tenth, and fifty times), few moved back, and the alternative is of another repository,
/// does not need the package, and is no part of it. It is judged for every day by what had
/// happened by then.
pub fn moves(
    releases: &[DependentRelease],
    repositories: &BTreeMap<SmolStr, String>,
) -> Vec<Moves> {
    let mut by_package = BTreeMap::<&SmolStr, Vec<&DependentRelease>>::new();
    for release in releases {
        by_package.entry(&release.package).or_default().push(release);
    }
    let mut counts = Counts::default();
    let mut latest = BTreeMap::new();
    for (package, history) in by_package {
        let owner = owner(package, repositories);
        if let Some(release) = walk(history, owner, &mut counts) {
            latest.insert(package, release);
        }
    }
    counts.sort();
    let pairs = counts.movers.keys().filter(|pair| !is_entwined(**pair, repositories, &latest));
    pairs
        .filter_map(|&(from, to)| {
            let history = counts.history((from, to));
            let credible = history.credible();
            (!credible.is_empty()).then(|| Moves {
                from: from.clone(),
                to: to.clone(),
                days: history.moved,
                dropped: history.dropped,
                users: counts.users_by_year(from),
                credible,
            })
        })
        .collect()
}

/// Counts the steps of a package and returns the release of its highest version.
fn walk<'a>(
    mut history: Vec<&'a DependentRelease>,
    owner: &'a str,
    counts: &mut Counts<'a>,
) -> Option<&'a DependentRelease> {
    history.sort_by_key(|it| it.published);
    let mut highest: Option<(Version, &DependentRelease)> = None;
    for release in history {
        let Ok(version) = Version::parse(&release.version) else { continue };
        if !version.pre.is_empty() || highest.as_ref().is_some_and(|it| version <= it.0) {
            continue;
        }
        let day = Offset::UTC.to_datetime(release.published).date();
        let before = highest.map_or(&[][..], |(_, before)| &before.dependencies);
        let step = Step {
            owner,
            day,
            dropped: only_in(before, &release.dependencies),
            added: only_in(&release.dependencies, before),
        };
        for to in &step.added {
            first_day(counts.users.entry(to).or_default(), &step);
        }
        counts.add(&step);
        highest = Some((version, release));
    }
    highest.map(|(_, release)| release)
}

/// Keeps the first day on which an owner did something.
fn first_day<'a>(days: &mut BTreeMap<&'a str, Date>, step: &Step<'a>) {
    let first = days.entry(step.owner).or_insert(step.day);
    *first = step.day.min(*first);
}

/// The names of the first sorted list that are not in the second.
fn only_in<'a>(these: &'a [SmolStr], those: &[SmolStr]) -> Vec<&'a SmolStr> {
    these.iter().filter(|name| those.binary_search(name).is_err()).collect()
}

impl<'a> Counts<'a> {
    fn add(&mut self, step: &Step<'a>) {
        if step.dropped.is_empty() {
            return;
        }
        self.steps.push(step.day);
        for to in &step.added {
            self.added.entry(to).or_default().push(step.day);
        }
        for from in &step.dropped {
            first_day(self.droppers.entry(from).or_default(), step);
            if step.added.len() > MOST_ADDED {
                continue;
            }
            for to in &step.added {
                first_day(self.movers.entry((from, to)).or_default(), step);
            }
        }
    }

    fn sort(&mut self) {
        self.steps.sort_unstable();
        self.added.values_mut().for_each(|days| days.sort_unstable());
    }

    /// The days on which owners moved; several on one day are taken for one, as the packages of
    /// one owner without a known repository are released together.
    fn days(&self, pair: Pair<'a>) -> Vec<Date> {
        let days: BTreeSet<Date> =
            self.movers.get(&pair).into_iter().flat_map(BTreeMap::values).copied().collect();
        days.into_iter().collect()
    }

    /// Owners that had depended on a package by the end of each year since the first did.
    fn users_by_year(&self, package: &SmolStr) -> Vec<(i16, usize)> {
        let days = self.users.get(package).into_iter().flat_map(BTreeMap::values);
        let mut by_year = BTreeMap::<i16, usize>::new();
        for day in days {
            *by_year.entry(day.year()).or_default() += 1;
        }
        let mut total = 0;
        let add = |(year, count)| {
            total += count;
            (year, total)
        };
        by_year.into_iter().map(add).collect()
    }

    fn history(&self, (from, to): Pair<'a>) -> PairHistory<'_> {
        let dropped = self.droppers.get(from).into_iter().flat_map(BTreeMap::values);
        let mut dropped: Vec<Date> = dropped.copied().collect();
        dropped.sort_unstable();
        PairHistory {
            moved: self.days((from, to)),
            back: self.days((to, from)),
            dropped,
            added: self.added.get(to).map_or(&[], Vec::as_slice),
            steps: &self.steps,
        }
    }
}

/// What happened to one pair of packages, in ascending days.
struct PairHistory<'a> {
    /// Owners moved from the first to the second.
    moved: Vec<Date>,
    /// Owners moved the other way.
    back: Vec<Date>,
    /// Owners dropped the first; one day for each owner.
    dropped: Vec<Date>,
    /// Steps that dropped any package took the second.
    added: &'a [Date],
    /// Steps that dropped any package.
    steps: &'a [Date],
}

impl PairHistory<'_> {
    /// Whether the second is a credible alternative to the first by the end of a day.
    fn is_credible(&self, by: Date) -> bool {
        let until = |days: &[Date]| days.partition_point(|day| *day <= by);
        let (count, dropped) = (until(&self.moved), until(&self.dropped));
        let share = count as f64 / dropped as f64;
        let lift = share * until(self.steps) as f64 / until(self.added) as f64;
        count >= LEAST_DEPENDENTS
            && count >= MOVES_FOR_ONE_BACK * until(&self.back)
            && LEAST_SHARE_AND_LIFT.iter().any(|least| share >= least.0 && lift >= least.1)
    }

    /// The days on which it begins to be credible, ends, begins again, and so on. Looked at
    /// whenever an owner did something, at the end of each year, and on the last day.
    fn credible(&self) -> Vec<Date> {
        let (Some(third), Some(last)) = (self.moved.get(LEAST_DEPENDENTS - 1), self.steps.last())
        else {
            return Vec::new();
        };
        let acts = [&self.moved, &self.back, &self.dropped].into_iter().flatten().copied();
        let ends = (third.year()..last.year()).map(|year| date(year, 12, 31));
        let mut turns = Vec::new();
        for day in acts.chain(ends).chain([*last]).collect::<BTreeSet<Date>>() {
            if self.is_credible(day) != (turns.len() % 2 == 1) {
                turns.push(day);
            }
        }
        turns
    }
}

/// Whether two packages are of one repository, the second needs the first, or it is a part of it:
/// named after it, and needed by it as far as is known.
fn is_entwined(
    (from, to): Pair<'_>,
    repositories: &BTreeMap<SmolStr, String>,
    latest: &BTreeMap<&SmolStr, &DependentRelease>,
) -> bool {
    let repository = repositories.get(from);
    let needs = |package: &SmolStr, other: &SmolStr| {
        latest.get(package).map(|release| release.dependencies.binary_search(other).is_ok())
    };
    let is_named_after =
        to.strip_prefix(from.as_str()).is_some_and(|it| it.starts_with(['-', '_']));
    repository.is_some() && repository == repositories.get(to)
        || needs(to, from) == Some(true)
        || is_named_after && needs(from, to) != Some(false)
}

/// Host and owner of the repository; without one, the first word of the name.
fn owner<'a>(package: &'a SmolStr, repositories: &'a BTreeMap<SmolStr, String>) -> &'a str {
    let Some(address) = repositories.get(package) else {
        return package.split(['-', '_']).next().unwrap_or_default();
    };
    let start = address.find("://").map_or(0, |at| at + 3);
    let mut slashes = address[start..].match_indices('/');
    slashes.nth(1).map_or(address, |(end, _)| &address[..start + end])
}

#[cfg(test)]
mod tests;
