//! The registry's index, asked by name: which releases there are, and which one a dependency gets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::Offset;
use semver::{Version, VersionReq};

use super::{exactly, from_registry, needed};
use crate::model::{
    Dependency, Error, Failure, Missing, Observed, Package, Release, ReleaseHistory,
};
use crate::world::registry::{RegistryFacts, SparseIndex};

/// Where packages are looked up.
pub struct Index<'a> {
    /// What this machine knows of packages, by position.
    pub local: &'a dyn Fn(&[Package]) -> RegistryFacts,
    /// The index of the public registry, where it may be asked.
    pub sparse: Option<SparseIndex<'a>>,
}

impl Index<'_> {
    pub(super) fn look_up(&mut self, packages: &[Package]) -> RegistryFacts {
        let mut facts = (self.local)(packages);
        if let Some(sparse) = &mut self.sparse {
            sparse.complete(packages, &mut facts);
        }
        facts
    }
}

/// The index, asked by name.
pub(super) struct Catalogue<'a> {
    pub(super) index: Index<'a>,
    /// Releases of later days are left out.
    as_of: Date,
    histories: BTreeMap<String, Observed<Arc<ReleaseHistory>>>,
    /// Why the registry had no answer, where it was asked in spite of a local entry.
    unanswered: BTreeMap<String, Missing>,
    /// What else the version in a slot has to satisfy, learned from conflicts.
    limits: BTreeMap<(String, Range), Vec<VersionReq>>,
}

/// A range of compatible versions. Cargo locks one version of a package in each.
type Range = (u64, u64, u64);

fn range_of(version: &Version) -> Range {
    match (version.major, version.minor, version.patch) {
        (0, 0, patch) => (0, 0, patch),
        (0, minor, _) => (0, minor, 0),
        (major, ..) => (major, 0, 0),
    }
}

/// What became of a dependency.
pub(super) enum Placed {
    /// It gets the package at this position.
    At(u32),
    /// An earlier choice is in its way. The choice is known to be wrong now: start again.
    Conflict,
    /// No known release will do.
    Nowhere,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(index: Index<'a>, as_of: Date) -> Self {
        Self {
            index,
            as_of,
            histories: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            limits: BTreeMap::new(),
        }
    }

    /// The version to check: the named one, or the newest that is not yanked.
    pub(super) fn subject(&mut self, name: &str, version: Option<&Version>) -> Option<Version> {
        let Some(version) = version else {
            // A local entry of some time ago does not tell which release is the newest.
            self.renew(BTreeSet::from([name]));
            self.learn(&[(name, VersionReq::STAR)]);
            return self.newest(name, &VersionReq::STAR);
        };
        self.learn(&[(name, exactly(version))]);
        self.releases(name, &exactly(version)).map(|(version, _)| version).max()
    }

    /// Learns the histories of packages that are not known yet, all at once, and anew of those
    /// of which no known release will do: the local entry may be older than that release.
    pub(super) fn learn(&mut self, wanted: &[(&str, VersionReq)]) {
        self.read(wanted.iter().map(|(name, _)| *name).collect());
        let will_do = |name, requirement| self.newest(name, requirement).is_some();
        let outdated = wanted.iter().filter(|(name, requirement)| !will_do(name, requirement));
        self.renew(outdated.map(|(name, _)| *name).collect());
    }

    /// Learns the histories of packages that are not known yet.
    fn read(&mut self, mut names: BTreeSet<&str>) {
        names.retain(|name| !self.histories.contains_key(*name));
        // Any version will do to learn the history.
        let any_version = |name: &&str| from_registry(name, Version::new(0, 0, 0));
        let asked: Vec<Package> = names.iter().map(any_version).collect();
        let facts = self.index.look_up(&asked);
        let names = names.into_iter().map(str::to_owned);
        self.histories.extend(names.zip(facts.histories));
    }

    /// Asks the registry about packages, where it may be asked.
    fn renew(&mut self, names: BTreeSet<&str>) {
        let Some(sparse) = &mut self.index.sparse else { return };
        let unanswered = sparse.renew(names.clone()).into_iter();
        self.unanswered.extend(unanswered.map(|(name, why)| (name.to_owned(), why)));
        self.histories.retain(|name, _| !names.contains(name.as_str()));
        self.read(names);
    }

    pub(super) fn not_known(&self, name: &str, version: Option<&Version>) -> Error {
        let what = version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
        if let Some(later) = self.later_release(name, version) {
            let why =
                format!("no release `{what}` was published by {}: it is of {later}", self.as_of);
            return Error::new(Failure::Source, why).help("choose a later `--as-of`");
        }
        let unanswered = self.unanswered.get(name).copied();
        let why = unanswered.or_else(|| self.histories.get(name)?.missing());
        let why = why.map_or("the index entry has no such release", Missing::reason);
        let help = if self.index.sparse.is_some() {
            "correct it, or run with `--refresh`, which asks about what is remembered as well"
        } else {
            "run with `--online`, or run `cargo info` on it once, so that Cargo caches its index \
             entry"
        };
        Error::new(Failure::Source, format!("no release `{what}` is known: {why}")).help(help)
    }

    /// The first day after the one judged for on which what is asked for was published.
    fn later_release(&self, name: &str, version: Option<&Version>) -> Option<Date> {
        let history = self.histories.get(name)?.known()?;
        let wanted = version.map(ToString::to_string);
        let releases = history.releases.iter();
        let named = releases.filter(|it| wanted.as_ref().is_none_or(|named| it.version == *named));
        named.filter_map(day).filter(|day| *day > self.as_of).min()
    }

    /// The package that a dependency gets, as Cargo chooses for an empty lockfile: the newest
    /// release that the requirement accepts, where its range of compatible versions is still free
    /// or holds that very release. A new package is added.
    pub(super) fn place(&mut self, packages: &mut Vec<Package>, wanted: &Dependency) -> Placed {
        let (name, requirement) = needed(wanted);
        let mut candidates: Vec<Version> = self
            .releases(name, &requirement)
            .filter(|(_, yanked)| !yanked)
            .map(|(version, _)| version)
            .collect();
        let locked = packages.iter().filter(|it| it.name == name).map(|it| &it.version);
        candidates.extend(locked.filter(|version| requirement.matches(version)).cloned());
        candidates.sort();
        for version in candidates.iter().rev() {
            let range = range_of(version);
            let mut holders = (0..)
                .zip(packages.iter())
                .filter(|(_, package)| package.name == name && range_of(&package.version) == range);
            let held = holders.clone().find(|(_, package)| package.version == *version);
            if let Some((position, _)) = held {
                return Placed::At(position);
            }
            if holders.next().is_none() && self.is_within_limits(name, version) {
                packages.push(from_registry(name, version.clone()));
                return at_end(packages);
            }
        }
        let Some(newest) = candidates.pop() else { return Placed::Nowhere };
        let limits = self.limits.entry((name.to_owned(), range_of(&newest))).or_default();
        if !limits.contains(&requirement) {
            limits.push(requirement);
            return Placed::Conflict;
        }
        // No version suits all: Cargo would refuse. Both are shown rather than none.
        packages.push(from_registry(name, newest));
        at_end(packages)
    }

    fn is_within_limits(&self, name: &str, version: &Version) -> bool {
        let limits = self.limits.get(&(name.to_owned(), range_of(version)));
        limits.is_none_or(|limits| limits.iter().all(|limit| limit.matches(version)))
    }

    /// The newest release that a requirement accepts and that is not yanked.
    fn newest(&self, name: &str, requirement: &VersionReq) -> Option<Version> {
        let releases = self.releases(name, requirement);
        releases.filter(|(_, yanked)| !yanked).map(|(version, _)| version).max()
    }

    /// The known releases that a requirement accepts, and whether each is yanked.
    fn releases(
        &self,
        name: &str,
        requirement: &VersionReq,
    ) -> impl Iterator<Item = (Version, bool)> {
        let published = self.published(name);
        published
            .filter(|(version, _)| requirement.matches(version))
            .map(|(version, release)| (version, release.yanked))
    }

    /// The releases by the day judged for; one without a day counts.
    fn published(&self, name: &str) -> impl Iterator<Item = (Version, &Release)> {
        let history = self.histories.get(name).and_then(Observed::known);
        let releases = history.into_iter().flat_map(|history| &history.releases);
        let by_then = releases.filter(|it| day(it).is_none_or(|day| day <= self.as_of));
        by_then.filter_map(|release| Some((Version::parse(&release.version).ok()?, release)))
    }
}

/// The day of a release, in UTC.
fn day(release: &Release) -> Option<Date> {
    release.published.map(|time| Offset::UTC.to_datetime(time).date())
}

fn at_end(packages: &[Package]) -> Placed {
    u32::try_from(packages.len() - 1).map_or(Placed::Nowhere, Placed::At)
}
