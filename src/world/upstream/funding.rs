//! Whom one can pay by files on this machine: in the unpacked sources of packages, and in clones
//! that the user keeps.
//!
//! That no such file is there tells nothing: a package mostly leaves them out.

use std::path::{Path, PathBuf};

use gix::Repository as Clone;
use jiff::civil::Date;

use super::Subjects;
use crate::model::{Funding, Observed, Repository, Sourced};
use crate::source::funding::{LONGEST_FILE, PATHS, parse};
use crate::world::files::read_bytes;
use crate::world::history::mirror;

/// No object larger than this is read.
const LARGEST_OBJECT: &str = "gitoxide.objects.allocLimit=64MiB";

/// The unpacked source of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedSource {
    /// Name and version of the package.
    pub package: String,
    /// The folder.
    pub folder: PathBuf,
}

/// What the files on this machine say about a repository; `None` where none says anything.
pub(super) fn on_this_machine(
    repository: &Repository,
    subjects: &Subjects,
    mirrors: &[PathBuf],
    today: Date,
) -> Option<Sourced<Funding>> {
    let mut named = Funding::default();
    let mut from = Vec::new();
    let mut add = |said: Vec<(String, Funding)>, place: String| {
        if !said.is_empty() {
            from.push(place);
        }
        said.into_iter().for_each(|(file, said)| named.add(said, &file));
    };
    for source in subjects.sources.get(&repository.address).into_iter().flatten() {
        let label = |path: &str| format!("{path} of {}", source.package);
        let read = |path: &str| read_bytes(&source.folder.join(path), LONGEST_FILE as u64).ok();
        add(files(read, label), format!("the source of {}", source.package));
    }
    let name = format!("{}/{}", repository.host, repository.path);
    if let Some(folder) = mirrors.iter().find_map(|folder| mirror(folder, &name)) {
        let clone = open(&folder);
        let read = |path: &str| blob(clone.as_ref()?, path);
        add(files(read, |path| format!("{path} of the clone")), folder.display().to_string());
    }
    let says_something = !named.payees.is_empty() || !named.history.is_empty();
    says_something.then(|| Sourced { value: named, from: from.join(", "), on: today })
}

/// What a forge says and what files on this machine say, as one.
pub(super) fn together(
    said: Observed<Sourced<Funding>>,
    here: Option<Sourced<Funding>>,
) -> Observed<Sourced<Funding>> {
    match (said, here) {
        (said, None) => said,
        (Observed::Missing(_), Some(here)) => Observed::Known(here),
        (Observed::Known(mut said), Some(here)) => {
            said.value.add(here.value, &here.from);
            Observed::Known(Sourced { from: format!("{}, {}", said.from, here.from), ..said })
        }
    }
}

/// What the files say that are there and can be understood, each with its label.
fn files(
    read: impl Fn(&str) -> Option<Vec<u8>>,
    label: impl Fn(&str) -> String,
) -> Vec<(String, Funding)> {
    let said = |path: &&str| {
        let said = parse(path, &read(path)?).ok()?;
        let says_nothing = said.payees.is_empty() && said.history.is_empty();
        (!says_nothing).then(|| (label(path), said))
    };
    PATHS.iter().filter_map(said).collect()
}

/// A clone, with or without a working tree.
fn open(folder: &Path) -> Option<Clone> {
    // Neither the user's configuration nor the environment may change what is read.
    let options = gix::open::Options::isolated().config_overrides([LARGEST_OBJECT]);
    gix::open_opts(folder, options).ok()
}

/// A file of the commit that `HEAD` stands for; `None` where it, or its tree, is not there: a
/// treeless clone has none.
fn blob(clone: &Clone, path: &str) -> Option<Vec<u8>> {
    let tree = clone.head_commit().ok()?.tree().ok()?;
    let entry = tree.lookup_entry_by_path(path).ok()??;
    let header = clone.find_header(entry.object_id()).ok()?;
    if !entry.mode().is_blob() || header.size() > LONGEST_FILE as u64 {
        return None;
    }
    Some(entry.object().ok()?.detach().data)
}
