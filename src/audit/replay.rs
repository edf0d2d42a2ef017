//! Audits of lockfiles of the past with what was public then, for the order in which they ranked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Inputs, audit};
use crate::forecast::{RankedItem, ReplayedAudit};
use crate::model::{
    Audit, Direction, Error, Missing, Observed, Package, PackageIndex, Release, ReleaseHistory,
    Source,
};
use crate::read::cargo_lock::Lockfile;
use crate::source::backtest::PublishedRelease;

/// The lockfile of a project on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLockfile {
    /// Whose it is.
    pub project: String,
    /// The day.
    pub day: Date,
    /// Its path, as the user would name it.
    pub path: String,
    /// The lockfile.
    pub lockfile: Lockfile,
}

/// Audits each lockfile as of its day. `inputs` say what is the same for all of them; histories
/// are made from the releases up to the day, and nothing else is known of a package.
///
/// `progress` is told how many lockfiles are done and how many there are.
///
/// # Errors
/// As for [`audit`].
pub fn replay(
    mut inputs: Inputs,
    releases: &[PublishedRelease],
    lockfiles: Vec<PastLockfile>,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<ReplayedAudit>, Error> {
    let histories = Histories::new(releases);
    let total = lockfiles.len();
    let mut replayed = Vec::with_capacity(total);
    for PastLockfile { project, day, path, lockfile } in lockfiles {
        progress(replayed.len(), total);
        let Lockfile { packages, dependencies } = lockfile;
        let local = (0..).map(PackageIndex).zip(&packages);
        let local = local.filter(|(_, package)| package.source == Source::Path);
        inputs.members = local.map(|(position, _)| position).collect();
        inputs.declarations = vec![Observed::Missing(Missing::NoIndexEntry); packages.len()];
        inputs.packaged = vec![Observed::Missing(Missing::SourceNotCached); packages.len()];
        inputs.histories = packages.iter().map(|it| histories.of(it, day)).collect();
        (inputs.packages, inputs.locked) = (packages, dependencies);
        (inputs.lockfile, inputs.as_of) = (path, day);
        let audit = audit(&inputs)?;
        let (environmentalist, exposure) = (projects(&audit), packages_by_exposure(&audit));
        replayed.push(ReplayedAudit { project, day, environmentalist, exposure });
    }
    Ok(replayed)
}

/// All releases by package, oldest first.
struct Histories<'a>(BTreeMap<&'a str, Vec<&'a PublishedRelease>>);

impl<'a> Histories<'a> {
    fn new(releases: &'a [PublishedRelease]) -> Self {
        let mut by_name = BTreeMap::<&str, Vec<&PublishedRelease>>::new();
        for release in releases {
            by_name.entry(&release.package).or_default().push(release);
        }
        by_name.values_mut().for_each(|releases| releases.sort_by_key(|it| it.published));
        Self(by_name)
    }

    /// The releases up to the end of a day (UTC). Which of them were yanked by then nobody knows.
    fn of(&self, package: &Package, day: Date) -> Observed<Arc<ReleaseHistory>> {
        if !package.is_from_crates_io() {
            return Observed::Missing(Missing::NotFromRegistry);
        }
        let Some(all) = self.0.get(package.name.as_str()) else {
            return Observed::Missing(Missing::NoIndexEntry);
        };
        let is_past = |it: &&&PublishedRelease| Offset::UTC.to_datetime(it.published).date() <= day;
        let release = |it: &&PublishedRelease| Release {
            version: it.version.clone(),
            published: Some(it.published),
            yanked: false,
        };
        let releases = all.iter().take_while(is_past).map(release).collect();
        Observed::Known(Arc::new(ReleaseHistory { releases }))
    }
}

/// The upstream projects in the order of the ranking; packages that it does not hold come after
/// them, each by its name.
fn projects(audit: &Audit) -> Vec<RankedItem> {
    let mut ranked = BTreeSet::new();
    let mut items = Vec::new();
    for (place, project) in audit.ranking.iter().enumerate() {
        ranked.extend(project.packages.iter().copied());
        items.extend(item(audit, &project.packages, Some(place)));
    }
    let apart = by_name(audit).into_values();
    let apart = apart.filter(|versions| !versions.iter().any(|it| ranked.contains(it)));
    items.extend(apart.filter_map(|versions| item(audit, &versions, None)));
    items
}

/// The packages of which some version has no advisory about it, in the order of their exposure.
/// Versions of one name are one, where the first of them stands.
fn packages_by_exposure(audit: &Audit) -> Vec<RankedItem> {
    let with_advisory = audit.findings.iter().filter(|it| it.advisory.is_some());
    let concerned: BTreeSet<PackageIndex> = with_advisory.map(|it| it.package).collect();
    let mut places = BTreeMap::new();
    for (place, exposed) in audit.exposed.iter().enumerate() {
        places.entry(audit.graph.package(exposed.package).name.as_str()).or_insert(place);
    }
    let free = by_name(audit).into_iter();
    let free = free.filter(|(_, versions)| versions.iter().any(|it| !concerned.contains(it)));
    let item = |(name, versions): (&str, Vec<PackageIndex>)| {
        item(audit, &versions, places.get(name).copied())
    };
    free.filter_map(item).collect()
}

/// The packages of the public registry by name.
fn by_name(audit: &Audit) -> BTreeMap<&str, Vec<PackageIndex>> {
    let mut by_name = BTreeMap::<&str, Vec<PackageIndex>>::new();
    for index in audit.graph.indices() {
        let package = audit.graph.package(index);
        if package.is_from_crates_io() {
            by_name.entry(&package.name).or_default().push(index);
        }
    }
    by_name
}

/// These packages as one item; none where none is of the public registry.
fn item(audit: &Audit, packages: &[PackageIndex], place: Option<usize>) -> Option<RankedItem> {
    let public = packages.iter().map(|&it| audit.graph.package(it));
    let names = public.filter(|it| it.is_from_crates_io()).map(|it| it.name.clone());
    let names: BTreeSet<String> = names.collect();
    let facts = packages.iter().map(|it| &audit.facts[it.get()]);
    let ranks = facts.filter_map(|it| Some(it.place.known()?.pagerank));
    (!names.is_empty()).then(|| RankedItem {
        packages: names.into_iter().collect(),
        place,
        reach: dependents(audit, packages) + 1,
        pagerank: ranks.reduce(|sum, rank| sum + rank),
    })
}

/// Packages that depend on these, directly or not, these left out.
fn dependents(audit: &Audit, packages: &[PackageIndex]) -> usize {
    let mut seen = vec![false; audit.graph.len()];
    let mut open = packages.to_vec();
    packages.iter().for_each(|it| seen[it.get()] = true);
    let mut count = 0;
    while let Some(package) = open.pop() {
        for (dependent, _) in audit.graph.neighbours(package, Direction::Dependents) {
            if !std::mem::replace(&mut seen[dependent.get()], true) {
                count += 1;
                open.push(dependent);
            }
        }
    }
    count
}
