//! Joins declared dependencies with the locked packages they resolved to.

use std::collections::HashMap;

use super::platform::Configuration;
use super::{Input, Platform, Platforms};
use crate::model::{DeclaredSource, Dependency, DependencyKind, Package, Source};

/// A declared dependency and the locked package it resolved to.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) to: u32,
    pub(super) declared: &'a Dependency,
    /// Whether it is used on the selected platform.
    pub(super) on_target: bool,
    /// Whether it is used on the host, where build scripts and procedural macros run.
    pub(super) on_host: bool,
}

/// For each package, its linked dependencies. A package without declaration has none.
pub(super) type Links<'a> = Vec<Vec<Link<'a>>>;

pub(super) fn link<'a>(input: Input<'a>, platforms: &Platforms) -> Links<'a> {
    let mut platforms = PlatformAnswers::new(platforms);
    let mut is_member = vec![false; input.packages.len()];
    for member in input.members {
        is_member[member.get()] = true;
    }
    let declarations = input.declarations.iter().enumerate();
    declarations
        .map(|(position, declaration)| {
            let declared = declaration.known().into_iter().flat_map(|known| &known.dependencies);
            // Dev-dependencies count only for members; the lockfile has no others.
            let counted: Vec<&Dependency> = declared
                .filter(|it| it.kind != DependencyKind::Dev || is_member[position])
                .collect();
            let joins = join(input.packages, &input.locked[position], &counted);
            let link = |(declared, to): (&'a Dependency, u32)| {
                let (on_target, on_host) = platforms.ask(declared.target.as_deref());
                Link { to, declared, on_target, on_host }
            };
            joins.into_iter().map(link).collect()
        })
        .collect()
}

/// Joins the dependencies a package declares with the packages the lockfile lists for it.
///
/// Each declaration takes the best of the locked packages it may mean. A locked package that
/// none has taken then is there for one of the declarations that accept it; which one the
/// lockfile does not say, so that it is joined with all of them.
fn join<'a>(
    packages: &[Package],
    locked: &[u32],
    declared: &[&'a Dependency],
) -> Vec<(&'a Dependency, u32)> {
    let mut joins: Vec<(&Dependency, u32)> = declared
        .iter()
        .filter_map(|dependency| Some((*dependency, best(packages, locked, dependency)?)))
        .collect();
    let taken: Vec<u32> = joins.iter().map(|(_, at)| *at).collect();
    for &left in locked.iter().filter(|at| !taken.contains(at)) {
        let package = &packages[left as usize];
        let accepting = declared.iter().filter(|dependency| {
            dependency.package == package.name && accepts(dependency, package)
        });
        joins.extend(accepting.map(|dependency| (*dependency, left)));
    }
    joins
}

/// Of the locked packages with the name of a dependency, the one from where it is declared to
/// come, and of those the newest. A single candidate that the declaration does not accept (a
/// patch, a pre-release from git) is still the one.
fn best(packages: &[Package], locked: &[u32], declared: &Dependency) -> Option<u32> {
    let named: Vec<u32> = locked
        .iter()
        .copied()
        .filter(|&at| packages[at as usize].name == declared.package)
        .collect();
    let accepted = named.iter().copied().filter(|&at| accepts(declared, &packages[at as usize]));
    let best = accepted.max_by_key(|&at| {
        let package = &packages[at as usize];
        (is_from(declared, package), &package.version)
    });
    best.or_else(|| <[u32; 1]>::try_from(named).ok().map(|[only]| only))
}

fn accepts(declared: &Dependency, package: &Package) -> bool {
    match &declared.requirement {
        Some(requirement) => requirement.matches(&package.version),
        None => is_from(declared, package),
    }
}

fn is_from(declared: &Dependency, package: &Package) -> bool {
    match declared.from {
        DeclaredSource::Registry => matches!(package.source, Source::Registry(_)),
        DeclaredSource::Git => matches!(package.source, Source::Git { .. }),
        // Within a git checkout, the path of another package of the same repository.
        DeclaredSource::Path => matches!(package.source, Source::Path | Source::Git { .. }),
    }
}

/// Answers of the platforms, each expression evaluated once.
pub(super) struct PlatformAnswers {
    /// `None` for every platform at once.
    target: Option<Configuration>,
    host: Option<Configuration>,
    known: HashMap<String, (bool, bool)>,
}

impl PlatformAnswers {
    pub(super) fn new(platforms: &Platforms) -> Self {
        let target = match platforms {
            Platforms::All => None,
            Platforms::One(platform) => Some(platform.configuration()),
        };
        let host = Platform::host().map(|host| host.configuration());
        Self { target, host, known: HashMap::new() }
    }

    pub(super) fn ask(&mut self, target: Option<&str>) -> (bool, bool) {
        let Some(target) = target else { return (true, true) };
        if let Some(answer) = self.known.get(target) {
            return *answer;
        }
        let on_host = self.host.as_ref().is_none_or(|host| host.matches(target));
        let answer = match &self.target {
            None => (true, true),
            Some(platform) => (platform.matches(target), on_host),
        };
        self.known.insert(target.to_owned(), answer);
        answer
    }
}
