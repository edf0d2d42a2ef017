//! The Cargo workspace around a path: its lockfile and local manifests.

mod find;
mod members;
mod stale;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::{Diagnostic, Error, PackageIndex, Registry, Resolver, Source};
use crate::read::cargo_lock::{self, Lockfile};
use crate::world::cargo_config::{Build, CargoConfig};
use crate::world::files::{checkout_of, read_text, read_text_inside};
use crate::world::manifests::{LocalPackage, Manifests, Role, normalise};
pub(super) use find::{Found, find_lockfile};
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
    /// What the configuration of Cargo changes of what is built.
    pub build: Build,
    /// Complaints about manifests.
    pub diagnostics: Vec<Diagnostic>,
    /// What no verdict over the lockfile can do without and is not known, each in words.
    pub gaps: Vec<String>,
}

/// Finds and reads the workspace of a path.
///
/// `path` is a folder or a `Cargo.toml` (the lockfile is the one that Cargo takes there), or a
/// lockfile. A lockfile without a `Cargo.toml` beside it stands alone: its local packages
/// count as members and nothing is known of what they declare. `cargo_home` is Cargo's home
/// directory, whose configuration counts too.
///
/// # Errors
/// [`Failure::Nothing`](crate::model::Failure::Nothing) where there is no lockfile; bad input where
/// it cannot be read.
pub fn load(path: &Path, cargo_home: Option<&Path>) -> Result<Workspace, Error> {
    let Found { lockfile: lockfile_path, diagnostics, gap } = find_lockfile(path)?;
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
        build: Build::default(),
        diagnostics,
        gaps: gap.into_iter().collect(),
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
        let complaints = Diagnostic::first_of(manifests.diagnostics, "manifests as these");
        self.diagnostics.extend(complaints);
        self.diagnostics.extend(config.diagnostics);
        self.registries = config.registries;
        self.gaps.extend(config.build.gaps());
        self.build = config.build;
    }

    /// Compares the lockfile with the manifests. Local packages that no manifest accounts for count
    /// as members of which it is not known what they depend on, so that nothing below is left out.
    fn find_misfits(&mut self, found: &Locals) {
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
    fn assign(&mut self, mut found: Locals, root_folder: &Path) {
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
type Locals = BTreeMap<(String, String), Local>;
