//! The facts gathered about one package.

use super::{Cadence, DepsDevRelease, Found, Observed, Ownership, Place, Sourced};

/// A measured value: a number with a unit said elsewhere, or one of a few named classes.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// A number, in the unit of the signal that measured it.
    Number(f64),
    /// A named class, such as a presence.
    Class(&'static str),
}

/// What a package's own packaged manifest says, read from Cargo's source cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packaged {
    /// Whether the library is a procedural macro.
    pub proc_macro: bool,
    /// The declared repository address, as written.
    pub repository: Option<String>,
    /// The declared homepage, as written; of some packages it is the repository.
    pub homepage: Option<String>,
    /// The folder of the repository it was made from, as recorded when it was published; `None`
    /// for the repository's root and where it was not recorded.
    pub folder: Option<String>,
}

/// Everything learned about one package of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageFacts {
    /// How often it is released and how far behind the lock is.
    pub cadence: Observed<Cadence>,
    /// Where it stands in the graph.
    pub place: Observed<Place>,
    /// Whether the locked version is yanked today.
    pub yanked: Observed<bool>,
    /// The declared repository address.
    pub repository: Observed<String>,
    /// Its place in a repository, with the statement that names it.
    pub location: Observed<Found>,
    /// Who can publish it, from the registry.
    pub ownership: Observed<Sourced<Ownership>>,
    /// What deps.dev says about the locked release.
    pub deps_dev: Observed<Sourced<DepsDevRelease>>,
}
