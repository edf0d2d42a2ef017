//! Which locked packages and edges are used: features, platforms, presence.
//!
//! A lockfile holds everything that any feature, platform or test could need. This module takes
//! Cargo's own rules for features and platforms over the locked packages, as `cargo tree` does,
//! and says for every package how it takes part in the build:
//!
//! 1. `link` joins each declared dependency with the locked package it resolved to;
//! 2. `features` activates features and optional dependencies (Cargo's feature resolver);
//! 3. `walk` follows the activated dependencies from the members;
//! 4. three such runs (without dev-dependencies, with them, for every platform) give the presence.
//!
//! [`update`] goes the other way: which versions Cargo would lock.
//!
//! Where a declaration is missing, nothing below it is guessed: see `presence`. Where it is not
//! known whether a package is a procedural macro it counts as a library and as one, and a fourth
//! run, in which it is one, tells what is in the product for sure.

mod answers;
mod features;
mod flags;
mod link;
mod platform;
mod presence;
mod selected;
mod unlocked;
pub mod update;
mod walk;

use std::sync::Arc;

use crate::model::{Declaration, Graph, Observed, Package, PackageIndex, Packaged, Resolver};
pub use flags::Flags;
pub use platform::{Platform, Platforms};
pub use unlocked::unlocked;
pub use walk::Contexts;

/// What is to be built: platform and features.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The platforms to build for.
    pub platforms: Platforms,
    /// Features of the members, as on Cargo's command line (`a`, `member/a`).
    pub features: Vec<String>,
    /// Whether every feature of every member is on.
    pub all_features: bool,
    /// Whether the members' `default` features are on.
    pub default_features: bool,
    /// What compiler flags may change.
    pub flags: Flags,
}

/// What is known about the locked packages. All slices are by package position.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The locked packages.
    pub packages: &'a [Package],
    /// Positions each package depends on, from the lockfile.
    pub locked: &'a [Vec<u32>],
    /// What each package declares.
    pub declarations: &'a [Observed<Arc<Declaration>>],
    /// Whether each package is a procedural macro.
    pub proc_macro: &'a [IsProcMacro],
    /// The workspace members, ascending.
    pub members: &'a [PackageIndex],
    /// The package of the root manifest; `None` where that is virtual. With version 1 of the
    /// resolver features without a member's name are its alone.
    pub root_package: Option<PackageIndex>,
    /// The feature resolver the workspace asks for.
    pub resolver: Resolver,
}

/// Whether a package is a procedural macro. No index says so, only the manifest in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IsProcMacro {
    /// It is one.
    Yes,
    /// It is not.
    No,
    /// Its manifest is not here. It is never guessed from a name.
    Unknown,
}

impl IsProcMacro {
    /// What a packaged manifest says.
    pub fn of(packaged: &Observed<Packaged>) -> Self {
        match packaged.known() {
            Some(Packaged { proc_macro: true, .. }) => Self::Yes,
            Some(Packaged { proc_macro: false, .. }) => Self::No,
            None => Self::Unknown,
        }
    }
}

/// The graph with presence, and how each package was reached.
#[derive(Debug)]
pub struct Resolution {
    /// The graph.
    pub graph: Graph,
    /// Ways each package is reached by the build, by position.
    pub contexts: Vec<Contexts>,
}

/// Resolves the lockfile for a selection.
///
/// # Errors
/// Where a selected feature exists in no member; the message names it.
pub fn resolve(input: Input<'_>, selection: &Selection) -> Result<Resolution, String> {
    use features::{DevDependencies, PlatformFilter, UnknownMacro};
    let artifacts = link::artifact_targets(input.declarations);
    let mut answers = answers::Answers::new(selection, artifacts);
    let links = link::link(input, &mut answers);
    let requested = selected::requested(input, &links, selection)?;
    let tables = features::Tables::new(input);
    let run = |dev, platforms, unknown| {
        let options = features::Options { resolver: input.resolver, dev, platforms, unknown };
        let activation = features::activate(input, &links, &tables, &requested, options);
        walk::walk(input, &links, &activation, options, answers.sides())
    };
    let selected = match selection.platforms {
        Platforms::All => PlatformFilter::Ignored,
        Platforms::One(_) => PlatformFilter::Applied,
    };
    let built = run(DevDependencies::Excluded, selected, UnknownMacro::Both);
    let tested = run(DevDependencies::Included, selected, UnknownMacro::Both);
    let anywhere = run(DevDependencies::Included, PlatformFilter::Ignored, UnknownMacro::Both);
    let certain = input
        .proc_macro
        .contains(&IsProcMacro::Unknown)
        .then(|| run(DevDependencies::Excluded, selected, UnknownMacro::Macro));
    let walks = presence::Walks { built: &built, tested: &tested, anywhere: &anywhere };
    let graph = presence::graph(input, &links, walks, certain.as_ref());
    Ok(Resolution { graph, contexts: tested.merge_built(built) })
}

#[cfg(test)]
mod tests;
