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
use crate::world::registry::RegistryFacts;

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

/// What is known of packages, by position.
pub type Lookup<'a> = dyn FnMut(&[Package]) -> RegistryFacts + 'a;

/// Locks `name`, at `version` or else at its newest release, with all it needs.
///
/// # Errors
/// [`Failure::Source`] where the package or the version is not known.
pub fn lock(
    name: &str,
    version: Option<&Version>,
    selection: &Selection,
    look_up: &mut Lookup<'_>,
) -> Result<Intake, Error> {
    let mut catalogue = Catalogue { look_up, histories: BTreeMap::new() };
    let requirement = match version {
        Some(version) => exactly(version),
        None => VersionReq::STAR,
    };
    let wanted = catalogue
        .newest(name, &requirement)
        .ok_or_else(|| not_known(name, version, &catalogue.histories))?;
    let mut packages = vec![stand_in(), from_registry(name, wanted.clone())];
    let mut locked: Vec<Vec<u32>> = vec![vec![1], Vec::new()];
    let mut unsatisfied = Vec::new();
    loop {
        let facts = (catalogue.look_up)(&packages);
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
        catalogue.learn(missing.iter().map(|(_, dependency)| dependency.package.as_str()));
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

fn not_known(name: &str, version: Option<&Version>, histories: &Histories) -> Error {
    let what = version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
    let why = histories.get(name).and_then(Observed::missing);
    let why = why.map_or("the index entry has no such release", Missing::reason);
    Error::new(Failure::Source, format!("no release `{what}` is known: {why}")).help(
        "run with `--online`, or run `cargo info` on it once, so that Cargo caches its index entry",
    )
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
        name: name.to_owned(),
        package: name.to_owned(),
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

type Histories = BTreeMap<String, Observed<Arc<ReleaseHistory>>>;

/// The index, asked by name.
struct Catalogue<'a, 'b> {
    look_up: &'a mut Lookup<'b>,
    histories: Histories,
}

impl Catalogue<'_, '_> {
    /// Learns the histories of packages that are not known yet, all at once.
    fn learn<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let unknown: BTreeSet<&str> =
            names.filter(|name| !self.histories.contains_key(*name)).collect();
        // Any version will do to learn the history.
        let any_version = |name: &&str| from_registry(name, Version::new(0, 0, 0));
        let asked: Vec<Package> = unknown.iter().map(any_version).collect();
        let facts = (self.look_up)(&asked);
        let names = unknown.into_iter().map(str::to_owned);
        self.histories.extend(names.zip(facts.histories));
    }

    /// The position of the package that a dependency gets: a locked one that it accepts, else
    /// the newest release that it accepts. `None` where there is none.
    fn place(&mut self, packages: &mut Vec<Package>, wanted: &Dependency) -> Option<u32> {
        let requirement = wanted.requirement.clone().unwrap_or(VersionReq::STAR);
        let accepted = |package: &Package| {
            package.name == wanted.package && requirement.matches(&package.version)
        };
        let position = packages.iter().position(accepted);
        let position = match position {
            Some(position) => position,
            None => {
                let version = self.newest(&wanted.package, &requirement)?;
                packages.push(from_registry(&wanted.package, version));
                packages.len() - 1
            }
        };
        u32::try_from(position).ok()
    }

    /// The newest release that a requirement accepts and that is not yanked.
    fn newest(&mut self, name: &str, requirement: &VersionReq) -> Option<Version> {
        self.learn(std::iter::once(name));
        let releases =
            self.histories.get(name)?.known()?.releases.iter().filter(|release| !release.yanked);
        let versions = releases.filter_map(|release| Version::parse(&release.version).ok());
        versions.filter(|version| requirement.matches(version)).max()
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
