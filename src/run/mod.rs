//! Runs the program: gathers, audits, learns about upstream projects in the order of the ranking,
//! and audits with what was learned. A command, a worker and a test call [`run`] alike.

mod learn;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use semver::Version;

use crate::audit::{Inputs, Knowledge, audit};
use crate::model::{Audit, Error, PackageIndex, Project};
use crate::world::gather::{self, gather, gather_intake};
use crate::world::http::{Mode, Network};
use crate::world::registry::Remote;

/// What is to be audited, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is to be audited.
    pub subject: Subject,
    /// Where it is, and what is to be built of it.
    pub gather: gather::Request,
    /// Folders of repositories (`DIR/owner/name`) to read in place of remote ones.
    pub mirrors: Vec<PathBuf>,
    /// Whether files on this machine are looked at.
    pub files: Files,
    /// The day of the run, by which the age of clones on this machine is told.
    pub today: Date,
}

/// What is to be audited.
#[derive(Debug, Clone)]
pub enum Subject {
    /// The workspace at the path.
    Workspace,
    /// A package of the public registry, with all it brings; the path has the policy.
    Package {
        /// Its name.
        name: String,
        /// The version; `None` for the newest.
        version: Option<Version>,
    },
}

/// Whether files on this machine are looked at where there is nothing else to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// They are what the command shows.
    Read,
    /// The command is to be fast.
    LeftAlone,
}

/// Told what is under way, how much of it is done, and of how much.
pub type Watch<'a> = &'a (dyn Fn(&str, usize, usize) + Sync);

/// What came out of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The audit.
    pub audit: Audit,
    /// What it was made of.
    pub inputs: Inputs,
}

/// Audits. Where a network is given, open or with nothing but what earlier runs left, it is asked
/// about the registry's index and about upstream projects.
///
/// # Errors
/// Bad input, or nothing to audit.
pub fn run(
    request: &Request,
    knowledge: &Arc<Knowledge>,
    network: Option<&Network>,
    watch: Watch<'_>,
) -> Result<Outcome, Error> {
    let mut inputs = inputs(request, knowledge, network, watch)?;
    let mut result = audit(&inputs)?;
    let projects = projects(&result, &request.subject);
    let folder = folder(request, &inputs.lockfile);
    let learning = learn::Learning { request, folder: &folder, first: &result };
    let has_learned = match network {
        Some(network) => {
            learning.ask(&projects, network, watch, &mut inputs);
            true
        }
        None if request.files == Files::Read => learning.look_at_files(&projects, &mut inputs),
        None => false,
    };
    if has_learned {
        result = audit(&inputs)?;
    }
    Ok(Outcome { audit: result, inputs })
}

fn inputs(
    request: &Request,
    knowledge: &Arc<Knowledge>,
    network: Option<&Network>,
    watch: Watch<'_>,
) -> Result<Inputs, Error> {
    let remote = |network| Remote { network, progress: watch };
    let what = request.gather.clone();
    match &request.subject {
        Subject::Workspace => {
            let show = |done, total| watch("reading the registry index", done, total);
            gather(what, knowledge, network.map(remote), &show)
        }
        Subject::Package { name, version } => {
            // What is remembered of the index may be of any age, and the newest is asked for.
            let network = network.filter(|network| network.mode() != Mode::Offline);
            gather_intake(what, knowledge, name, version.as_ref(), network.map(remote))
        }
    }
}

/// The projects to learn about, the most important first.
fn projects<'a>(first: &'a Audit, subject: &Subject) -> Vec<&'a Project> {
    let is_wanted = |project: &&Project| match subject {
        Subject::Workspace => true,
        Subject::Package { name, .. } => {
            let is_it = |package: &PackageIndex| first.graph.package(*package).name == *name;
            project.packages.iter().any(is_it)
        }
    };
    first.ranking.iter().filter(is_wanted).collect()
}

/// The folder whose Cargo configuration holds.
fn folder(request: &Request, lockfile: &str) -> PathBuf {
    let path = &request.gather.path;
    match request.subject {
        Subject::Workspace => {
            let folder = Path::new(lockfile).parent().unwrap_or(path);
            // The folder of a bare file name is the working directory.
            if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
        }
        Subject::Package { .. } => path.clone(),
    }
}
