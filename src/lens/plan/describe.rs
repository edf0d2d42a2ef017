//! A step in the terms of the model.

use semver::VersionReq;

use super::cleared;
use super::goal::Goal;
use super::moves::{InTheWay, Search, State};
use crate::model::{Blocker, Cleared, Command, ManifestChange, Step, StepOutcome};
use crate::resolve::update::{Lacking, NodeId, is_held};

/// Names of packages without an index entry that are listed; the rest is counted.
const NAMES_SHOWN: usize = 3;

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
    let changes: Vec<ManifestChange> =
        after.edits.iter().filter_map(|(key, to)| change(search, *key, to)).collect();
    let lacks = search.lacks_of(start, after);
    let (name, version) = (catalogue.name(goal.node), catalogue.version(goal.node));
    // A release that a command names is the one that is locked.
    let is_named = after.commands.iter().any(|command| match command {
        Command::Precise { name: it, from, .. } => *it == name && *from == version,
        Command::All | Command::Workspace => false,
    });
    let new = search.new_of(&start.lock, &after.lock, goal.node);
    let to = new.into_iter().map(|id| catalogue.version(id)).collect();
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
        to: (lacks.is_empty() || is_named).then_some(to),
        index_lacks: catalogue.names(&lacks),
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

/// A changed requirement, by member and position among the dependencies it declares.
pub(super) fn change(
    search: &Search<'_>,
    (member, position): (NodeId, usize),
    to: &VersionReq,
) -> Option<ManifestChange> {
    let package = search.catalogue.position(member)?;
    let declared = search.catalogue.declared_at(member, position)?;
    let to = to.to_string();
    let to = to.strip_prefix('^').unwrap_or(&to).to_owned();
    let mut change = ManifestChange {
        package,
        dependency: declared.name.to_string(),
        kind: declared.kind,
        target: declared.target.as_ref().map(ToString::to_string),
        from: declared.requirement.clone(),
        to,
        manifest: None,
        line: None,
    };
    (search.input.locate)(&mut change);
    Some(change)
}

/// Findings that no step clears: who is in the way, or what is not known.
pub(super) fn not_working(
    search: &Search<'_>,
    start: &State,
    goal: &Goal,
    left: &[usize],
    in_the_way: &[InTheWay],
) -> Step {
    let catalogue = search.catalogue;
    // Noted again for what else is left of the goal.
    let mut lacks = catalogue.take_lacking();
    catalogue.note_lacking(&lacks);
    lacks.extend(&search.plain_lacks);
    let has_release = left.iter().any(|at| search.has_release(goal, *at));
    let outcome = if !catalogue.is_movable(goal.node) {
        unknown("the package does not come from the public registry, so it is moved by hand")
    } else if search.limit_reached() {
        unknown("the search for versions was given up at its limit")
    } else if !lacks.is_empty() && !is_certain(search, start, goal, left) {
        lacking(search, &lacks)
    } else if !has_release {
        let last_release = catalogue.last_release(goal.node);
        let own = Blocker { package: goal.index, accepts: None, last_release };
        StepOutcome::Blocked { by: vec![own] }
    } else {
        by_others(search, in_the_way)
    };
    Step {
        package: goal.index,
        changes: Vec::new(),
        commands: Vec::new(),
        findings: left.iter().map(|at| goal.subjects[*at].id.clone()).collect(),
        clears: Vec::new(),
        to: Some(Vec::new()),
        index_lacks: catalogue.names(&lacks),
        needs_rust: None,
        covered_by: None,
        outcome,
    }
}

/// Whether the findings stay whatever the packages are that the index has no entry of.
fn is_certain(search: &Search<'_>, start: &State, goal: &Goal, left: &[usize]) -> bool {
    let catalogue = search.catalogue;
    let locked = catalogue.version(goal.node);
    let is_bad = |at: &usize, id: NodeId| {
        let version = catalogue.version(id);
        let subject = &goal.subjects[*at];
        // No step goes to a lower release, and none is a way out of another one being yanked.
        version < locked
            || id == goal.node
            || match subject.advisory {
                Some(_) => !subject.spares(&version),
                None => catalogue.is_yanked(id),
            }
    };
    left.iter().all(|at| is_held(catalogue, &start.lock, goal.node, &|id| is_bad(at, id)))
}

fn by_others(search: &Search<'_>, in_the_way: &[InTheWay]) -> StepOutcome {
    let catalogue = search.catalogue;
    let mut by: Vec<Blocker> = Vec::new();
    for (node, accepts) in in_the_way {
        let Some(package) = catalogue.position(*node) else { continue };
        if accepts.is_none() {
            let name = catalogue.name(*node);
            return unknown(&format!("what `{name}` requires is not known: run `cargo fetch`"));
        }
        let is_movable = catalogue.is_movable(*node);
        let last_release = is_movable.then(|| catalogue.last_release(*node)).flatten();
        if !by.iter().any(|it| it.package == package) {
            by.push(Blocker { package, accepts: accepts.clone(), last_release });
        }
    }
    if by.is_empty() {
        return unknown("no set of versions was found that satisfies every requirement");
    }
    StepOutcome::Blocked { by }
}

/// What the index lacks, and the command that fetches it and changes nothing else.
fn lacking(search: &Search<'_>, lacks: &Lacking) -> StepOutcome {
    let names = search.catalogue.names(lacks);
    let mut listed: Vec<String> =
        names.iter().take(NAMES_SHOWN).map(|it| format!("`{it}`")).collect();
    if names.len() > NAMES_SHOWN {
        listed.push(format!("{} more", names.len() - NAMES_SHOWN));
    }
    // A plain update asks for what it may lock; other entries are fetched one by one.
    let (command, what) = match search.plain_lacks.is_empty() {
        false => ("cargo update --dry-run", "fetches what it asks about"),
        true => ("cargo info", "on each fetches it"),
    };
    let listed = listed.join(", ");
    unknown(&format!(
        "the local index has no entry of {listed}; `{command}` {what} and changes nothing"
    ))
}

fn unknown(why: &str) -> StepOutcome {
    StepOutcome::Unknown { why: why.to_owned() }
}
