//! Joins declared dependencies with the locked packages they resolved to.

use std::collections::HashMap;

use super::{Input, Platforms};
use crate::model::{Dependency, DependencyKind, Package, Source};

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
    let mut links = Vec::with_capacity(input.packages.len());
    for (position, declaration) in input.declarations.iter().enumerate() {
        let mut found = Vec::new();
        for declared in declaration.known().iter().flat_map(|declared| &declared.dependencies) {
            // Dev-dependencies count only for members; the lockfile has no others.
            if declared.kind == DependencyKind::Dev && !is_member[position] {
                continue;
            }
            let Some(to) = resolve_one(input.packages, &input.locked[position], declared) else {
                continue;
            };
            let (on_target, on_host) = platforms.ask(declared.target.as_deref());
            found.push(Link { to, declared, on_target, on_host });
        }
        links.push(found);
    }
    links
}

/// The locked package a dependency resolved to: of the packages of that name that the lockfile
/// lists for the dependent, the newest that satisfies the requirement. A single candidate that
/// does not satisfy it (a patch, a pre-release from git) is still the one.
fn resolve_one(packages: &[Package], locked: &[u32], declared: &Dependency) -> Option<u32> {
    let candidates =
        || locked.iter().copied().filter(|&at| packages[at as usize].name == declared.package);
    let satisfies = |&at: &u32| {
        let package = &packages[at as usize];
        match &declared.requirement {
            Some(requirement) => requirement.matches(&package.version),
            // Without a requirement the dependency is on a git repository or a path.
            None => !matches!(package.source, Source::Registry(_)),
        }
    };
    let newest = candidates().filter(satisfies).max_by_key(|&at| &packages[at as usize].version);
    newest.or_else(|| {
        let mut all = candidates();
        let first = all.next()?;
        all.next().is_none().then_some(first)
    })
}

/// Answers of the platforms, each expression evaluated once.
struct PlatformAnswers<'a> {
    platforms: &'a Platforms,
    host: Option<super::Platform>,
    known: HashMap<String, (bool, bool)>,
}

impl<'a> PlatformAnswers<'a> {
    fn new(platforms: &'a Platforms) -> Self {
        Self { platforms, host: super::Platform::host(), known: HashMap::new() }
    }

    fn ask(&mut self, target: Option<&str>) -> (bool, bool) {
        let Some(target) = target else { return (true, true) };
        if let Some(answer) = self.known.get(target) {
            return *answer;
        }
        let on_host = self.host.as_ref().is_none_or(|host| host.matches(target));
        let answer = match self.platforms {
            Platforms::All => (true, true),
            Platforms::One(platform) => (platform.matches(target), on_host),
        };
        self.known.insert(target.to_owned(), answer);
        answer
    }
}
