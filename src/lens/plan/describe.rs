//! A step in the terms of the model.

use semver::VersionReq;

use super::cleared;
use super::goal::Goal;
use super::moves::{InTheWay, Search, State};
use crate::model::{Blocker, Cleared, ManifestChange, PackageIndex, Step, StepOutcome};

/// A step that works: what it takes, and what it clears.
pub(super) fn working(
    search: &Search<'_>,
    start: &State,
    after: &State,
    goal: &Goal,
    found: &[usize],
    goals: &[Goal],
) -> Step {
    let catalogue = search.catalogue;
    let own: Vec<Cleared> = found.iter().map(|at| cleared(goal, *at)).collect();
    let mut clears = search.cleared(&start.lock, &after.lock, goals);
    clears.sort_by_key(|it| (it.package != goal.index, it.package));
    let mut changes = Vec::new();
    for ((member, position), to) in &after.edits {
        let Some(package) = catalogue.position(*member) else { continue };
        changes.extend(change(search, start, package, *member, *position, to));
    }
    let new = search.new_of(&start.lock, &after.lock, goal.node);
    Step {
        package: goal.index,
        outcome: match changes.is_empty() {
            true => StepOutcome::Update,
            false => StepOutcome::ManifestChange,
        },
        changes,
        commands: after.commands.clone(),
        findings: own.into_iter().map(|it| it.id).collect(),
        clears,
        to: new.into_iter().map(|id| catalogue.version(id)).collect(),
        needs_rust: search.needs_rust(&start.lock, &after.lock).map(rust),
        covered_by: None,
    }
}

fn rust((major, minor, patch): (u64, u64, u64)) -> String {
    match patch {
        0 => format!("{major}.{minor}"),
        patch => format!("{major}.{minor}.{patch}"),
    }
}

fn change(
    search: &Search<'_>,
    start: &State,
    package: PackageIndex,
    member: crate::resolve::update::NodeId,
    position: usize,
    to: &VersionReq,
) -> Option<ManifestChange> {
    let catalogue = search.catalogue;
    let declared = start.lock.dependencies(member).iter();
    let mut declared = declared.flat_map(|on| catalogue.declared(member, *on));
    let (_, declared) = declared.find(|(at, _)| *at == position)?;
    let to = to.to_string();
    let to = to.strip_prefix('^').unwrap_or(&to).to_owned();
    Some(ManifestChange {
        package,
        dependency: declared.name.to_string(),
        kind: declared.kind,
        target: declared.target.as_ref().map(ToString::to_string),
        from: declared.requirement.clone(),
        to,
        manifest: None,
        line: None,
    })
}

/// Findings that no step clears: who is in the way, or what is not known.
pub(super) fn not_working(
    search: &Search<'_>,
    goal: &Goal,
    left: &[usize],
    in_the_way: &[InTheWay],
) -> Step {
    let catalogue = search.catalogue;
    let lacking = catalogue.take_lacking();
    let mut by: Vec<Blocker> = Vec::new();
    let mut undeclared = None;
    for (node, accepts) in in_the_way {
        let Some(package) = catalogue.position(*node) else { continue };
        if accepts.is_none() {
            undeclared = undeclared.or(Some(catalogue.name(*node)));
        }
        let last_release =
            catalogue.is_movable(*node).then(|| catalogue.last_release(*node)).flatten();
        if !by.iter().any(|it| it.package == package) {
            by.push(Blocker { package, accepts: accepts.clone(), last_release });
        }
    }
    let has_release = left.iter().any(|at| search.has_release(goal, *at));
    let own = Blocker {
        package: goal.index,
        accepts: None,
        last_release: catalogue.last_release(goal.node),
    };
    let outcome = if !catalogue.is_movable(goal.node) {
        unknown("the package does not come from the public registry, so it is moved by hand")
    } else if catalogue.releases_of(goal.node).is_empty() {
        unknown("the local index has no entry of it; run `cargo info` on it, which fetches it")
    } else if search.limit_reached() {
        unknown("the search for versions was given up at its limit")
    } else if !has_release {
        StepOutcome::Blocked { by: vec![own] }
    } else if let Some(name) = undeclared {
        unknown(&format!("what `{name}` requires is not known; audit the whole workspace"))
    } else if !lacking.is_empty() && by.is_empty() {
        let names: Vec<String> = lacking.iter().take(3).map(|it| format!("`{it}`")).collect();
        let names = names.join(", ");
        let help = "run `cargo info` on each, which fetches it";
        unknown(&format!("the local index has no entry of {names}; {help}"))
    } else if by.is_empty() {
        unknown("no set of versions was found that satisfies every requirement")
    } else {
        StepOutcome::Blocked { by }
    };
    Step {
        package: goal.index,
        changes: Vec::new(),
        commands: Vec::new(),
        findings: left.iter().map(|at| goal.subjects[*at].id.clone()).collect(),
        clears: Vec::new(),
        to: Vec::new(),
        needs_rust: None,
        covered_by: None,
        outcome,
    }
}

fn unknown(why: &str) -> StepOutcome {
    StepOutcome::Unknown { why: why.to_owned() }
}
