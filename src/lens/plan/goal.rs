//! What is to be cleared: the findings about one locked package.

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;

use super::Input;
use crate::model::{Advisory, FindingKind, PackageIndex};
use crate::resolve::update::{Catalogue, NodeId};

/// The findings about one locked package.
#[derive(Debug)]
pub(super) struct Goal {
    pub(super) index: PackageIndex,
    pub(super) node: NodeId,
    pub(super) subjects: Vec<Subject>,
}

/// One finding.
#[derive(Debug)]
pub(super) struct Subject {
    /// Identifier of the advisory, or `yanked`.
    pub(super) id: String,
    pub(super) advisory: Option<Arc<Advisory>>,
}

/// The findings by package.
pub(super) fn goals(catalogue: &Catalogue<'_>, input: Input<'_>) -> Vec<Goal> {
    let mut goals: BTreeMap<PackageIndex, Goal> = BTreeMap::new();
    for (index, advisory) in input.findings {
        let node = catalogue.locked(*index);
        let goal = goals.entry(*index).or_insert_with(|| Goal {
            index: *index,
            node,
            subjects: Vec::new(),
        });
        let yanked = || FindingKind::Yanked.name().to_owned();
        let id = advisory.as_ref().map_or_else(yanked, |advisory| advisory.id.clone());
        if !goal.subjects.iter().any(|it| it.id == id) {
            goal.subjects.push(Subject { id, advisory: advisory.clone() });
        }
    }
    goals.into_values().collect()
}

impl Subject {
    /// Whether a version is free of the trouble.
    pub(super) fn spares(&self, version: &Version) -> bool {
        self.advisory.as_ref().is_none_or(|advisory| !advisory.affects(version))
    }
}
