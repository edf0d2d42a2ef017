//! The plan: for every finding the cheapest step that works, checked by resolving as Cargo does.
//!
//! Cheapest first: one `cargo update -p` for the package; the same after its dependents have moved
//! to releases that let it; a plain `cargo update`; a changed requirement in a manifest of the
//! workspace. Where none works, who has to release. A step never goes to a lower release, and
//! brings no vulnerability that was not there before.

mod agree;
mod compare;
mod describe;
mod goal;
mod made;
mod moves;
mod replay;
mod requirement;
mod sequence;

use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;

use crate::model::{
    Advisory, Cleared, Command, ManifestChange, PackageIndex, Plan, Step, StepOutcome,
};
use crate::resolve::update::{Catalogue, Change, Lock, Locked, Setup};

pub use agree::agree;
use goal::Goal;
use moves::{Edits, Search, State};
use sequence::Found;

/// Most decisions of all resolutions of a plan together.
const MOST_WORK: u64 = 300_000;
/// Sets of findings about one package that are tried to be cleared together.
const MOST_SETS: usize = 3;
/// How far up the dependents are moved, where newer releases are known to help.
const MOST_DEPTH: usize = 6;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The lockfile.
    pub locked: Locked<'a>,
    /// What versions are chosen by.
    pub setup: Setup<'a>,
    /// The findings: package, and advisory; none for a yanked release.
    pub findings: &'a [(PackageIndex, Option<Arc<Advisory>>)],
    /// All advisories about packages of a name.
    pub advisories: &'a dyn Fn(&str) -> Vec<Arc<Advisory>>,
    /// Fills in where a member declares a dependency.
    pub locate: &'a dyn Fn(&mut ManifestChange),
    /// The day judged for.
    pub as_of: Date,
}

/// Makes the plan.
pub fn plan(input: Input<'_>) -> Plan {
    if input.findings.is_empty() {
        return Plan { update: Some(Vec::new()), ..Plan::default() };
    }
    let catalogue = Catalogue::new(input.locked, input.setup);
    let mut search = Search::new(&catalogue, input, MOST_WORK);
    let goals = goal::goals(&catalogue, input);
    let start = State::new(Rc::new(catalogue.lock()));
    let plain = catalogue.is_complete().then(|| search.resolve(&start, Change::All)).flatten();
    search.plain_lacks = catalogue.take_lacking();
    let mut found = Vec::new();
    for goal in &goals {
        catalogue.take_lacking();
        found.extend(steps_for(&mut search, &start, plain.as_ref(), goal, &goals));
    }
    found.sort_by_cached_key(|it| order(&it.step));
    let steps = sequence::cover(&search, &start, &goals, found);
    let update = plain.map(|lock| search.cleared(&start.lock, &lock, &goals));
    Plan {
        steps,
        update,
        index_lacks: catalogue.names(&search.plain_lacks),
        limit_reached: search.limit_reached(),
    }
}

/// Quick wins first.
fn order(step: &Step) -> (u8, usize, std::cmp::Reverse<usize>, PackageIndex) {
    let class = match (&step.outcome, step.commands.as_slice()) {
        (StepOutcome::Update, [Command::All]) => 1,
        (StepOutcome::Update, _) => 0,
        (StepOutcome::ManifestChange, _) => 2,
        (StepOutcome::Blocked { .. }, _) => 3,
        (StepOutcome::Unknown { .. }, _) => 4,
    };
    let clears = std::cmp::Reverse(step.clears.len());
    (class, step.changes.len() + step.commands.len(), clears, step.package)
}

fn steps_for(
    search: &mut Search<'_>,
    start: &State,
    plain: Option<&Rc<Lock>>,
    goal: &Goal,
    goals: &[Goal],
) -> Vec<Found> {
    let mut steps = Vec::new();
    let mut left: Vec<usize> = (0..goal.subjects.len()).collect();
    let mut in_the_way = None;
    if catalogue_lacks(search, goal) {
        let step = describe::not_working(search, start, goal, &left, &[]);
        return vec![Found { step, after: None }];
    }
    let by_update =
        plain.map(|plain| search.cleared_of(&start.lock, plain, goal)).unwrap_or_default();
    for edits in [Edits::None, Edits::Allowed] {
        for needs in search.sets(goal, &left) {
            let helps = plain.is_none() || needs.iter().all(|at| by_update.contains(at));
            let has_release = needs.iter().any(|at| search.has_release(goal, *at));
            if edits == Edits::None && !helps && !has_release {
                continue;
            }
            let depth = if helps || edits == Edits::Allowed { MOST_DEPTH } else { 1 };
            let Some(after) = search.clear(start, goal, &needs, edits, depth) else {
                if edits == Edits::Allowed {
                    in_the_way.get_or_insert_with(|| search.in_the_way.clone());
                }
                continue;
            };
            let cleared = search.cleared_of(&start.lock, &after.lock, goal);
            let more: Vec<usize> = cleared.iter().copied().filter(|at| left.contains(at)).collect();
            if !more.is_empty() {
                let step = describe::working(search, start, &after, goal, &more, goals);
                steps.push(Found { step, after: Some(after) });
                left.retain(|at| !cleared.contains(at));
                break;
            }
        }
        if let (Edits::None, Some(plain)) = (edits, plain)
            && left.iter().any(|at| by_update.contains(at))
        {
            let mut after = State::new(Rc::clone(plain));
            after.commands.push(Command::All);
            let more: Vec<usize> =
                by_update.iter().copied().filter(|at| left.contains(at)).collect();
            let step = describe::working(search, start, &after, goal, &more, goals);
            steps.push(Found { step, after: Some(after) });
            left.retain(|at| !by_update.contains(at));
        }
        if left.is_empty() {
            return steps;
        }
    }
    let (released, not_released): (Vec<usize>, Vec<usize>) =
        left.into_iter().partition(|at| search.has_release(goal, *at));
    let in_the_way = in_the_way.unwrap_or_default();
    for left in [released, not_released].iter().filter(|left| !left.is_empty()) {
        let step = describe::not_working(search, start, goal, left, &in_the_way);
        steps.push(Found { step, after: None });
    }
    steps
}

/// Whether nothing can be said of a package, since it has no releases to move to.
fn catalogue_lacks(search: &Search<'_>, goal: &Goal) -> bool {
    let catalogue = search.catalogue;
    !catalogue.is_movable(goal.node) || catalogue.releases_of(goal.node).is_empty()
}

/// A finding in a list of what is cleared.
fn cleared(goal: &Goal, at: usize) -> Cleared {
    Cleared { package: goal.index, id: goal.subjects[at].id.clone() }
}
