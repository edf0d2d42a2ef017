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
//! Where a declaration is missing, nothing below it is guessed: see `presence`.

mod features;
mod link;
mod platform;
mod presence;
mod selected;
mod unlocked;
pub mod update;
mod walk;

use std::sync::Arc;

use crate::model::{Declaration, Graph, Observed, Package, PackageIndex, Resolver};
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
    /// Whether each package is a procedural macro; one that is not known counts as a library, so
    /// that it is never taken for less than it may be.
    pub proc_macro: &'a [bool],
    /// The workspace members, ascending.
    pub members: &'a [PackageIndex],
    /// The feature resolver the workspace asks for.
    pub resolver: Resolver,
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
    let links = link::link(input, &selection.platforms);
    let requested = selected::requested(input, &links, selection)?;
    let tables = features::Tables::new(input, &links);
    let run = |dev, platforms| {
        let options = features::Options { resolver: input.resolver, dev, platforms };
        let activation = features::activate(input, &links, &tables, &requested, options);
        walk::walk(input, &links, &activation, options)
    };
    use features::{DevDependencies, PlatformFilter};
    let selected = match selection.platforms {
        Platforms::All => PlatformFilter::Ignored,
        Platforms::One(_) => PlatformFilter::Applied,
    };
    let built = run(DevDependencies::Excluded, selected);
    let tested = run(DevDependencies::Included, selected);
    let anywhere = run(DevDependencies::Included, PlatformFilter::Ignored);
    let graph = presence::graph(input, &links, [&built, &tested, &anywhere]);
    Ok(Resolution { graph, contexts: tested.merge_built(built) })
}

#[cfg(test)]
mod tests;
