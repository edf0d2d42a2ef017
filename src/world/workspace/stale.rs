//! Whether the lockfile fits the manifests, as `cargo --locked` asks.
//!
//! A lockfile that does not fit is not what gets built. What hangs below the misfit is not known,
//! and no verdict over the lockfile is one over the build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use semver::{Prerelease, Version};

use crate::model::{
    Declaration, DeclaredSource, Dependency, DependencyKind, Diagnostic, Package, PackageIndex,
    Registry, Source,
};
use crate::read::cargo_lock::Lockfile;
use crate::read::cargo_manifest::lines::{ManifestLines, lines};
use crate::world::files::{checkout_of, read_text, read_text_inside};

/// The most misfits that are told one by one.
const MOST_TOLD: usize = 20;

/// A local package as its manifest has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) folder: &'a Path,
    pub(super) is_member: bool,
    pub(super) declaration: &'a Declaration,
}

/// What does not fit.
#[derive(Debug, Default)]
pub(super) struct Misfits {
    /// Locked packages of folders that no manifest accounts for.
    pub(super) unclaimed: Vec<PackageIndex>,
    /// Each misfit, with file and line.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What the verdict lacks, in words.
    pub(super) gap: Option<String>,
}

/// Compares the local packages of a lockfile with what the manifests say.
pub(super) fn misfits(lockfile: &Lockfile, lockfile_path: &Path, locals: &[Local<'_>]) -> Misfits {
    let mut locked: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (at, package) in lockfile.packages.iter().enumerate() {
        if package.source == Source::Path {
            locked.insert((&package.name, package.version.to_string()), at);
        }
    }
    let mut unclaimed: BTreeSet<usize> = locked.values().copied().collect();
    for local in locals {
        if let Some(at) = locked.get(&(local.name, local.version.to_owned())) {
            unclaimed.remove(at);
        }
    }
    let mut found = Vec::new();
    for local in locals {
        match locked.get(&(local.name, local.version.to_owned())) {
            Some(&at) => {
                found.extend(unsatisfied(lockfile, at, *local));
                found.extend(undeclared(lockfile, lockfile_path, at, *local));
            }
            None => found.extend(not_locked(lockfile, &unclaimed, *local)),
        }
    }
    found.extend(unclaimed.iter().map(|&at| Misfit {
        what: format!(
            "the lockfile has `{} {}` of a folder, and no manifest of it was found",
            lockfile.packages[at].name, lockfile.packages[at].version
        ),
        path: lockfile_path.to_owned(),
        place: Place::Locked(lockfile.packages[at].name.clone()),
    }));
    let unclaimed = unclaimed.into_iter().map(|at| PackageIndex(at as u32)).collect();
    Misfits { unclaimed, gap: gap(&found), diagnostics: told(&found) }
}

/// Something in a manifest or in the lockfile that does not fit the other.
struct Misfit {
    what: String,
    path: PathBuf,
    place: Place,
}

/// What the line of a misfit is about.
enum Place {
    Version,
    Dependency(String),
    Locked(String),
}

fn gap(found: &[Misfit]) -> Option<String> {
    let first = found.first()?;
    let count = found.len();
    Some(format!(
        "the lockfile is stale: misfits with the manifests: {count}, first: {}",
        first.what
    ))
}

fn told(found: &[Misfit]) -> Vec<Diagnostic> {
    let mut manifests: BTreeMap<&Path, ManifestLines> = BTreeMap::new();
    let mut told: Vec<Diagnostic> = Vec::new();
    for misfit in found.iter().take(MOST_TOLD) {
        let read = || manifest_lines(&misfit.path);
        let line = match &misfit.place {
            Place::Version => manifests.entry(&misfit.path).or_insert_with(read).version,
            Place::Dependency(name) => {
                let manifest = manifests.entry(&misfit.path).or_insert_with(read);
                manifest.dependencies.iter().find(|it| it.name == *name).map(|it| it.line)
            }
            Place::Locked(name) => {
                read_text(&misfit.path).ok().and_then(|text| line_of_locked(&text, name))
            }
        };
        let message = format!(
            "the lockfile is stale: {}; run `cargo update --workspace`, or see what \
             `cargo metadata --locked` says",
            misfit.what
        );
        let path = misfit.path.display().to_string();
        told.push(Diagnostic { line, ..Diagnostic::warning(path, message) });
    }
    if let Some(more) = found.len().checked_sub(MOST_TOLD + 1) {
        let message = format!("the lockfile is stale in {} more places", more + 1);
        let path = found[MOST_TOLD].path.display().to_string();
        told.push(Diagnostic::warning(path, message));
    }
    told
}

fn manifest_lines(path: &Path) -> ManifestLines {
    let checkout = checkout_of(path.parent().unwrap_or(path));
    read_text_inside(path, &checkout).map(|text| lines(&text)).unwrap_or_default()
}

fn line_of_locked(text: &str, name: &str) -> Option<usize> {
    let wanted = format!("name = \"{name}\"");
    text.lines().position(|line| line.trim() == wanted).map(|at| at + 1)
}

/// A member that is not locked as it is, or another local package that is locked as it was. (One
/// that nothing needs, such as an unused patch, is not locked at all.)
fn not_locked(
    lockfile: &Lockfile,
    unclaimed: &BTreeSet<usize>,
    local: Local<'_>,
) -> Option<Misfit> {
    let former = unclaimed.iter().map(|&at| &lockfile.packages[at]);
    let former: Vec<String> =
        former.filter(|it| it.name == local.name).map(|it| it.version.to_string()).collect();
    if !local.is_member && former.is_empty() {
        return None;
    }
    let instead = match former.as_slice() {
        [] => String::new(),
        versions => format!(", which has {}", versions.join(", ")),
    };
    Some(Misfit {
        what: format!("`{} {}` is not in the lockfile{instead}", local.name, local.version),
        path: local.folder.join("Cargo.toml"),
        place: Place::Version,
    })
}

/// The declared dependencies of a locked package that the lockfile does not satisfy. Of a member
/// every dependency is locked, of other packages those that are used.
fn unsatisfied(lockfile: &Lockfile, at: usize, local: Local<'_>) -> Vec<Misfit> {
    let is_locked_for_sure = |dependency: &&Dependency| {
        local.is_member || !dependency.optional && dependency.kind != DependencyKind::Dev
    };
    let declared = local.declaration.dependencies.iter().filter(is_locked_for_sure);
    let mut found: Vec<Misfit> = Vec::new();
    for dependency in declared {
        let locked = lockfile.dependencies[at].iter().map(|&to| &lockfile.packages[to as usize]);
        let named: Vec<&Package> =
            locked.filter(|it| it.name == dependency.package.as_str()).collect();
        let (fit, other): (Vec<&Package>, _) =
            named.iter().copied().partition(|it| accepts(dependency, &it.version));
        if fit.iter().any(|it| may_be_from(dependency, &it.source)) {
            continue;
        }
        let needs = match &dependency.requirement {
            Some(requirement) => format!("`{} {requirement}`", dependency.package),
            None => format!("`{}`", dependency.package),
        };
        let instead = match (fit.as_slice(), other.as_slice()) {
            ([], []) => "does not have for it".to_owned(),
            ([], others) => {
                let versions: Vec<String> =
                    others.iter().map(|it| it.version.to_string()).collect();
                format!("has in version {} for it", versions.join(", "))
            }
            _ => "has from another registry".to_owned(),
        };
        found.push(Misfit {
            what: format!("`{}` needs {needs}, which the lockfile {instead}", local.name),
            path: local.folder.join("Cargo.toml"),
            place: Place::Dependency(dependency.name.to_string()),
        });
    }
    found
}

/// The packages that are locked for a package which does not declare them any more, as one.
fn undeclared(
    lockfile: &Lockfile,
    lockfile_path: &Path,
    at: usize,
    local: Local<'_>,
) -> Option<Misfit> {
    let declared = local.declaration.dependencies.iter().map(|it| it.package.as_str());
    let declared: BTreeSet<&str> = declared.collect();
    let locked = lockfile.dependencies[at].iter().map(|&to| &lockfile.packages[to as usize]);
    let mut left = locked.filter(|package| !declared.contains(package.name.as_str()));
    let first = left.next()?;
    let (more, them) = match left.count() {
        0 => (String::new(), "it"),
        more => (format!(" and {more} more"), "them"),
    };
    Some(Misfit {
        what: format!(
            "the lockfile has `{} {}`{more} for `{}`, which does not declare {them}",
            first.name, first.version, local.name
        ),
        path: lockfile_path.to_owned(),
        place: Place::Locked(local.name.to_owned()),
    })
}

/// Whether a package of this source can stand for a dependency: one of another registry cannot, one
/// of a folder or a git repository may be a patch.
fn may_be_from(dependency: &Dependency, source: &Source) -> bool {
    match (&dependency.from, source) {
        (DeclaredSource::Registry, Source::Registry(found)) => *found == Registry::CratesIo,
        (DeclaredSource::RegistryAt(wanted), Source::Registry(found)) => wanted == found,
        (
            DeclaredSource::Registry | DeclaredSource::RegistryAt(_),
            Source::Git { .. } | Source::Path,
        )
        | (
            DeclaredSource::RegistryNamed(_) | DeclaredSource::Git { .. } | DeclaredSource::Path(_),
            _,
        ) => true,
    }
}

/// Whether a version will do. A pre-release that was asked for by `cargo update --precise` is
/// locked by a requirement that does not name it.
fn accepts(dependency: &Dependency, version: &Version) -> bool {
    let Some(requirement) = &dependency.requirement else { return true };
    let released = Version { pre: Prerelease::EMPTY, ..version.clone() };
    requirement.matches(version) || requirement.matches(&released)
}
