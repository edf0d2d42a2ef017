//! Which lockfile Cargo takes at a path
//! (<https://doc.rust-lang.org/cargo/reference/workspaces.html#the-workspace-section>).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::members;
use crate::model::{Diagnostic, Error, Failure};
use crate::world::files::checkout_of;
use crate::world::manifests::{Manifests, normalise};

const GENERATE: &str = "run `cargo generate-lockfile` first";

/// The lockfile of a path.
#[derive(Debug)]
pub(in crate::world) struct Found {
    pub(in crate::world) lockfile: PathBuf,
    /// What is to be known of how it was found.
    pub(in crate::world) diagnostics: Vec<Diagnostic>,
    /// Why it may be the wrong one, in words.
    pub(super) gap: Option<String>,
}

impl Found {
    fn at(lockfile: PathBuf) -> Self {
        Self { lockfile, diagnostics: Vec::new(), gap: None }
    }

    /// Names the lockfile, which does not lie in the folder that the user named.
    fn elsewhere(mut self, why: &str) -> Self {
        let path = self.lockfile.display().to_string();
        let note = Diagnostic::note(format!("the lockfile audited is {why}"));
        self.diagnostics.push(Diagnostic { path: Some(path), ..note });
        self
    }
}

/// The lockfile of a path: itself, or the one beside the root of the workspace that the package
/// there belongs to. Where there is no manifest, one beside it or above it, which stands alone.
///
/// # Errors
/// [`Failure::Nothing`] where there is none here or above; [`Failure::Source`] where there is one,
/// which is not that of the package there.
pub(in crate::world) fn find_lockfile(path: &Path) -> Result<Found, Error> {
    let named = match std::fs::metadata(path) {
        Err(error) => return Err(Error::input(format!("cannot read: {error}")).at(path)),
        Ok(metadata) if metadata.is_dir() => path,
        Ok(_) if path.file_name().is_some_and(|name| name == "Cargo.toml") => {
            path.parent().unwrap_or(Path::new(""))
        }
        Ok(_) => return Ok(Found::at(path.to_owned())),
    };
    std::fs::read_dir(if named.as_os_str().is_empty() { Path::new(".") } else { named })
        .map_err(|error| Error::input(format!("cannot read the folder: {error}")).at(named))?;
    let absolute = normalise(&std::path::absolute(named).unwrap_or_else(|_| named.to_owned()));
    for folder in absolute.ancestors() {
        // The folder that was named is shown as it was named.
        let shown = if folder == absolute { named } else { folder };
        if is_there(&folder.join("Cargo.toml")) {
            return of_package(folder, shown, &absolute);
        }
        if is_there(&folder.join("Cargo.lock")) {
            let found = Found::at(shown.join("Cargo.lock"));
            let why = "the nearest above the folder that was named";
            return Ok(if folder == absolute { found } else { found.elsewhere(why) });
        }
    }
    Err(nothing(named, "give the path of a Cargo workspace or of a `Cargo.lock`"))
}

/// The lockfile of the package in a folder, `shown` to the user, where that or a folder below,
/// `named`, was asked for.
fn of_package(folder: &Path, shown: &Path, named: &Path) -> Result<Found, Error> {
    let registries = BTreeMap::new();
    let mut manifests = Manifests::new(&registries, Path::new(""), checkout_of(folder));
    let root = manifests.workspace_of(folder).unwrap_or_else(|| folder.to_owned());
    let (own, of_root) = (folder.join("Cargo.lock"), root.join("Cargo.lock"));
    let is_root = root == folder;
    let is_member = is_root || is_member(&mut manifests, &root, folder);
    let mut found = if is_root || (!is_member && is_there(&own)) {
        let found = Found::at(shown.join("Cargo.lock"));
        if folder == named { found } else { found.elsewhere("that of the package around") }
    } else {
        Found::at(of_root.clone()).elsewhere("that of the workspace")
    };
    match (is_member, is_there(&own), is_there(&of_root)) {
        (true, _, false) | (false, false, _) => return Err(missing(folder, &root, is_member)),
        (true, true, true) if !is_root => found.diagnostics.push(stray(&own, &of_root)),
        (false, true, _) => found.diagnostics.push(outsider(folder, &root)),
        (true, _, true) => {}
    }
    // What the walk could not read may be the workspace that the package belongs to.
    let own = folder.join("Cargo.toml").display().to_string();
    manifests.diagnostics.retain(|it| is_root && it.path.as_deref() != Some(own.as_str()));
    found.gap = manifests.diagnostics.first().map(|unread| {
        let path = unread.path.as_deref().unwrap_or_default();
        format!("whether the package belongs to a workspace is not known, because of `{path}`")
    });
    found.diagnostics.append(&mut manifests.diagnostics);
    Ok(found)
}

fn is_member(manifests: &mut Manifests<'_>, root: &Path, folder: &Path) -> bool {
    let manifest = manifests.read(root);
    manifest
        .is_some_and(|manifest| members::members(manifests, root, &manifest).contains_key(folder))
}

/// Says why the package in `folder` has no lockfile, and which one it is that lies above or beside.
fn missing(folder: &Path, root: &Path, is_member: bool) -> Error {
    let beside_and_above = folder.ancestors().map(|above| above.join("Cargo.lock"));
    let other = beside_and_above.into_iter().find(|lockfile| is_there(lockfile));
    if !is_member {
        let root = root.join("Cargo.toml");
        let message = format!(
            "the package lies below the workspace of `{}`, which does not have it as a member, \
             and has no lockfile of its own; Cargo does not build it",
            root.display()
        );
        return Error::new(Failure::Source, message)
            .at(folder)
            .help("list it in `workspace.members` or `workspace.exclude` there");
    }
    match other {
        None => nothing(folder, GENERATE),
        Some(other) => {
            let wanted = root.join("Cargo.lock");
            let message = format!(
                "there is no `{}`; `{}` is not the lockfile of this package",
                wanted.display(),
                other.display()
            );
            let help = format!("{GENERATE}, or name the other lockfile to audit that");
            Error::new(Failure::Source, message).at(folder).help(help)
        }
    }
}

fn nothing(folder: &Path, help: &str) -> Error {
    Error::new(Failure::Nothing, "no `Cargo.lock` here or above").at(folder).help(help)
}

fn stray(own: &Path, of_root: &Path) -> Diagnostic {
    let message = format!(
        "Cargo does not use this lockfile, as the package is a member of the workspace of `{}`; \
         remove it, or name it to audit it",
        of_root.display()
    );
    Diagnostic::warning(own.display().to_string(), message)
}

fn outsider(folder: &Path, root: &Path) -> Diagnostic {
    let message = format!(
        "the package lies below the workspace of `{}`, which does not have it as a member, so that \
         Cargo does not build it; its own lockfile is audited",
        root.join("Cargo.toml").display()
    );
    Diagnostic::warning(folder.join("Cargo.toml").display().to_string(), message)
}

/// Whether there is anything of that name. What is no file, or a link to nothing, is then refused
/// with its reason rather than passed over.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
