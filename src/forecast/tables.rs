//! The tables of a back-test joined by package.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use semver::{Version, VersionReq};
use smol_str::SmolStr;

use super::adoption::adoptions;
use super::commits::CommitDays;
use super::dependents::Dependents;
use super::silent::while_silent;
use super::timeline::{Timeline, day_number, day_of, first_stable, release_features, with_version};
use crate::model::{AdvisoryKind, Feature, Features, Missing, Observed};
use crate::source::backtest::{
    DependentRelease, Label, LockChange, PublishedRelease, RecordedCommit, Unconcerned,
};

/// Packages are dealt to so many folds by a checksum of their name.
pub(super) const FOLDS: u32 = 5;

/// Days from the usage of a year before to that of today.
pub(super) const YEAR: i32 = 365;

/// All packages with their histories.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// The packages, by name.
    pub packages: Vec<PackageRecord>,
    /// Commits by repository.
    histories: Vec<CommitDays>,
    /// The last day of which the labels tell; nothing after it is used.
    pub cut: i32,
    has_labels: bool,
    has_dependents: bool,
    has_locks: bool,
    packages_with_owner: Option<usize>,
}

/// The history of a package.
#[derive(Debug, Clone, Default)]
pub struct PackageRecord {
    /// Its name.
    pub name: SmolStr,
    /// The days of its releases.
    pub timeline: Timeline,
    /// Advisories of vulnerabilities and unsoundness, those of one day as one.
    pub disclosures: Vec<Disclosure>,
    /// The day on which an advisory that nobody maintains it first appeared.
    pub unmaintained: Option<i32>,
    /// Advisories that nobody maintains it, those withdrawn left out.
    pub notices: Vec<Notice>,
    /// Who depends on it when.
    pub dependents: Dependents,
    /// Whose lockfile holds it when.
    adoption: Dependents,
    /// Its fold in cross-validation.
    pub fold: u32,
    /// The first package of the owner of its repository; itself where none is known.
    pub(super) owner: u32,
    /// The first day with a stable release.
    first_stable: Option<i32>,
    /// The place of its repository's commits, where they are known.
    pub(super) history: Option<u32>,
}

/// An advisory that nobody maintains a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The day it first appeared.
    pub first_seen: i32,
    /// The first day with a release that it does not concern.
    pub spared: Option<i32>,
}

impl Notice {
    /// Whether it is about the project as it stood on a day, and not about old versions of it:
    /// whether it concerned every release of that day.
    pub fn is_about_project(&self, as_of: i32) -> bool {
        self.spared.is_none_or(|spared| spared > as_of)
    }
}

/// The disclosure of one or several vulnerabilities of a package on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The earliest date that its advisories bear themselves, never after `first_seen`.
    pub date: i32,
    /// The day its advisories first appeared.
    pub first_seen: i32,
    /// The first day on which all of them were fixed by some release.
    pub fixed: Option<i32>,
    /// The day all of them were withdrawn.
    pub withdrawn: Option<i32>,
    /// Whether one is a vulnerability and not only unsoundness.
    pub is_vulnerability: bool,
}

impl Tables {
    /// Joins releases, labels where there are any, and versions that advisories do not concern. Nothing after `cut` is
    /// taken in.
    pub fn new(
        releases: &[PublishedRelease],
        labels: Option<&[Label]>,
        unconcerned: &BTreeMap<String, Unconcerned>,
        cut: Date,
    ) -> Self {
        let cut = day_number(cut);
        let mut by_name = BTreeMap::<&SmolStr, Vec<(i32, &SmolStr)>>::new();
        for release in releases {
            let day = day_of(release.published);
            if day <= cut {
                by_name.entry(&release.package).or_default().push((day, &release.version));
            }
        }
        let mut by_package = BTreeMap::<&SmolStr, Vec<&Label>>::new();
        for label in
            labels.iter().copied().flatten().filter(|label| day_number(label.first_seen) <= cut)
        {
            by_package.entry(&label.package).or_default().push(label);
        }
        let record = |(name, releases): (&SmolStr, Vec<(i32, &SmolStr)>)| {
            let labels = by_package.get(name).map_or(&[][..], Vec::as_slice);
            PackageRecord::new(name, &releases, labels, unconcerned)
        };
        let mut packages: Vec<PackageRecord> = by_name.into_iter().map(record).collect();
        for (place, package) in packages.iter_mut().enumerate() {
            package.owner = place as u32;
        }
        Self { packages, cut, has_labels: labels.is_some(), ..Self::default() }
    }

    /// Takes in who depends on whom.
    #[must_use]
    pub fn with_dependencies(mut self, mut releases: Vec<DependentRelease>) -> Self {
        self.has_dependents = true;
        releases.sort_by(|a, b| (&a.package, a.published).cmp(&(&b.package, b.published)));
        for history in releases.chunk_by(|a, b| a.package == b.package) {
            let mut current = BTreeMap::<&SmolStr, i32>::new();
            for release in history {
                let day = day_of(release.published);
                let now: BTreeSet<&SmolStr> = release.dependencies.iter().collect();
                let gone: Vec<&SmolStr> =
                    current.keys().copied().filter(|name| !now.contains(name)).collect();
                for name in gone {
                    let from = current.remove(name).unwrap_or(day);
                    self.add_dependent(name, from, Some(day));
                }
                for name in now {
                    current.entry(name).or_insert(day);
                }
            }
            for (name, from) in current {
                self.add_dependent(name, from, None);
            }
        }
        self.packages.iter_mut().for_each(|package| package.dependents.sort());
        self
    }

    fn add_dependent(&mut self, name: &SmolStr, from: i32, until: Option<i32>) {
        if let Ok(place) = self.packages.binary_search_by(|it| it.name.cmp(name)) {
            self.packages[place].dependents.add(from, until);
        }
    }

    /// Takes in which packages share an owner of repositories, so that they are resampled as one.
    ///
    /// A table of repositories made from package caches covers survivors: that a package has no
    /// row says that it did not last. Do not make features of it.
    #[must_use]
    pub fn with_repositories(mut self, repositories: &BTreeMap<SmolStr, String>) -> Self {
        let mut first_of = BTreeMap::<&str, u32>::new();
        let mut known = 0;
        for (place, package) in self.packages.iter_mut().enumerate() {
            package.owner = match repositories.get(&package.name).and_then(|it| owner(it)) {
                Some(owner) => {
                    known += 1;
                    *first_of.entry(owner).or_insert(place as u32)
                }
                None => place as u32,
            };
        }
        self.packages_with_owner = Some(known);
        self
    }

    /// Takes in commits. A package whose own declaration names another repository is left out: an
    /// example within a repository may bear the name of a published package.
    #[must_use]
    pub fn with_commits(
        mut self,
        commits: &[RecordedCommit],
        repositories: &BTreeMap<SmolStr, SmolStr>,
        declared: &BTreeMap<SmolStr, String>,
    ) -> Self {
        let mut by_repository = BTreeMap::<&SmolStr, Vec<&RecordedCommit>>::new();
        for commit in commits {
            by_repository.entry(&commit.repository).or_default().push(commit);
        }
        let places: Vec<&SmolStr> = by_repository.keys().copied().collect();
        for package in &mut self.packages {
            let Some(repository) = repositories.get(&package.name) else { continue };
            let name = format!("/{}", repository.to_ascii_lowercase());
            let declares = declared.get(&package.name);
            if declares.is_none_or(|address| address.ends_with(&name)) {
                package.history = places.binary_search(&repository).ok().map(|it| it as u32);
            }
        }
        let days = by_repository.values().map(|commits| CommitDays::new(commits.iter().copied()));
        self.histories = days.collect();
        self
    }

    /// Takes in what real lockfiles held.
    #[must_use]
    pub fn with_locks(mut self, changes: &[LockChange]) -> Self {
        self.has_locks = true;
        let mut adoptions = adoptions(changes);
        for package in &mut self.packages {
            package.adoption = adoptions.remove(&package.name).unwrap_or_default();
        }
        self
    }

    /// Whether lockfiles were taken in.
    pub(super) fn has_locks(&self) -> bool {
        self.has_locks
    }

    /// Packages the owner of whose repository is known; `None` where no repositories were taken
    /// in.
    pub fn packages_with_owner(&self) -> Option<usize> {
        self.packages_with_owner
    }

    /// Repositories whose lockfile holds some version of the package at `place` at the end of a
    /// day; `None` where no lockfiles were taken in.
    pub fn adoption(&self, place: usize, as_of: i32) -> Option<usize> {
        let package = self.packages.get(place).filter(|_| self.has_locks)?;
        Some(package.adoption.on(as_of))
    }

    /// Packages whose repository's commits are known.
    pub fn packages_with_commits(&self) -> usize {
        self.packages.iter().filter(|package| package.history.is_some()).count()
    }

    /// All features of a package as known at the end of a day.
    pub fn features(&self, package: &PackageRecord, as_of: i32) -> Features {
        let known = |has: bool, value: f64| {
            if has { Observed::Known(value) } else { Observed::Missing(Missing::NotAsked) }
        };
        let mut features =
            with_version(release_features(&package.timeline, as_of), package.first_stable, as_of);
        let (dependents, adoption) = (&package.dependents, &package.adoption);
        let values = [
            (Feature::Dependents, self.has_dependents, dependents.on(as_of)),
            (Feature::DependentsYearBefore, self.has_dependents, dependents.on(as_of - YEAR)),
            (Feature::Lockfiles, self.has_locks, adoption.on(as_of)),
            (Feature::LockfilesYearBefore, self.has_locks, adoption.on(as_of - YEAR)),
            (Feature::PastDisclosures, self.has_labels, package.past_disclosures(as_of)),
        ];
        for (feature, has, value) in values {
            features = features.with(feature, known(has, value as f64));
        }
        let features = while_silent(features);
        match package.history {
            Some(history) => self.histories[history as usize].describe(features, as_of),
            None => features,
        }
    }
}

impl PackageRecord {
    fn new(
        name: &SmolStr,
        releases: &[(i32, &SmolStr)],
        labels: &[&Label],
        unconcerned: &BTreeMap<String, Unconcerned>,
    ) -> Self {
        let in_force = labels.iter().filter(|label| label.withdrawn.is_none());
        let unmaintained = in_force
            .filter(|label| label.kind == AdvisoryKind::Unmaintained)
            .map(|label| day_number(label.first_seen))
            .min();
        let notice = |label: &&Label| Notice {
            first_seen: day_number(label.first_seen),
            spared: unconcerned.get(&label.id).and_then(|it| {
                let spared = [&it.patched, &it.unaffected];
                spared.iter().filter_map(|it| first_matching(releases, it)).min()
            }),
        };
        let is_notice =
            |label: &&&Label| label.withdrawn.is_none() && label.kind == AdvisoryKind::Unmaintained;
        let notices = labels.iter().filter(is_notice).map(notice).collect();
        let mut by_day = BTreeMap::<i32, Disclosure>::new();
        for label in labels {
            let is_vulnerability = match label.kind {
                AdvisoryKind::Vulnerability => true,
                AdvisoryKind::Unsound => false,
                AdvisoryKind::Unmaintained | AdvisoryKind::Notice => continue,
            };
            let first_seen = day_number(label.first_seen);
            let one = Disclosure {
                date: day_number(label.date).min(first_seen),
                first_seen,
                fixed: unconcerned
                    .get(&label.id)
                    .and_then(|it| first_matching(releases, &it.patched)),
                withdrawn: label.withdrawn.map(day_number),
                is_vulnerability,
            };
            let both = match by_day.remove(&first_seen) {
                Some(other) => other.and(one),
                None => one,
            };
            by_day.insert(first_seen, both);
        }
        Self {
            name: name.clone(),
            timeline: Timeline::new(releases.iter().map(|(day, _)| *day).collect()),
            disclosures: by_day.into_values().collect(),
            unmaintained,
            notices,
            dependents: Dependents::default(),
            adoption: Dependents::default(),
            fold: crc32fast::hash(name.as_bytes()) % FOLDS,
            owner: 0,
            first_stable: first_stable(releases.iter().map(|(day, it)| (*day, it.as_str()))),
            history: None,
        }
    }

    /// Disclosures that had appeared by the day and were not withdrawn by then. What was withdrawn
    /// later still counts: nobody knew.
    fn past_disclosures(&self, as_of: i32) -> usize {
        let known = |it: &&Disclosure| {
            it.first_seen <= as_of && it.withdrawn.is_none_or(|withdrawn| withdrawn > as_of)
        };
        self.disclosures.iter().filter(known).count()
    }
}

impl Disclosure {
    /// Two of one day as one: fixed and withdrawn when both are.
    fn and(self, other: Self) -> Self {
        let both = |a: Option<i32>, b: Option<i32>| a.zip(b).map(|(a, b)| a.max(b));
        Self {
            date: self.date.min(other.date),
            first_seen: self.first_seen,
            fixed: both(self.fixed, other.fixed),
            withdrawn: both(self.withdrawn, other.withdrawn),
            is_vulnerability: self.is_vulnerability || other.is_vulnerability,
        }
    }
}

/// The forge and the first segment of the path of a repository: who owns it.
fn owner(repository: &str) -> Option<&str> {
    let start = repository.find("://").map_or(0, |at| at + 3);
    let address = repository[start..].trim_start_matches("www.");
    let (forge, path) = address.split_once('/')?;
    let name = path.split('/').next().filter(|it| !it.is_empty())?;
    address.get(..forge.len() + 1 + name.len())
}

/// The first day with a release that one of the requirements takes.
fn first_matching(releases: &[(i32, &SmolStr)], requirements: &[VersionReq]) -> Option<i32> {
    let matches = |version: &SmolStr| {
        let version = Version::parse(version);
        version.is_ok_and(|version| requirements.iter().any(|it| it.matches(&version)))
    };
    releases.iter().filter(|(_, version)| matches(version)).map(|(day, _)| *day).min()
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn owners_are_the_first_segment_on_a_forge() {
        let cases = [
            ("https://forge.example/wash/soap", Some("forge.example/wash")),
            ("http://www.forge.example/wash/foam/tree", Some("forge.example/wash")),
            ("forge.example/wash", Some("forge.example/wash")),
            ("https://forge.example/", None),
            ("https://forge.example", None),
            ("", None),
        ];
        for (address, expected) in cases {
            assert_eq!(owner(address), expected, "{address}");
        }
    }
}
