//! Gathers the inputs of an intake check: a package that is not in any lockfile yet, and the tree
//! it would bring along.
//!
//! A stand-in workspace depends on the package alone. Its lockfile is made from the registry's
//! index: for each dependency the newest release that the requirement accepts, one for each
//! range of compatible versions, as Cargo does for an empty lockfile. Where a choice turns out to
//! be in the way of another requirement, it starts again knowing that.

mod catalogue;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use semver::{Version, VersionReq};

use crate::model::{
    Declaration, DeclaredSource, Dependency, DependencyKind, Error, Observed, Package,
    PackageIndex, Packaged, Registry, ReleaseHistory, Resolver, Source,
};
use crate::resolve::{self, Selection};
use catalogue::{Catalogue, Placed};

pub use catalogue::Index;

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

/// Locks `name`, at `version` or else at its newest release, with all it needs, from what was
/// published by a day. A version that is named may be yanked.
///
/// # Errors
/// [`Failure::Source`](crate::model::Failure::Source) where the package or the version is not
/// known, or is of a later day.
pub fn lock(
    name: &str,
    version: Option<&Version>,
    selection: &Selection,
    as_of: Date,
    index: Index<'_>,
) -> Result<Intake, Error> {
    let mut catalogue = Catalogue::new(index, as_of);
    let wanted =
        catalogue.subject(name, version).ok_or_else(|| catalogue.not_known(name, version))?;
    loop {
        // Every conflict adds to what the catalogue knows, so that this comes to an end.
        if let Some(intake) = lock_once(&mut catalogue, name, &wanted, selection)? {
            return Ok(intake.sorted());
        }
    }
}

/// Locks everything, or stops at the first choice that turns out to be wrong.
fn lock_once(
    catalogue: &mut Catalogue<'_>,
    name: &str,
    wanted: &Version,
    selection: &Selection,
) -> Result<Option<Intake>, Error> {
    let mut packages = vec![stand_in(), from_registry(name, wanted.clone())];
    let mut locked: Vec<Vec<u32>> = vec![vec![1], Vec::new()];
    loop {
        let facts = catalogue.index.look_up(&packages);
        let mut declarations = facts.declarations;
        declarations[0] = Observed::Known(Arc::new(depends_on(name, wanted)));
        let proc_macro: Vec<_> = facts.packaged.iter().map(resolve::IsProcMacro::of).collect();
        let input = resolve::Input {
            packages: &packages,
            locked: &locked,
            declarations: &declarations,
            proc_macro: &proc_macro,
            members: &[PackageIndex(0)],
            root_package: None,
            resolver: Resolver::Two,
        };
        let missing = resolve::unlocked(input, selection).map_err(Error::input)?;
        let missing: Vec<(PackageIndex, Dependency)> =
            missing.into_iter().map(|(from, dependency)| (from, dependency.clone())).collect();
        catalogue.learn(&missing.iter().map(|(_, it)| needed(it)).collect::<Vec<_>>());
        let mut unsatisfied = Vec::new();
        let before = (packages.len(), locked.iter().map(Vec::len).sum::<usize>());
        for (from, dependency) in missing {
            match catalogue.place(&mut packages, &dependency) {
                Placed::At(to) => {
                    locked.resize(packages.len(), Vec::new());
                    locked[from.get()].push(to);
                }
                Placed::Conflict => return Ok(None),
                Placed::Nowhere => unsatisfied.push(in_words(&packages[from.get()], &dependency)),
            }
        }
        let after = (packages.len(), locked.iter().map(Vec::len).sum::<usize>());
        if after == before || packages.len() > MOST_PACKAGES {
            let (packaged, histories) = (facts.packaged, facts.histories);
            let intake =
                Intake { packages, locked, declarations, packaged, histories, unsatisfied };
            return Ok(Some(intake));
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
        artifact: None,
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

impl Intake {
    /// The position of the stand-in workspace.
    pub fn members(&self) -> Vec<PackageIndex> {
        let positions = (0..).map(PackageIndex).zip(&self.packages);
        positions
            .filter(|(_, it)| it.source == Source::Path)
            .map(|(position, _)| position)
            .collect()
    }

    /// What the tree lacks, in words: packages that are left out, and packages of which it is not
    /// known what they depend on.
    pub fn gaps(&self) -> Vec<String> {
        let declared = self.packages.iter().zip(&self.declarations);
        let undeclared: Vec<String> = declared
            .filter(|(_, declaration)| declaration.known().is_none())
            .map(|(package, _)| format!("`{} {}`", package.name, package.version))
            .collect();
        let mut gaps = Vec::new();
        if let Some(first) = self.unsatisfied.first() {
            let count = self.unsatisfied.len();
            gaps.push(format!(
                "dependencies left out, of which no release is known: {count}, first `{first}`"
            ));
        }
        if let Some(first) = undeclared.first() {
            let count = undeclared.len();
            gaps.push(format!("packages whose dependencies are not known: {count}, first {first}"));
        }
        gaps
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
