//! Steps of the plan in words, the same in every text report.

use crate::model::{Audit, Blocker, ManifestChange, Plan, Step, StepOutcome};

use super::label;
use super::words::{count_of, first_few, thousands};

/// Blockers that are named; the rest is counted.
const BLOCKERS_SHOWN: usize = 3;
/// Changed requirements that are named; the rest is counted.
const CHANGES_SHOWN: usize = 5;

/// What to change in manifests before the commands, one line each; many are counted.
pub(super) fn changes(step: &Step) -> Vec<String> {
    let mut lines: Vec<String> = step.changes.iter().take(CHANGES_SHOWN).map(change).collect();
    if step.changes.len() > CHANGES_SHOWN {
        let more = count_of(step.changes.len() - CHANGES_SHOWN, "more requirement");
        lines.push(format!("raise {more}: see `plan` in `--format json`"));
    }
    lines
}

/// That `cargo update` may clear more than is known, and the command that would tell; none where
/// the index has all that it takes.
pub(super) fn index_lacks(plan: &Plan) -> Option<String> {
    let [first, ..] = plan.index_lacks.as_slice() else { return None };
    let whose = match plan.index_lacks.len() {
        1 => format!("entry of `{first}`"),
        count => format!("entries of `{first}` and {} more", thousands(count - 1)),
    };
    Some(format!("fetches the missing index {whose}; changes nothing"))
}

/// `raise lettre to "0.11" in crates/utils/Cargo.toml:23`
fn change(change: &ManifestChange) -> String {
    let place = match (&change.manifest, change.line) {
        (Some(manifest), Some(line)) => format!(" in {manifest}:{line}"),
        (Some(manifest), None) => format!(" in {manifest}"),
        (None, _) => String::new(),
    };
    format!("raise {} to \"{}\"{place}", change.dependency, change.to)
}

/// What the step clears, or why there is none.
pub(super) fn outcome(audit: &Audit, step: &Step) -> String {
    match &step.outcome {
        StepOutcome::Update | StepOutcome::ManifestChange => clears(audit, step),
        StepOutcome::Blocked { by } => {
            let by: Vec<String> = by.iter().map(|it| blocker(audit, it, step)).collect();
            format!("blocked by {}", first_few(&by, BLOCKERS_SHOWN))
        }
        StepOutcome::Unknown { why } => format!("no step known: {why}"),
    }
}

fn clears(audit: &Audit, step: &Step) -> String {
    let to = match step.to.as_deref() {
        Some([.., to]) => format!("to {to}, clears "),
        Some([]) => "removes the package, clears ".to_owned(),
        None => "clears ".to_owned(),
    };
    let more = match step.clears.len().saturating_sub(step.findings.len()) {
        0 => String::new(),
        more => format!(", and {} of other packages", count_of(more, "finding")),
    };
    let rust = match &step.needs_rust {
        Some(rust) => format!("; needs Rust {rust}, newer than the workspace promises"),
        None => String::new(),
    };
    let covered = step.covered_by.and_then(|at| audit.plan.as_ref()?.steps.get(at));
    let covered = covered.map(|by| {
        format!("; not needed after the step for {}", label::package(&audit.graph, by.package))
    });
    let covered = covered.unwrap_or_default();
    // What Cargo locks on the way may be newer than anything known, with findings of its own.
    let lacks = match step.index_lacks.as_slice() {
        [] => String::new(),
        [one] => format!("; may lock more: the local index has no entry of `{one}`"),
        several => {
            let count = thousands(several.len());
            format!("; may lock more: the local index has no entry of {count} packages")
        }
    };
    format!("{to}{}{more}{rust}{covered}{lacks}", first_few(&step.findings, 3))
}

/// `hickory-resolver 0.25.2 (accepts ^0.25), last release 2025-05-03`
fn blocker(audit: &Audit, blocker: &Blocker, step: &Step) -> String {
    let name = label::package(&audit.graph, blocker.package);
    let accepts = blocker
        .accepts
        .as_ref()
        .map(|accepts| format!(" (accepts {} {accepts})", audit.graph.package(step.package).name));
    let last = match blocker.last_release {
        Some(day) => format!(", last release {day}"),
        None => String::new(),
    };
    match accepts {
        Some(accepts) => format!("{name}{accepts}{last}"),
        None => format!("{name}: no release without it{last}"),
    }
}
