//! What a back-test of the rankings works on: lockfiles of past days, and what is the same for all.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::audit::Inputs;
use crate::audit::replay::PastLockfile;
use crate::model::{Error, Resolver};
use crate::read::cargo_lock;
use crate::resolve::{Platforms, Selection};
use crate::world::{files, knowledge};

/// How the name of a lockfile ends, after its day.
const ENDING: &str = ".Cargo.lock";

/// Reads the lockfiles `folder/PROJECT/YYYY-MM-DD.Cargo.lock` of these years, by project and day.
/// Files of other names are passed over.
///
/// # Errors
/// Where a folder or a lockfile cannot be read, or there is none of these years.
pub fn lockfiles(folder: &Path, years: RangeInclusive<i16>) -> Result<Vec<PastLockfile>, Error> {
    let mut found = Vec::new();
    let mut of_other_years = 0;
    for project in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&project)? {
            let Some(day) = day_of(&path) else { continue };
            if years.contains(&day.year()) {
                found.push(read(&project, &path, day)?);
            } else {
                of_other_years += 1;
            }
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let (from, to) = years.into_inner();
    let error = Error::input(format!("no lockfile of the years {from} to {to}")).at(folder);
    Err(match of_other_years {
        0 => error.help("lockfiles are looked for as PROJECT/YYYY-MM-DD.Cargo.lock"),
        _ => error.help("there are lockfiles of other years: set `--from` and `--to`"),
    })
}

/// The paths in a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed =
        |error: std::io::Error| Error::input(format!("cannot read the folder: {error}")).at(folder);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let paths = entries.map(|entry| entry.map(|it| it.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// The day that the name of a lockfile begins with.
fn day_of(path: &Path) -> Option<Date> {
    path.file_name()?.to_str()?.strip_suffix(ENDING)?.parse().ok()
}

fn read(project: &Path, path: &Path, day: Date) -> Result<PastLockfile, Error> {
    let lockfile = cargo_lock::parse(&files::read_text(path)?)
        .map_err(|error| Error::input(error.message).at(path).line(error.line))?;
    let project = project.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(PastLockfile { project, day, path: path.display().to_string(), lockfile })
}

/// The inputs that audits of all days share: the embedded advisories, the shipped models and
/// usage, the default policy, and no package yet.
///
/// # Errors
/// Where something inside the program is damaged, which tests exclude.
pub fn inputs() -> Result<Inputs, Error> {
    let knowledge = knowledge::embedded()?;
    Ok(Inputs {
        lockfile: String::new(),
        packages: Vec::new(),
        locked: Vec::new(),
        members: Vec::new(),
        root_package: None,
        resolver: Resolver::One,
        selection: Selection {
            platforms: Platforms::All,
            features: Vec::new(),
            all_features: false,
            default_features: true,
            flags: Default::default(),
        },
        declarations: Vec::new(),
        packaged: Vec::new(),
        histories: Vec::new(),
        upstream: BTreeMap::new(),
        ownership: BTreeMap::new(),
        deps_dev: BTreeMap::new(),
        policy: knowledge.shipped.policy.clone(),
        knowledge: Arc::new(knowledge),
        as_of: Date::MIN,
        gaps: Vec::new(),
        hosts_asked: Vec::new(),
        updating: None,
        diagnostics: Vec::new(),
    })
}
