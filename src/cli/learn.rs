//! Learning about upstream projects, between an audit without and an audit with what is learned.

use std::path::{Path, PathBuf};

use super::arguments::Subject;
use super::network::{Opened, not_remembered};
use super::progress::Progress;
use crate::audit::Inputs;
use crate::model::{Audit, Project, Registry};
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::upstream::{self, Asking, Endpoints, Subjects};

/// Whether there is anything to learn from: the network, mirrors, or what earlier runs left.
pub(super) fn is_possible(subject: &Subject, cache: &CacheDir) -> bool {
    let learning = &subject.learning;
    learning.online || !learning.git_mirror.is_empty() || upstream::has_memory(cache)
}

/// Learns about projects of a first audit, the most important first, into the inputs of the next.
/// `workspace` is the folder whose Cargo configuration holds.
pub(super) fn learn(
    inputs: &mut Inputs,
    first: &Audit,
    projects: &[&Project],
    workspace: &Path,
    subject: &Subject,
    opened: &Opened,
    cache: &CacheDir,
) {
    let progress = Progress::new("asking about upstream projects");
    let knowledge = upstream::learn(
        &Subjects::of(&first.graph, projects),
        &Asking {
            network: &opened.network,
            mode: opened.mode,
            budget: &opened.budget,
            cache,
            endpoints: &Endpoints::default(),
            mirrors: &subject.learning.git_mirror,
            index: public_index(subject, workspace).as_deref(),
            as_of: first.as_of,
            now: opened.now,
            progress: &|what, done, total| progress.tell(what, done, total),
        },
    );
    inputs.upstream = knowledge.upstream;
    inputs.ownership = knowledge.ownership;
    inputs.deps_dev = knowledge.deps_dev;
    inputs.diagnostics.extend(not_remembered(&opened.network, cache));
}

/// Cargo's copy of the public registry's index, as a workspace has it.
fn public_index(subject: &Subject, workspace: &Path) -> Option<PathBuf> {
    let workspace = std::path::absolute(workspace).ok()?;
    // A configuration that cannot be read was told of when the registry's facts were gathered.
    let (home, _) = CargoHome::locate(subject.cargo_home.clone(), &workspace);
    Some(home.folder(&Registry::CratesIo)?.index)
}
