//! The Cargo workspace around a path: its lockfile and local manifests.

mod members;
mod stale;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::{Diagnostic, Error, Failure, PackageIndex, Registry, Resolver, Source};
use crate::read::cargo_lock::{self, Lockfile};
use crate::world::cargo_config::CargoConfig;
use crate::world::files::{checkout_of, read_text, read_text_inside};
use crate::world::manifests::{LocalPackage, Manifests, Role, normalise};
use members::Local;

/// A lockfile with the local packages around it.
#[derive(Debug)]
pub struct Workspace {
    /// The lockfile's path, as found.
    pub lockfile_path: PathBuf,
    /// The folder of the lockfile.
    pub root: PathBuf,
    /// The lockfile.
    pub lockfile: Lockfile,
    /// The feature resolver the root asks for.
    pub resolver: Resolver,
    /// The members' positions in the lockfile, ascending.
    pub members: Vec<PackageIndex>,
    /// The package of the root manifest; `None` where that is virtual.
    pub root_package: Option<PackageIndex>,
    /// Registries by the names that manifests use.
    pub registries: BTreeMap<String, Registry>,
    /// Local packages by their position in the lockfile. Empty for a lone lockfile.
    pub local: BTreeMap<PackageIndex, LocalPackage>,
    /// Complaints about manifests.
    pub diagnostics: Vec<Diagnostic>,
    /// What no verdict over the lockfile can do without and is not known, each in words.
    pub gaps: Vec<String>,
}

/// Finds and reads the workspace of a path.
///
/// `path` is a folder (the lockfile is looked for in it and above it), a lockfile, or a
/// `Cargo.toml`. A lockfile without a `Cargo.toml` beside it stands alone: its local packages
/// count as members and nothing is known of what they declare. `cargo_home` is Cargo's home
/// directory, whose configuration counts too.
///
/// # Errors
/// [`Failure::Nothing`] where there is no lockfile; bad input where it cannot be read.
pub fn load(path: &Path, cargo_home: Option<&Path>) -> Result<Workspace, Error> {
    let lockfile_path = find_lockfile(path)?;
    let lockfile = read_lockfile(&lockfile_path, path).map_err(|error| {
        error.help(
            "headwater reads `Cargo.lock` of version 1 to 4; run `cargo generate-lockfile` to make a new one",
        )
    })?;
    // The parent of a bare file name is empty, which is no path to anything.
    let parent = lockfile_path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let root = parent.unwrap_or(Path::new(".")).to_owned();
    let mut workspace = Workspace {
        lockfile_path,
        root,
        lockfile,
        resolver: Resolver::One,
        members: Vec::new(),
        root_package: None,
        registries: BTreeMap::new(),
        local: BTreeMap::new(),
        diagnostics: Vec::new(),
        gaps: Vec::new(),
    };
    let manifest_path = workspace.root.join("Cargo.toml");
    if manifest_path.is_file() {
        workspace.read_manifests(cargo_home);
    } else {
        workspace.diagnostics.push(Diagnostic::note(
            "no `Cargo.toml` beside the lockfile: which packages are built is not known, \
             so every presence is `unknown`",
        ));
        let packages = (0..).zip(&workspace.lockfile.packages);
        let local = packages.filter(|(_, package)| package.source == Source::Path);
        workspace.members = local.map(|(position, _)| PackageIndex(position)).collect();
    }
    Ok(workspace)
}

/// Reads the lockfile that was found by a path: one that is named itself may be a link to anywhere.
fn read_lockfile(path: &Path, named: &Path) -> Result<Lockfile, Error> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let text =
        if path == named { read_text(path) } else { read_text_inside(path, &checkout_of(folder)) };
    cargo_lock::parse(&text?).map_err(|error| Error::input(error.message).at(path).line(error.line))
}

/// The lockfile of a path: itself, beside it, or above it.
pub(super) fn find_lockfile(path: &Path) -> Result<PathBuf, Error> {
    let folder = match std::fs::metadata(path) {
        Err(error) => return Err(Error::input(format!("cannot read: {error}")).at(path)),
        Ok(metadata) if metadata.is_dir() => path,
        Ok(_) if path.file_name().is_some_and(|name| name == "Cargo.toml") => {
            path.parent().unwrap_or(Path::new(""))
        }
        Ok(_) => return Ok(path.to_owned()),
    };
    std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        .map_err(|error| Error::input(format!("cannot read the folder: {error}")).at(folder))?;
    let beside = folder.join("Cargo.lock");
    if is_there(&beside) {
        return Ok(beside);
    }
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let above = normalise(&absolute);
    let above = above.ancestors().skip(1).map(|folder| folder.join("Cargo.lock"));
    above.into_iter().find(|lockfile| is_there(lockfile)).ok_or_else(|| {
        let help = if folder.join("Cargo.toml").is_file() {
            "run `cargo generate-lockfile` first"
        } else {
            "give the path of a Cargo workspace or of a `Cargo.lock`"
        };
        Error::new(Failure::Nothing, "no `Cargo.lock` here or above").at(folder).help(help)
    })
}

/// Whether there is anything of that name. What is no file, or a link to nothing, is then refused
/// with its reason rather than passed over.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

impl Workspace {
    /// Reads the root manifest, the members, and every local package they lead to.
    fn read_manifests(&mut self, cargo_home: Option<&Path>) {
        let absolute = std::path::absolute(&self.root).unwrap_or_else(|_| self.root.clone());
        let root_folder = normalise(&absolute);
        let config = CargoConfig::read(&root_folder, cargo_home);
        let mut manifests =
            Manifests::new(&config.registries, Path::new(""), checkout_of(&self.root));
        if let Some(root) = manifests.read(&root_folder) {
            self.resolver = root.resolver();
            let found = members::collect(&mut manifests, &root_folder, &root, &config.patches);
            self.find_misfits(&found);
            self.assign(found, &root_folder);
        }
        if let Some(first) = manifests.diagnostics.first() {
            let count = manifests.diagnostics.len();
            let path = first.path.as_deref().unwrap_or_default();
            self.gaps.push(format!(
                "manifests of which it is not known what they depend on: {count}, first `{path}`"
            ));
        }
        self.diagnostics.append(&mut manifests.diagnostics);
        self.diagnostics.extend(config.diagnostics);
        self.registries = config.registries;
    }

    /// Compares the lockfile with the manifests. Local packages that no manifest accounts for count
    /// as members of which it is not known what they depend on, so that nothing below is left out.
    fn find_misfits(&mut self, found: &Found) {
        let locals: Vec<stale::Local<'_>> = found
            .iter()
            .map(|((name, version), local)| stale::Local {
                name,
                version,
                folder: &local.folder,
                is_member: local.role == Role::Member,
                declaration: &local.package.declaration,
            })
            .collect();
        let misfits = stale::misfits(&self.lockfile, &self.lockfile_path, &locals);
        self.members.extend(misfits.unclaimed);
        self.diagnostics.extend(misfits.diagnostics);
        self.gaps.extend(misfits.gap);
    }

    /// Gives each local package of the lockfile what its manifest says.
    fn assign(&mut self, mut found: Found, root_folder: &Path) {
        for (position, package) in (0..).map(PackageIndex).zip(&self.lockfile.packages) {
            if package.source != Source::Path {
                continue;
            }
            let key = (package.name.clone(), package.version.to_string());
            if let Some(local) = found.remove(&key) {
                if local.folder == root_folder {
                    self.root_package = Some(position);
                }
                self.members.extend((local.role == Role::Member).then_some(position));
                self.local.insert(position, local.package);
            }
        }
        self.members.sort_unstable();
    }
}

/// Local packages by name and version.
type Found = BTreeMap<(String, String), Local>;
