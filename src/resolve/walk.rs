//! Follows activated dependencies from the members, as `cargo tree` does.

use super::answers::Side;
use super::features::{Activation, DevDependencies, Options, PlatformFilter};
use super::link::{Link, Links};
use super::{Input, IsProcMacro};
use crate::model::DependencyKind;

/// The ways a package is reached by the build; several can hold at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contexts {
    /// Through normal dependencies only: part of the product.
    pub runtime: bool,
    /// Through a build-dependency.
    pub build: bool,
    /// Through normal dependencies of a procedural macro.
    pub proc_macro: bool,
    /// Through a dev-dependency of a member.
    pub dev: bool,
}

/// One way of being reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Runtime,
    Build,
    ProcMacro,
    Dev,
}

const CONTEXTS: usize = 4;

/// What one walk reached.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) contexts: Vec<Contexts>,
    /// For each package, by position of the link, whether it was followed.
    pub(super) followed: Vec<Vec<bool>>,
}

impl Walk {
    pub(super) fn is_reached(&self, package: usize) -> bool {
        let contexts = self.contexts[package];
        contexts.runtime || contexts.build || contexts.proc_macro || contexts.dev
    }

    /// The contexts of the build, with `dev` from this walk, which includes dev-dependencies.
    pub(super) fn merge_built(self, built: Self) -> Vec<Contexts> {
        let pairs = built.contexts.into_iter().zip(self.contexts);
        pairs.map(|(built, tested)| Contexts { dev: tested.dev, ..built }).collect()
    }
}

pub(super) fn walk(
    input: Input<'_>,
    links: &Links<'_>,
    activation: &Activation<'_>,
    options: Options,
    sides: usize,
) -> Walk {
    let mut walk = Walk {
        contexts: vec![Contexts::default(); input.packages.len()],
        followed: links.iter().map(|links| vec![false; links.len()]).collect(),
    };
    let mut seen = vec![[false; CONTEXTS]; input.packages.len() * sides];
    let mut pending = Vec::new();
    for member in input.members {
        pending.push(if input.proc_macro[member.get()] == IsProcMacro::Yes {
            (member.0, Side::Host, Context::ProcMacro)
        } else {
            (member.0, Side::Target, Context::Runtime)
        });
    }
    while let Some((package, side, context)) = pending.pop() {
        let position = package as usize;
        let seen = &mut seen[position * sides + side.number()][context as usize];
        if std::mem::replace(seen, true) {
            continue;
        }
        mark(&mut walk.contexts[position], context);
        for (at, link) in links[position].iter().enumerate() {
            let used = options.platforms == PlatformFilter::Ignored || link.is_used_on(side);
            let wanted = options.dev == DevDependencies::Included
                || link.declared.kind != DependencyKind::Dev;
            let on =
                !link.declared.optional || activation.is_on(package, side, &link.declared.name);
            if !(used && wanted && on) {
                continue;
            }
            walk.followed[position][at] = true;
            let is_proc_macro = input.proc_macro[link.to as usize];
            for to_side in options.sides(link, is_proc_macro, side) {
                // On the host it is the procedural macro that it may be.
                let as_macro = match is_proc_macro {
                    IsProcMacro::Yes => true,
                    IsProcMacro::No => false,
                    IsProcMacro::Unknown => to_side == Side::Host,
                };
                pending.push((link.to, to_side, next(context, link, as_macro)));
            }
        }
    }
    walk
}

fn mark(contexts: &mut Contexts, context: Context) {
    match context {
        Context::Runtime => contexts.runtime = true,
        Context::Build => contexts.build = true,
        Context::ProcMacro => contexts.proc_macro = true,
        Context::Dev => contexts.dev = true,
    }
}

/// How a dependency is reached from a package that is reached in some way.
fn next(context: Context, link: &Link<'_>, proc_macro: bool) -> Context {
    match (context, link.declared.kind) {
        (Context::Dev, _) | (_, DependencyKind::Dev) => Context::Dev,
        (Context::Build, _) | (_, DependencyKind::Build) => Context::Build,
        (Context::Runtime, DependencyKind::Normal) if !proc_macro => Context::Runtime,
        (Context::Runtime | Context::ProcMacro, DependencyKind::Normal) => Context::ProcMacro,
    }
}
