//! Gathers the inputs of an intake check: a package that is not in any lockfile yet, and the tree
//! it would bring along.
//!
//! A stand-in workspace depends on the package alone. Its lockfile is made from the registry's
//! index: for each dependency the newest release that the requirement accepts, one for each
//! range of compatible versions. That is what Cargo does for an empty lockfile, except that it
//! steps back from a conflict, which needs another look here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use semver::{Version, VersionReq};

use crate::model::{
    Declaration, DeclaredSource, Dependency, DependencyKind, Error, Failure, Missing, Observed,
    Package, PackageIndex, Packaged, Registry, ReleaseHistory, Resolver, Source,
};
use crate::resolve::{self, Selection};
use crate::world::registry::{RegistryFacts, SparseIndex};

/// Name of the stand-in workspace; no registry accepts a name with a space.
pub const STAND_IN: &str = "your workspace";

/// The most packages that are locked for a check.
const MOST_PACKAGES: usize = 20_000;

/// A lockfile made for a check, with what the registry index says. Lists are by position; the
/// packages are sorted.
#[derive(Debug)]
pub struct Intake {
    /// The stand-in workspace and the packages it would lock.
    pub packages: Vec<Package>,
    /// Positions each package depends on.
    pub locked: Vec<Vec<u32>>,
    /// What each package declares.
    pub declarations: Vec<Observed<Arc<Declaration>>>,
    /// What each package's own manifest says.
    pub packaged: Vec<Observed<Packaged>>,
    /// The releases of each package.
    pub histories: Vec<Observed<Arc<ReleaseHistory>>>,
    /// Dependencies that no known release satisfies, in words.
    pub unsatisfied: Vec<String>,
}

/// Where packages are looked up.
pub struct Index<'a> {
    /// What this machine knows of packages, by position.
    pub local: &'a dyn Fn(&[Package]) -> RegistryFacts,
    /// The index of the public registry, where it may be asked.
    pub sparse: Option<SparseIndex<'a>>,
}

impl Index<'_> {
    fn look_up(&mut self, packages: &[Package]) -> RegistryFacts {
        let mut facts = (self.local)(packages);
        if let Some(sparse) = &mut self.sparse {
            sparse.complete(packages, &mut facts);
        }
        facts
    }
}

/// Locks `name`, at `version` or else at its newest release, with all it needs. A version that
/// is named may be yanked.
///
/// # Errors
/// [`Failure::Source`] where the package or the version is not known.
pub fn lock(
    name: &str,
    version: Option<&Version>,
    selection: &Selection,
    index: Index<'_>,
) -> Result<Intake, Error> {
    let mut catalogue =
        Catalogue { index, histories: BTreeMap::new(), unanswered: BTreeMap::new() };
    let wanted =
        catalogue.subject(name, version).ok_or_else(|| catalogue.not_known(name, version))?;
    let mut packages = vec![stand_in(), from_registry(name, wanted.clone())];
    let mut locked: Vec<Vec<u32>> = vec![vec![1], Vec::new()];
    let mut unsatisfied = Vec::new();
    loop {
        let facts = catalogue.index.look_up(&packages);
        let mut declarations = facts.declarations;
        declarations[0] = Observed::Known(Arc::new(depends_on(name, &wanted)));
        let packaged = facts.packaged.iter().map(Observed::known);
        let proc_macro: Vec<bool> = packaged.map(|it| it.is_some_and(|it| it.proc_macro)).collect();
        let input = resolve::Input {
            packages: &packages,
            locked: &locked,
            declarations: &declarations,
            proc_macro: &proc_macro,
            members: &[PackageIndex(0)],
            resolver: Resolver::Two,
        };
        let missing = resolve::unlocked(input, selection).map_err(Error::input)?;
        let missing: Vec<(PackageIndex, Dependency)> =
            missing.into_iter().map(|(from, dependency)| (from, dependency.clone())).collect();
        catalogue.learn(&missing.iter().map(|(_, it)| needed(it)).collect::<Vec<_>>());
        unsatisfied.clear();
        let before = (packages.len(), locked.iter().map(Vec::len).sum::<usize>());
        for (from, dependency) in missing {
            match catalogue.place(&mut packages, &dependency) {
                Some(to) => {
                    locked.resize(packages.len(), Vec::new());
                    locked[from.get()].push(to);
                }
                None => unsatisfied.push(in_words(&packages[from.get()], &dependency)),
            }
        }
        let after = (packages.len(), locked.iter().map(Vec::len).sum::<usize>());
        if after == before || packages.len() > MOST_PACKAGES {
            let intake = Intake {
                packages,
                locked,
                declarations,
                packaged: facts.packaged,
                histories: facts.histories,
                unsatisfied,
            };
            return Ok(intake.sorted());
        }
    }
}

fn stand_in() -> Package {
    Package { name: STAND_IN.to_owned(), version: Version::new(0, 0, 0), source: Source::Path }
}

fn from_registry(name: &str, version: Version) -> Package {
    Package { name: name.to_owned(), version, source: Source::Registry(Registry::CratesIo) }
}

fn exactly(version: &Version) -> VersionReq {
    let comparator = semver::Comparator {
        op: semver::Op::Exact,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre.clone(),
    };
    VersionReq { comparators: vec![comparator] }
}

/// What the stand-in declares: the package, with its default features.
fn depends_on(name: &str, version: &Version) -> Declaration {
    let dependency = Dependency {
        name: name.into(),
        package: name.into(),
        from: DeclaredSource::Registry,
        requirement: Some(exactly(version)),
        kind: DependencyKind::Normal,
        optional: false,
        default_features: true,
        features: Vec::new(),
        target: None,
    };
    Declaration { dependencies: vec![dependency], features: BTreeMap::new() }
}

fn in_words(from: &Package, dependency: &Dependency) -> String {
    let accepts = dependency.requirement.as_ref().map_or("*".to_owned(), ToString::to_string);
    format!("{} {} needs {} {accepts}", from.name, from.version, dependency.package)
}

/// The name of the package that a dependency needs, and which of its versions will do.
fn needed(dependency: &Dependency) -> (&str, VersionReq) {
    (&dependency.package, dependency.requirement.clone().unwrap_or(VersionReq::STAR))
}

/// The index, asked by name.
struct Catalogue<'a> {
    index: Index<'a>,
    histories: BTreeMap<String, Observed<Arc<ReleaseHistory>>>,
    /// Why the registry had no answer, where it was asked in spite of a local entry.
    unanswered: BTreeMap<String, Missing>,
}

impl Catalogue<'_> {
    /// The version to check: the named one, or the newest that is not yanked.
    fn subject(&mut self, name: &str, version: Option<&Version>) -> Option<Version> {
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
    fn learn(&mut self, wanted: &[(&str, VersionReq)]) {
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

    fn not_known(&self, name: &str, version: Option<&Version>) -> Error {
        let what = version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
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

    /// The position of the package that a dependency gets: a locked one that it accepts, else
    /// the newest release that it accepts. `None` where there is none.
    fn place(&self, packages: &mut Vec<Package>, wanted: &Dependency) -> Option<u32> {
        let (name, requirement) = needed(wanted);
        let accepted =
            |package: &Package| package.name == name && requirement.matches(&package.version);
        let position = packages.iter().position(accepted);
        let position = match position {
            Some(position) => position,
            None => {
                let version = self.newest(name, &requirement)?;
                packages.push(from_registry(name, version));
                packages.len() - 1
            }
        };
        u32::try_from(position).ok()
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
        let history = self.histories.get(name).and_then(Observed::known);
        let releases = history.into_iter().flat_map(|history| &history.releases);
        let versions = releases
            .filter_map(|release| Some((Version::parse(&release.version).ok()?, release.yanked)));
        versions.filter(|(version, _)| requirement.matches(version))
    }
}

impl Intake {
    /// The position of the stand-in workspace.
    pub fn members(&self) -> Vec<PackageIndex> {
        let positions = (0..).map(PackageIndex).zip(&self.packages);
        positions
            .filter(|(_, it)| it.source == Source::Path)
            .map(|(position, _)| position)
            .collect()
    }

    /// The same with the packages sorted.
    fn sorted(self) -> Self {
        let mut order: Vec<usize> = (0..self.packages.len()).collect();
        order.sort_by(|&a, &b| self.packages[a].cmp(&self.packages[b]));
        let mut moved = vec![0; order.len()];
        for (to, &from) in (0..).zip(&order) {
            moved[from] = to;
        }
        let relinked = |from: &usize| {
            let mut to: Vec<u32> =
                self.locked[*from].iter().map(|&at| moved[at as usize]).collect();
            to.sort_unstable();
            to.dedup();
            to
        };
        Self {
            locked: order.iter().map(relinked).collect(),
            packages: order.iter().map(|&at| self.packages[at].clone()).collect(),
            declarations: order.iter().map(|&at| self.declarations[at].clone()).collect(),
            packaged: order.iter().map(|&at| self.packaged[at].clone()).collect(),
            histories: order.iter().map(|&at| self.histories[at].clone()).collect(),
            unsatisfied: self.unsatisfied,
        }
    }
}
