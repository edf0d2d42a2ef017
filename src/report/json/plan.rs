//! The steps that end findings.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, DependencyKind, StepOutcome};

/// The steps that end findings, each checked by choosing versions as Cargo does.
#[derive(Serialize, JsonSchema)]
pub(super) struct Plan<'a> {
    /// What a plain `cargo update` clears; null where that could not be told.
    update_clears: Option<Vec<Cleared<'a>>>,
    /// Names that a plain `cargo update` asks for and that the local index has no entry of. Where
    /// there are any, it may clear more; `cargo update --dry-run` fetches them.
    index_lacks: &'a [String],
    /// Whether the search for steps gave up at its limit, so that there may be better ones.
    limit_reached: bool,
    /// The steps, quick wins first.
    steps: Vec<Step<'a>>,
}

/// The cheapest working step for a package.
#[derive(Serialize, JsonSchema)]
struct Step<'a> {
    /// Identifier of the package.
    package: &'a str,
    /// `update`: the commands do. `manifest-change`: requirements have to change first.
    /// `blocked`: somebody else has to release. `unknown`: facts are missing.
    #[schemars(extend("enum" = StepOutcome::NAMES))]
    outcome: &'static str,
    /// Changes of manifests, to be made before the commands.
    changes: Vec<ManifestChange<'a>>,
    /// Commands to run in the workspace, in this order; after other steps, one whose package is no
    /// longer locked at that version is left out.
    commands: Vec<String>,
    /// Identifiers of the findings about the package that the step speaks of.
    findings: &'a [String],
    /// What the step clears in the whole workspace; empty where it is blocked or unknown.
    clears: Vec<Cleared<'a>>,
    /// Versions of the package that are locked afterwards and were not before; null where that
    /// depends on packages that the local index has no entry of.
    to: Option<Vec<String>>,
    /// Names on the way that the local index has no entry of. Where there are any, other versions
    /// may be locked than those known, and what these bring is not known.
    index_lacks: &'a [String],
    /// Rust version that a release needs and that is newer than the workspace promises; null
    /// where there is none.
    needs_rust: Option<&'a str>,
    /// Position, from 0, of the step that makes this one unnecessary where it is taken before;
    /// null where there is none.
    covered_by: Option<usize>,
    /// Who has to release first.
    blocked_by: Vec<Blocker<'a>>,
    /// Why no step is known; null where one is.
    unknown: Option<&'a str>,
}

/// A requirement to change.
#[derive(Serialize, JsonSchema)]
struct ManifestChange<'a> {
    /// Identifier of the workspace member.
    package: &'a str,
    /// The dependency, as the manifest names it.
    dependency: &'a str,
    /// When the dependency is used.
    #[schemars(extend("enum" = KINDS.map(DependencyKind::name)))]
    kind: &'static str,
    /// The platform it is limited to, as written; null for every platform.
    target: Option<&'a str>,
    /// The requirement it has; null for any version.
    from: Option<String>,
    /// The requirement to write.
    to: &'a str,
    /// Path of the manifest, from the workspace root; null where it was not found.
    manifest: Option<&'a str>,
    /// Line in that manifest, from 1; null where it was not found.
    line: Option<usize>,
}

const KINDS: [DependencyKind; 3] =
    [DependencyKind::Normal, DependencyKind::Build, DependencyKind::Dev];

/// A package that has to release first.
#[derive(Serialize, JsonSchema)]
struct Blocker<'a> {
    /// Identifier of the package.
    package: &'a str,
    /// What it requires of the package it holds back; null where it is that package itself, which
    /// has no release without the trouble, or where the requirement is not known.
    accepts: Option<String>,
    /// Day of its last release by the day of the audit; null where it is not known.
    #[schemars(extend("format" = "date"))]
    last_release: Option<String>,
}

/// A finding that a step clears.
#[derive(Serialize, JsonSchema)]
struct Cleared<'a> {
    /// Identifier of the package.
    package: &'a str,
    /// Identifier of the advisory, or `yanked`.
    id: &'a str,
}

pub(super) fn plan<'a>(plan: &'a model::Plan, identifiers: &'a [String]) -> Plan<'a> {
    let update = plan.update.as_ref();
    Plan {
        update_clears: update.map(|them| cleared(them, identifiers)),
        index_lacks: &plan.index_lacks,
        limit_reached: plan.limit_reached,
        steps: plan.steps.iter().map(|each| step(each, identifiers)).collect(),
    }
}

fn cleared<'a>(them: &'a [model::Cleared], identifiers: &'a [String]) -> Vec<Cleared<'a>> {
    let each =
        |it: &'a model::Cleared| Cleared { package: &identifiers[it.package.get()], id: &it.id };
    them.iter().map(each).collect()
}

fn step<'a>(step: &'a model::Step, identifiers: &'a [String]) -> Step<'a> {
    let (by, unknown) = match &step.outcome {
        StepOutcome::Blocked { by } => (by.as_slice(), None),
        StepOutcome::Unknown { why } => ([].as_slice(), Some(why.as_str())),
        StepOutcome::Update | StepOutcome::ManifestChange => ([].as_slice(), None),
    };
    let blocker = |it: &'a model::Blocker| Blocker {
        package: &identifiers[it.package.get()],
        accepts: it.accepts.as_ref().map(ToString::to_string),
        last_release: it.last_release.map(|day| day.to_string()),
    };
    let change = |it: &'a model::ManifestChange| ManifestChange {
        package: &identifiers[it.package.get()],
        dependency: &it.dependency,
        kind: it.kind.name(),
        target: it.target.as_deref(),
        from: it.from.as_ref().map(ToString::to_string),
        to: &it.to,
        manifest: it.manifest.as_deref(),
        line: it.line,
    };
    Step {
        package: &identifiers[step.package.get()],
        outcome: step.outcome.name(),
        changes: step.changes.iter().map(change).collect(),
        commands: step.commands.iter().map(ToString::to_string).collect(),
        findings: &step.findings,
        clears: cleared(&step.clears, identifiers),
        to: step.to.as_ref().map(|to| to.iter().map(ToString::to_string).collect()),
        index_lacks: &step.index_lacks,
        needs_rust: step.needs_rust.as_deref(),
        covered_by: step.covered_by,
        blocked_by: by.iter().map(blocker).collect(),
        unknown,
    }
}
