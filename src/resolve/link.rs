//! Joins declared dependencies with the locked packages they resolved to.

use std::sync::Arc;

use super::Input;
use super::answers::{Answers, Side, Used};
use crate::model::{
    Artifact, Declaration, DeclaredSource, Dependency, DependencyKind, Observed, Package, Registry,
    Source, canonical_address,
};

/// A declared dependency and the locked package it resolved to.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) to: u32,
    pub(super) declared: &'a Dependency,
    /// The platform of its own that the dependency is built for; never `Target` or `Host`.
    pub(super) artifact: Option<Side>,
    used: Used,
}

impl Link<'_> {
    /// Whether, by what compiler flags set, more platforms may use it than are known to.
    pub(super) fn is_maybe_used(&self) -> bool {
        self.used.maybe_more()
    }

    /// Whether the platform that a link is for, seen from a package of that side, uses it.
    pub(super) fn is_used_on(&self, side: Side) -> bool {
        match self.declared.kind {
            DependencyKind::Build => self.used.on(Side::Host),
            DependencyKind::Normal | DependencyKind::Dev => self.used.on(side),
        }
    }
}

/// For each package, its linked dependencies. A package without declaration has none.
pub(super) type Links<'a> = Vec<Vec<Link<'a>>>;

pub(super) fn link<'a>(input: Input<'a>, answers: &mut Answers) -> Links<'a> {
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
            let joins = join(input, position, &counted);
            joins.into_iter().flat_map(|(declared, to)| links(declared, to, answers)).collect()
        })
        .collect()
}

/// One link, or two where an artifact and the library are asked for.
fn links<'a>(
    declared: &'a Dependency,
    to: u32,
    answers: &mut Answers,
) -> impl Iterator<Item = Link<'a>> + use<'a> {
    let used = answers.ask(declared.target.as_deref());
    let artifact = declared.artifact.as_ref();
    let side = artifact.map(|artifact| answers.side_of(&artifact.target));
    let library = artifact.is_none_or(|artifact| artifact.library);
    let library = library.then_some(Link { to, declared, artifact: None, used });
    let artifact = side.map(|side| Link { to, declared, artifact: Some(side), used });
    library.into_iter().chain(artifact)
}

/// The triples that artifact dependencies are built for.
pub(super) fn artifact_targets(
    declarations: &[Observed<Arc<Declaration>>],
) -> impl Iterator<Item = &str> {
    let known = declarations.iter().filter_map(Observed::known);
    let artifacts = known.flat_map(|it| &it.dependencies).filter_map(|it| it.artifact.as_ref());
    artifacts.map(|Artifact { target, .. }| target.as_str())
}

/// Joins the dependencies a package declares with the packages the lockfile lists for it.
///
/// A locked package that no declaration has taken then is there for one of the declarations that
/// accept it; which one the lockfile does not say, so that it is joined with all of them.
fn join<'a>(
    input: Input<'_>,
    position: usize,
    declared: &[&'a Dependency],
) -> Vec<(&'a Dependency, u32)> {
    let (packages, locked) = (input.packages, &input.locked[position]);
    let from = &packages[position].source;
    let mut joins: Vec<(&Dependency, u32)> = declared
        .iter()
        .filter_map(|dependency| Some((*dependency, taken(packages, from, locked, dependency)?)))
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

/// The locked package that Cargo takes for a declaration: of those it accepts the first that comes
/// from where it is declared to come, else the first, which a patch has put there. The lockfile's
/// order is that of versions. A single candidate that the declaration does not accept (a
/// pre-release from git) is still the one.
fn taken(
    packages: &[Package],
    from: &Source,
    locked: &[u32],
    declared: &Dependency,
) -> Option<u32> {
    let named: Vec<u32> = locked
        .iter()
        .copied()
        .filter(|&at| packages[at as usize].name == declared.package)
        .collect();
    let is_accepted = |&&at: &&u32| accepts(declared, &packages[at as usize]);
    let exact = named.iter().filter(is_accepted);
    let exact = exact.clone().find(|&&at| is_from(declared, from, &packages[at as usize].source));
    let first = exact.or_else(|| named.iter().find(is_accepted));
    first.copied().or_else(|| <[u32; 1]>::try_from(named).ok().map(|[only]| only))
}

fn accepts(declared: &Dependency, package: &Package) -> bool {
    let is_the_one = match &declared.from {
        DeclaredSource::Path(Some(version)) => *version == package.version,
        DeclaredSource::Path(None)
        | DeclaredSource::Registry
        | DeclaredSource::RegistryAt(_)
        | DeclaredSource::RegistryNamed(_)
        | DeclaredSource::Git { .. } => true,
    };
    let requirement = declared.requirement.as_ref();
    is_the_one && requirement.is_none_or(|accepted| accepted.matches(&package.version))
}

/// Whether a package comes from where another, which comes `from` somewhere itself, declares it.
fn is_from(declared: &Dependency, from: &Source, found: &Source) -> bool {
    match (&declared.from, found) {
        (DeclaredSource::Registry, Source::Registry(registry)) => match from {
            Source::Registry(own) => own.is_same(registry),
            Source::Path | Source::Git { .. } => *registry == Registry::CratesIo,
        },
        (DeclaredSource::RegistryAt(wanted), Source::Registry(registry)) => {
            wanted.is_same(registry)
        }
        (DeclaredSource::RegistryNamed(_), Source::Registry(registry)) => {
            *registry != Registry::CratesIo
        }
        (DeclaredSource::Git { url, reference }, Source::Git { url: at, reference: of, .. }) => {
            canonical_address(url) == canonical_address(at) && *reference == decoded(of)
        }
        // Within a git checkout, the path of another package of the same repository.
        (DeclaredSource::Path(_), Source::Git { .. }) => found == from,
        (DeclaredSource::Path(_), Source::Path) => true,
        (_, Source::Registry(_) | Source::Git { .. } | Source::Path) => false,
    }
}

/// The reference of a lockfile, where characters may be percent-encoded, as a manifest has it.
fn decoded(reference: &str) -> String {
    let mut parts = reference.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        decoded.push(code.unwrap_or(b'%'));
        decoded.extend(part.as_bytes().iter().skip(if code.is_some() { 2 } else { 0 }));
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_compared_as_cargo_does() {
        for (locked, declared) in [
            ("branch=topic%2Fmain", "branch=topic/main"),
            ("tag=100%", "tag=100%"),
            ("tag=%zz%C3%A9", "tag=%zz\u{e9}"),
            ("rev=%", "rev=%"),
            ("", ""),
        ] {
            assert_eq!(decoded(locked), declared);
        }
    }
}
