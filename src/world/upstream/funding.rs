//! Whom one can pay by files on this machine: in the unpacked sources of packages, and in clones
//! that the user keeps.
//!
//! That no such file is there tells nothing: a package mostly leaves them out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::Subjects;
use crate::model::{Funding, Observed, Repository, Sourced};
use crate::source::funding::{LONGEST_FILE, PATHS, parse};
use crate::world::files::read_bytes;
use crate::world::git::Repository as Clone;
use crate::world::history::mirror;

/// How long git may take to tell a few files of a clone.
const PATIENCE: Duration = Duration::from_secs(30);

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
        let blobs = blobs(&folder);
        let read = |path: &str| blobs.get(path).cloned();
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

/// Files of the commit that the `HEAD` of a clone stands for, by path. One that is not there, or
/// whose tree is not, is left out: a treeless clone has none.
fn blobs(folder: &Path) -> BTreeMap<&'static str, Vec<u8>> {
    let names: Vec<String> = PATHS.iter().map(|path| format!("HEAD:{path}")).collect();
    let deadline = Instant::now() + PATIENCE;
    let clone = Clone::at(folder).ok().flatten();
    let objects = clone.map(|clone| clone.objects(&names, LONGEST_FILE as u64, deadline));
    let objects = objects.and_then(|told| told.ok().flatten()).unwrap_or_default();
    let found = PATHS.iter().zip(objects).filter_map(|(path, object)| {
        let object = object.filter(|object| object.kind == "blob")?;
        Some((*path, object.content?))
    });
    found.collect()
}
