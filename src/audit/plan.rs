//! The plan of an audit: from what was gathered, with the lines of manifests filled in.

use std::sync::Arc;

use super::{Inputs, Updating, in_force};
use crate::lens::plan::{self, Input};
use crate::model::{Advisory, Certainty, ManifestChange, PackageFacts, PackageIndex, Plan};
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
        as_of: inputs.as_of,
    });
    for step in &mut plan.steps {
        for change in &mut step.changes {
            locate(updating, change);
        }
        // Members that inherit a requirement share its line.
        let mut changes = std::mem::take(&mut step.changes).into_iter();
        step.changes = changes.by_ref().fold(Vec::new(), |mut kept, change| {
            let is_same = |it: &ManifestChange| {
                it.line.is_some() && (&it.manifest, it.line) == (&change.manifest, change.line)
            };
            if !kept.iter().any(is_same) {
                kept.push(change);
            }
            kept
        });
    }
    Some(plan)
}

/// Fills in where the member declares the dependency.
fn locate(updating: &Updating, change: &mut ManifestChange) {
    let Some(member) = updating.manifests.members.get(&change.package) else { return };
    let is_it = |name: &str| name == change.dependency;
    let found = member
        .lines
        .dependencies
        .iter()
        .find(|it| it.kind == change.kind && it.target == change.target && is_it(&it.name));
    let Some(found) = found else { return };
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
