//! What to do about the findings: steps that a user, or a program, can take.

use jiff::civil::Date;
use semver::{Version, VersionReq};

use super::{DependencyKind, PackageIndex};

/// The steps that end findings, each checked by resolving as Cargo does. Text, JSON and whatever
/// applies a fix use this one value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The steps, quick wins first: commands alone, then changes of manifests, then what is
    /// blocked, then what is unknown. A package has more than one where its findings need it.
    pub steps: Vec<Step>,
    /// What a plain `cargo update` clears; `None` where it was not possible to tell.
    pub update: Option<Vec<Cleared>>,
    /// Names that Cargo asks for in a plain `cargo update` and that the local index has no entry
    /// of, sorted. Where there are any, it may clear more than is known.
    pub index_lacks: Vec<String>,
    /// Whether the search gave up before it had tried everything.
    pub limit_reached: bool,
}

/// The cheapest working step for one package.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The package that the findings are about.
    pub package: PackageIndex,
    /// What to change in manifests, before the commands.
    pub changes: Vec<ManifestChange>,
    /// Commands to run in the workspace, in this order; after other steps, one whose package is no
    /// longer locked at that version is left out.
    pub commands: Vec<Command>,
    /// The findings about the package that this step clears, or cannot.
    pub findings: Vec<String>,
    /// What this step clears in the whole workspace; empty where it is blocked or unknown.
    pub clears: Vec<Cleared>,
    /// The versions of the package that are locked afterwards and were not before; empty where
    /// it is no longer locked, or no step is known; `None` where that depends on packages that the
    /// local index has no entry of.
    pub to: Option<Vec<Version>>,
    /// Names on the way that the local index has no entry of, sorted. Where there are any, the
    /// step may lock other versions than those known, and what these bring is not known.
    pub index_lacks: Vec<String>,
    /// Rust version that a release needs and that is newer than the workspace promises.
    pub needs_rust: Option<String>,
    /// The step, by position, that makes this one unnecessary where it is taken before.
    pub covered_by: Option<usize>,
    /// How it ends the findings.
    pub outcome: StepOutcome,
}

/// How a step ends the findings.
#[derive(Debug, Clone, PartialEq)]
pub enum StepOutcome {
    /// Commands alone do.
    Update,
    /// A requirement in a manifest of the workspace has to change.
    ManifestChange,
    /// Somebody else has to release first.
    Blocked {
        /// Who, each once.
        by: Vec<Blocker>,
    },
    /// Facts that would tell are missing.
    Unknown {
        /// Which, in words.
        why: String,
    },
}

impl StepOutcome {
    /// The name used in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::ManifestChange => "manifest-change",
            Self::Blocked { .. } => "blocked",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// All names.
    pub const NAMES: [&'static str; 4] = ["update", "manifest-change", "blocked", "unknown"];
}

/// One command to run in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `cargo update -p NAME@FROM --precise TO`
    Precise {
        /// Name of the package.
        name: String,
        /// The locked version.
        from: Version,
        /// The release to lock.
        to: Version,
    },
    /// `cargo update`: every package to the newest release inside the requirements.
    All,
    /// `cargo update --workspace`: locks what changed manifests ask for, and no more.
    Workspace,
}

impl std::fmt::Display for Command {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Precise { name, from, to } => {
                write!(formatter, "cargo update -p {name}@{from} --precise {to}")
            }
            Self::All => formatter.write_str("cargo update"),
            Self::Workspace => formatter.write_str("cargo update --workspace"),
        }
    }
}

/// A requirement to change in a manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestChange {
    /// The workspace member.
    pub package: PackageIndex,
    /// The dependency, as the manifest names it.
    pub dependency: String,
    /// When the dependency is used.
    pub kind: DependencyKind,
    /// The platform it is limited to, as written.
    pub target: Option<String>,
    /// The requirement it has.
    pub from: Option<VersionReq>,
    /// The requirement to write.
    pub to: String,
    /// Path of the manifest with the line, from the workspace root; the root manifest for an
    /// inherited dependency. `None` where it was not found.
    pub manifest: Option<String>,
    /// Line of the dependency in that manifest, from 1.
    pub line: Option<usize>,
}

/// A package that has to release before a finding can end.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocker {
    /// The package.
    pub package: PackageIndex,
    /// What it requires of the package in its way; `None` where it is the affected package itself
    /// that has no good release.
    pub accepts: Option<VersionReq>,
    /// Day of its last release by the day of the audit; `None` where it is not known.
    pub last_release: Option<Date>,
}

/// A finding that a step clears.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cleared {
    /// The package.
    pub package: PackageIndex,
    /// Identifier of the finding: of the advisory, or `yanked`.
    pub id: String,
}

impl Plan {
    /// The steps about a package, cheapest first.
    pub fn steps_for(&self, package: PackageIndex) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.package == package)
    }

    /// The step that speaks of a finding, by package and identifier of the advisory, or `yanked`.
    pub fn step_of(&self, package: PackageIndex, id: &str) -> Option<&Step> {
        self.steps_for(package).find(|step| step.findings.iter().any(|it| it == id))
    }
}
