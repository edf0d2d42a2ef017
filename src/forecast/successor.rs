//! Which packages took the place of which, from what releases stopped and began to depend on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
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

/// What the steps tell of one another.
#[derive(Default)]
struct Counts<'a> {
    /// Owners that dropped a package.
    droppers: BTreeMap<&'a SmolStr, BTreeSet<&'a str>>,
    /// The first day on which an owner moved from one package to another.
    movers: BTreeMap<Pair<'a>, BTreeMap<&'a str, Date>>,
    /// Steps that took a package and dropped any.
    added: BTreeMap<&'a SmolStr, usize>,
    /// Steps that dropped any.
    steps: usize,
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
/// does not need the package, and is no part of it.
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
        if let Some(release) = walk(history, owner, &mut |step| counts.add(&step)) {
            latest.insert(package, release);
        }
    }
    let credible = counts
        .movers
        .keys()
        .filter(|&&pair| counts.are_enough(pair) && !is_entwined(pair, repositories, &latest));
    credible
        .map(|&(from, to)| Moves {
            from: from.clone(),
            to: to.clone(),
            days: counts.days((from, to)).into_iter().collect(),
        })
        .collect()
}

/// Hands over the steps of a package and returns the release of its highest version.
fn walk<'a>(
    mut history: Vec<&'a DependentRelease>,
    owner: &'a str,
    hand_over: &mut impl FnMut(Step<'a>),
) -> Option<&'a DependentRelease> {
    history.sort_by_key(|it| it.published);
    let mut highest: Option<(Version, &DependentRelease)> = None;
    for release in history {
        let Ok(version) = Version::parse(&release.version) else { continue };
        if !version.pre.is_empty() || highest.as_ref().is_some_and(|it| version <= it.0) {
            continue;
        }
        if let Some((_, before)) = highest {
            hand_over(Step {
                owner,
                day: Offset::UTC.to_datetime(release.published).date(),
                dropped: only_in(&before.dependencies, &release.dependencies),
                added: only_in(&release.dependencies, &before.dependencies),
            });
        }
        highest = Some((version, release));
    }
    highest.map(|(_, release)| release)
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
        self.steps += 1;
        for to in &step.added {
            *self.added.entry(to).or_default() += 1;
        }
        for from in &step.dropped {
            self.droppers.entry(from).or_default().insert(step.owner);
            if step.added.len() > MOST_ADDED {
                continue;
            }
            for to in &step.added {
                let movers = self.movers.entry((from, to)).or_default();
                let first = movers.entry(step.owner).or_insert(step.day);
                *first = step.day.min(*first);
            }
        }
    }

    /// The days on which owners moved; several on one day are taken for one, as the packages of
    /// one owner without a known repository are released together.
    fn days(&self, pair: Pair<'a>) -> BTreeSet<Date> {
        self.movers.get(&pair).into_iter().flat_map(BTreeMap::values).copied().collect()
    }

    fn are_enough(&self, (from, to): Pair<'a>) -> bool {
        let count = self.days((from, to)).len();
        let back = self.days((to, from)).len();
        let droppers = self.droppers.get(from).map_or(0, BTreeSet::len);
        let added = self.added.get(to).copied().unwrap_or_default();
        let share = count as f64 / droppers as f64;
        let lift = share * self.steps as f64 / added as f64;
        count >= LEAST_DEPENDENTS
            && count >= MOVES_FOR_ONE_BACK * back
            && LEAST_SHARE_AND_LIFT.iter().any(|least| share >= least.0 && lift >= least.1)
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
