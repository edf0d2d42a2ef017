//! The facts gathered about one package.

use std::sync::Arc;

use super::{
    Cadence, DepsDevRelease, Found, MaintenanceStatus, Observed, Outlook, Ownership, Place,
    Sourced, Tagging,
};

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
    /// Whether it has a build script.
    pub build_script: bool,
    /// The declared repository address, as written.
    pub repository: Option<String>,
    /// The declared homepage, as written; of some packages it is the repository.
    pub homepage: Option<String>,
    /// The folder of the repository it was made from, as recorded when it was published; `None`
    /// for the repository's root and where it was not recorded.
    pub folder: Option<String>,
    /// What its authors say about its maintenance.
    pub maintenance: Option<MaintenanceStatus>,
}

/// What of a package runs on the machine that builds it, with the rights of whoever builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsAtBuild {
    /// Nothing: it is only compiled.
    Nothing,
    /// Its build script.
    BuildScript,
    /// Itself, as a procedural macro inside the compiler.
    ProcMacro,
    /// Its build script, and itself as a procedural macro.
    Both,
}

impl RunsAtBuild {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nothing, Self::BuildScript, Self::ProcMacro, Self::Both];

    /// The name used in rules and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::BuildScript => "build-script",
            Self::ProcMacro => "proc-macro",
            Self::Both => "both",
        }
    }
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
    /// What of it runs where it is built, whether or not this build takes it in.
    pub runs_at_build: Observed<RunsAtBuild>,
    /// What its authors said about its maintenance when the locked version was made.
    pub maintenance: Observed<MaintenanceStatus>,
    /// The declared repository address.
    pub repository: Observed<String>,
    /// Its place in a repository, with the statement that names it.
    pub location: Observed<Found>,
    /// Who can publish it, from the registry.
    pub ownership: Observed<Sourced<Ownership>>,
    /// What may come of it within a year; missing where the models do not speak of it: they are
    /// fitted on the public registry's packages.
    pub outlook: Observed<Arc<Outlook>>,
    /// Whether its releases are tagged in its repository.
    pub tagging: Observed<Tagging>,
    /// What deps.dev says about the locked release.
    pub deps_dev: Observed<Sourced<DepsDevRelease>>,
}
