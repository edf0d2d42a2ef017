//! `Cargo.lock`, versions 1 to 4.
//!
//! Own borrowed structs rather than the `cargo-lock` crate: it takes half the time, keeps the
//! line of an error, and lets hostile names through to be shown escaped instead of refused.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use semver::Version;
use serde::Deserialize;

use super::{ReadError, line_of};
use crate::model::{Package, Registry, Source, without_secrets};

/// The newest lockfile version that is understood.
pub const NEWEST_VERSION: u32 = 4;

/// A lockfile: packages in sorted order and, by position, what each depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockfile {
    /// Locked packages, sorted.
    pub packages: Vec<Package>,
    /// For each package, positions of the packages it depends on, ascending, each once.
    pub dependencies: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
struct WireLock<'a> {
    version: Option<u32>,
    #[serde(borrow, default)]
    package: Vec<WirePackage<'a>>,
    /// The root package, in lockfiles written before 2017.
    #[serde(borrow)]
    root: Option<WirePackage<'a>>,
}

#[derive(Deserialize)]
struct WirePackage<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    dependencies: Vec<Cow<'a, str>>,
    /// The package that `[replace]` puts in its place.
    #[serde(borrow)]
    replace: Option<Cow<'a, str>>,
}

/// Reads a lockfile.
///
/// # Errors
/// Where the text is not a lockfile, is of a version newer than [`NEWEST_VERSION`], names a
/// version that is not semantic, or a dependency that it does not contain. The line is given
/// where it is known.
pub fn parse(text: &str) -> Result<Lockfile, ReadError> {
    let wire: WireLock<'_> = toml::from_str(text).map_err(|error| explain(text, &error))?;
    if let Some(version) = wire.version
        && version > NEWEST_VERSION
    {
        return Err(ReadError::new(format!(
            "lockfile version {version} is newer than the newest known, {NEWEST_VERSION}"
        )));
    }
    let mut found = Vec::with_capacity(wire.package.len() + 1);
    for package in wire.root.into_iter().chain(wire.package) {
        let identity = Package {
            version: parse_version(text, &package)?,
            source: parse_source(package.source.as_deref()),
            name: package.name.into_owned(),
        };
        found
            .push((identity, Names { depends_on: package.dependencies, replace: package.replace }));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(twice) = found.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let package = &twice[0].0;
        return Err(ReadError::new(format!(
            "`{}` {} is listed twice",
            package.name, package.version
        )));
    }
    link(text, found)
}

fn explain(text: &str, error: &toml::de::Error) -> ReadError {
    match text.lines().position(|line| line.starts_with("<<<<<<<")) {
        Some(line) => ReadError {
            message: "unresolved merge conflict; resolve it and run `cargo generate-lockfile`"
                .into(),
            line: Some(line + 1),
        },
        None => ReadError::from_toml(text, error),
    }
}

fn parse_version(text: &str, package: &WirePackage<'_>) -> Result<Version, ReadError> {
    package.version.parse().map_err(|error| ReadError {
        message: format!("`{}` has version `{}`: {error}", package.name, package.version),
        line: text
            .find(&format!("version = \"{}\"", package.version))
            .map(|offset| line_of(text, offset)),
    })
}

/// Understands the `source` of a package. A source of unknown kind counts as a registry of its
/// own, so that nothing is taken for the public registry by mistake.
fn parse_source(source: Option<&str>) -> Source {
    let Some(source) = source else { return Source::Path };
    if let Some(git) = source.strip_prefix("git+") {
        let (address, commit) = git.split_once('#').unwrap_or((git, ""));
        let (url, reference) = address.split_once('?').unwrap_or((address, ""));
        return Source::Git {
            url: url.to_owned(),
            reference: reference.to_owned(),
            commit: commit.to_owned(),
        };
    }
    Source::Registry(Registry::at(source))
}

/// The packages that one speaks of, as written.
struct Names<'a> {
    depends_on: Vec<Cow<'a, str>>,
    replace: Option<Cow<'a, str>>,
}

type Found<'a> = (Package, Names<'a>);

fn link(text: &str, found: Vec<Found<'_>>) -> Result<Lockfile, ReadError> {
    // The packages are sorted, so that those of one name lie side by side, by version.
    let mut by_name: HashMap<&str, Range<usize>> = HashMap::with_capacity(found.len());
    for (position, (package, _)) in found.iter().enumerate() {
        by_name.entry(&package.name).or_insert(position..position).end = position + 1;
    }
    let named = |package: &Package, speaks: &str, name: &str| {
        find(&found, &by_name, name).ok_or_else(|| ReadError {
            message: format!(
                "`{}` {speaks} `{}`, which the lockfile does not contain; \
                 run `cargo generate-lockfile`",
                package.name,
                without_secrets(name)
            ),
            line: text.find(&format!("\"{name}\"")).map(|at| line_of(text, at)),
        })
    };
    let mut replaced = HashMap::new();
    for (position, (package, names)) in (0..).zip(&found) {
        if let Some(replacement) = &names.replace {
            replaced.insert(position, named(package, "is replaced by", replacement)?);
        }
    }
    let mut dependencies = Vec::with_capacity(found.len());
    for (package, names) in &found {
        let mut positions = Vec::with_capacity(names.depends_on.len());
        for dependency in &names.depends_on {
            let position = named(package, "depends on", dependency)?;
            // What is replaced is in the lockfile for its name only.
            positions.push(replaced.get(&position).copied().unwrap_or(position));
        }
        positions.sort_unstable();
        positions.dedup();
        dependencies.push(positions);
    }
    let packages = found.into_iter().map(|(package, _)| package).collect();
    Ok(Lockfile { packages, dependencies })
}

/// Finds the package that `name`, `name version` or `name version (source)` speaks of. Cargo
/// writes as much as is needed to be unique, and git sources without the commit. A name without a
/// source is that of a local package where there is one, as that has no source to write.
fn find(found: &[Found<'_>], by_name: &HashMap<&str, Range<usize>>, wanted: &str) -> Option<u32> {
    let mut parts = wanted.splitn(3, ' ');
    let Range { mut start, mut end } = by_name.get(parts.next()?)?.clone();
    if let Some(version) = parts.next() {
        let version: Version = version.parse().ok()?;
        let named = &found[start..end];
        end = start + named.partition_point(|(package, _)| package.version <= version);
        start += named.partition_point(|(package, _)| package.version < version);
    }
    let source = parts
        .next()
        .map(|source| parse_source(Some(source.trim_start_matches('(').trim_end_matches(')'))));
    let mut candidates = start..end;
    let position = match &source {
        Some(source) => {
            let at = |as_master| {
                candidates.clone().find(|&at| same_place(source, &found[at].0.source, as_master))
            };
            at(false).or_else(|| at(true))?
        }
        None => {
            let local = candidates.clone().find(|&at| found[at].0.source == Source::Path);
            local.or_else(|| candidates.next())?
        }
    };
    u32::try_from(position).ok()
}

/// Whether two sources are one. Older releases of Cargo wrote a git source without a reference also
/// where `master` was asked for, and `as_master` takes the two for the same.
fn same_place(wanted: &Source, found: &Source, as_master: bool) -> bool {
    let plain = |reference: &str| match reference {
        "branch=master" if as_master => String::new(),
        reference => reference.to_owned(),
    };
    match (wanted, found) {
        (
            Source::Git { url: a, reference: x, commit },
            Source::Git { url: b, reference: y, commit: locked },
        ) => a == b && plain(x) == plain(y) && (commit.is_empty() || commit == locked),
        _ => wanted == found,
    }
}

#[cfg(test)]
mod tests;
