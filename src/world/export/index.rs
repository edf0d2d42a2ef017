//! Cargo's whole index cache as tables.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::model::{DependencyKind, Diagnostic, Error, ReleaseHistory};
use crate::source::{cargo_index, packaged_manifest};
use crate::world::cargo_home::RegistryFolder;
use crate::world::files::read_bytes;

/// The largest index file or manifest that is read, in bytes.
const LARGEST_FILE_BYTES: u64 = 64 << 20;
/// Folders between the cache and its files: `ab/cd/name`, `3/a/name`.
const MOST_DEPTH: usize = 2;

/// Tables and what is to be said about them.
pub(super) struct Indexed {
    pub(super) releases: String,
    pub(super) dependencies: String,
    pub(super) repositories: String,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads every file of the index cache. One that cannot be understood is a diagnostic.
pub(super) fn read(folder: &RegistryFolder) -> Result<Indexed, Error> {
    let cache = folder.index.join(".cache");
    let mut files = Vec::new();
    list(&cache, 0, &mut files)?;
    files.sort();
    let mut indexed = Indexed {
        releases: "crate\tversion\tpubtime\n".to_owned(),
        dependencies: String::new(),
        repositories: "crate\trepository\n".to_owned(),
        diagnostics: Vec::new(),
    };
    let mut untimed = 0;
    for path in &files {
        match indexed.add(folder, path) {
            Ok(without_time) => untimed += without_time,
            Err(why) => {
                let path = path.display().to_string();
                indexed.diagnostics.push(Diagnostic::warning(path, why));
            }
        }
    }
    indexed.diagnostics.push(Diagnostic::note(format!(
        "Cargo's index cache knows {} packages, those that this Cargo has looked up: dependents \
         are counted among them only; releases without a time, which are left out: {untimed}",
        files.len()
    )));
    Ok(indexed)
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::input(format!("cannot read: {error}")).at(folder);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && depth < MOST_DEPTH {
            list(&entry.path(), depth + 1, files)?;
        } else if kind.is_file() && depth > 0 {
            files.push(entry.path());
        }
    }
    Ok(())
}

impl Indexed {
    /// Adds one package and says how many of its releases have no time.
    fn add(&mut self, folder: &RegistryFolder, path: &Path) -> Result<usize, String> {
        let bytes = read_bytes(path, LARGEST_FILE_BYTES).map_err(|error| error.message)?;
        let history = cargo_index::parse(&bytes, &[])?.history;
        let versions: Vec<&str> = history.releases.iter().map(|it| it.version.as_str()).collect();
        let declarations = cargo_index::parse(&bytes, &versions)?.declarations;
        let name = name(&bytes, path).ok_or("has no name that can be read")?;
        let mut untimed = 0;
        for release in &history.releases {
            let Some(time) = release.published else {
                untimed += 1;
                continue;
            };
            let version = &release.version;
            // Writing to a `String` cannot fail.
            let _ = writeln!(self.releases, "{name}\t{version}\t{time}");
            let dependencies = declarations.get(version.as_str()).map(|it| &it.dependencies);
            let wanted = dependencies.into_iter().flatten();
            let wanted = wanted.filter(|it| it.kind != DependencyKind::Dev);
            let listed: Vec<_> = wanted
                .map(|it| {
                    let requirement = it.requirement.as_ref().map(ToString::to_string);
                    json!([it.package, requirement.unwrap_or_default(), ""])
                })
                .collect();
            let line =
                json!({ "n": name, "v": version.as_str(), "t": time.to_string(), "d": listed });
            let _ = writeln!(self.dependencies, "{line}");
        }
        if let Some(repository) = repository(folder, &name, &history) {
            let _ = writeln!(self.repositories, "{name}\t{repository}");
        }
        Ok(untimed)
    }
}

/// The name as published, whose letters may be large where the file's are small: the first name
/// in the file.
fn name(bytes: &[u8], path: &Path) -> Option<String> {
    const KEY: &[u8] = b"\"name\":\"";
    let file_name = path.file_name()?.to_str()?;
    let published = memchr::memmem::find(bytes, KEY).and_then(|at| {
        let rest = &bytes[at + KEY.len()..];
        let end = memchr::memchr(b'"', rest)?;
        std::str::from_utf8(&rest[..end]).ok()
    });
    let published = published.filter(|name| name.eq_ignore_ascii_case(file_name));
    Some(published.unwrap_or(file_name).to_owned())
}

/// The repository that the newest unpacked release declares.
fn repository(folder: &RegistryFolder, name: &str, history: &ReleaseHistory) -> Option<String> {
    let manifests =
        history.releases.iter().rev().filter_map(|it| folder.manifest(name, &it.version));
    let text = manifests
        .filter_map(|path| read_bytes(&path, LARGEST_FILE_BYTES).ok())
        .find_map(|bytes| String::from_utf8(bytes).ok())?;
    let repository = packaged_manifest::parse(&text, || false).ok()?.repository?;
    // A tab or a line end would break the table.
    (!repository.contains(char::is_control)).then_some(repository)
}
