//! The plan of an audit: from what was gathered, with the lines of manifests filled in.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Inputs, Updating, in_force};
use crate::lens::plan::{self, Input};
use crate::model::{
    Advisory, Certainty, DependencyKind, ManifestChange, PackageFacts, PackageIndex, Plan,
};
use crate::resolve::update::{Locked, Setup};

/// An advisory that affects a locked package.
type Match = (Arc<Advisory>, PackageIndex, Certainty);

/// The steps that end findings; `None` where it is not known what Cargo would lock.
pub(super) fn plan(inputs: &Inputs, facts: &[PackageFacts], matches: &[Match]) -> Option<Plan> {
    let updating = inputs.updating.as_ref()?;
    // What a member depends on decides what Cargo locks; a lockfile alone does not tell.
    let declares = |member: &PackageIndex| inputs.declarations.get(member.get());
    let is_known = |member| declares(member).is_some_and(|it| it.known().is_some());
    if inputs.members.is_empty() || !inputs.members.iter().all(is_known) {
        return None;
    }
    let mut findings: Vec<(PackageIndex, Option<Arc<Advisory>>)> = matches
        .iter()
        .map(|(advisory, package, _)| (*package, Some(Arc::clone(advisory))))
        .collect();
    let yanked = (0..).map(PackageIndex).zip(facts);
    let yanked = yanked.filter(|(_, facts)| facts.yanked.known().is_some_and(|yanked| *yanked));
    findings.extend(yanked.map(|(package, _)| (package, None)));
    let places = Places::default();
    let mut plan = plan::plan(Input {
        locked: Locked {
            packages: &inputs.packages,
            dependencies: &inputs.locked,
            declarations: &inputs.declarations,
            members: &inputs.members,
        },
        setup: Setup {
            index: updating.index.as_ref(),
            as_of: inputs.as_of,
            rust_versions: &updating.rust_versions,
            prefers_supported_rust: updating.prefers_supported_rust,
        },
        findings: &findings,
        advisories: &|name| in_force(&inputs.knowledge.advisories.index, name, inputs.as_of),
        locate: &|change| locate(updating, &places, change),
        as_of: inputs.as_of,
    });
    for step in &mut plan.steps {
        // Members that inherit a requirement share its line.
        let mut lines = HashSet::new();
        step.changes.retain(|it| it.line.is_none() || lines.insert((it.manifest.clone(), it.line)));
    }
    Some(plan)
}

/// Positions of the dependencies in a manifest, by kind, platform and name.
type Declared<'a> = HashMap<(DependencyKind, Option<&'a str>, &'a str), usize>;

/// The positions in the manifests of members that were looked into.
type Places<'a> = RefCell<HashMap<PackageIndex, Declared<'a>>>;

/// Fills in where the member declares the dependency.
fn locate<'a>(updating: &'a Updating, places: &Places<'a>, change: &mut ManifestChange) {
    let Some(member) = updating.manifests.members.get(&change.package) else { return };
    let lines = &member.lines.dependencies;
    let mut places = places.borrow_mut();
    let declared = places.entry(change.package).or_insert_with(|| {
        // Of several that are alike the first counts.
        let each = lines.iter().enumerate().rev();
        each.map(|(at, it)| ((it.kind, it.target.as_deref(), it.name.as_str()), at)).collect()
    });
    let key = (change.kind, change.target.as_deref(), change.dependency.as_str());
    let Some(found) = declared.get(&key).map(|at| &lines[*at]) else { return };
    if !found.inherited {
        change.manifest = Some(member.path.clone());
        change.line = Some(found.line);
        return;
    }
    let root = &updating.manifests.root;
    if let Some(line) = root.lines.workspace.get(&change.dependency) {
        change.manifest = Some(root.path.clone());
        change.line = Some(*line);
    }
}
