//! The Cargo workspace around a path: its lockfile and local manifests.

mod stale;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::{Diagnostic, Error, Failure, PackageIndex, Resolver, Source};
use crate::read::cargo_lock::{self, Lockfile};
use crate::read::cargo_manifest::Manifest;
use crate::world::files::{checkout_of, read_text, read_text_inside};
use crate::world::manifests::{LocalPackage, Manifests, normalise};
use crate::world::member_pattern;

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
/// count as members and nothing is known of what they declare.
///
/// # Errors
/// [`Failure::Nothing`] where there is no lockfile; bad input where it cannot be read.
pub fn load(path: &Path) -> Result<Workspace, Error> {
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
        local: BTreeMap::new(),
        diagnostics: Vec::new(),
        gaps: Vec::new(),
    };
    let manifest_path = workspace.root.join("Cargo.toml");
    if manifest_path.is_file() {
        workspace.read_manifests();
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
    fn read_manifests(&mut self) {
        let mut manifests = Manifests::of(checkout_of(&self.root));
        let absolute = std::path::absolute(&self.root).unwrap_or_else(|_| self.root.clone());
        let root_folder = normalise(&absolute);
        if let Some(root) = manifests.read(&root_folder) {
            self.resolver = root.resolver();
            let found = collect(&mut manifests, &root_folder, &root);
            self.find_misfits(&found);
            self.assign(found);
        }
        if let Some(first) = manifests.diagnostics.first() {
            let count = manifests.diagnostics.len();
            let path = first.path.as_deref().unwrap_or_default();
            self.gaps.push(format!(
                "manifests of which it is not known what they depend on: {count}, first `{path}`"
            ));
        }
        self.diagnostics.append(&mut manifests.diagnostics);
    }

    /// Compares the lockfile with the manifests. Local packages that no manifest accounts for count
    /// as members of which it is not known what they depend on, so that nothing below is left out.
    fn find_misfits(&mut self, found: &Found) {
        let locals: Vec<stale::Local<'_>> = found
            .iter()
            .map(|((name, version), (local, is_member, folder))| stale::Local {
                name,
                version,
                folder,
                is_member: *is_member,
                declaration: &local.declaration,
            })
            .collect();
        let misfits = stale::misfits(&self.lockfile, &self.lockfile_path, &locals);
        self.members.extend(misfits.unclaimed);
        self.diagnostics.extend(misfits.diagnostics);
        self.gaps.extend(misfits.gap);
    }

    /// Gives each local package of the lockfile what its manifest says.
    fn assign(&mut self, mut found: Found) {
        for (position, package) in (0..).map(PackageIndex).zip(&self.lockfile.packages) {
            if package.source != Source::Path {
                continue;
            }
            let key = (package.name.clone(), package.version.to_string());
            if let Some((local, member, _)) = found.remove(&key) {
                self.local.insert(position, local);
                self.members.extend(member.then_some(position));
            }
        }
        self.members.sort_unstable();
    }
}

/// Local packages by name and version, whether each is a member, and its folder.
type Found = BTreeMap<(String, String), (LocalPackage, bool, PathBuf)>;

/// Finds the local packages.
fn collect(manifests: &mut Manifests, root_folder: &Path, root: &Manifest) -> Found {
    let join = |path: &String| normalise(&root_folder.join(path));
    let excluded: Vec<PathBuf> = root.excluded().iter().map(join).collect();
    let listed = members(manifests, root_folder, root);
    // A path dependency inside the folder of a workspace is a member without being listed; a
    // package that is no workspace stands alone.
    let is_member = |folder: &PathBuf| {
        listed.contains(folder)
            || root.is_workspace()
                && folder.starts_with(root_folder)
                && !excluded.iter().any(|left_out| folder.starts_with(left_out))
    };
    let patches: BTreeSet<PathBuf> = root.replaced_by().map(|path| join(&path)).collect();
    let mut pending: Vec<PathBuf> = vec![root_folder.to_owned()];
    pending.extend(listed.iter().cloned().chain(patches.iter().cloned()));
    let mut seen = BTreeSet::new();
    let mut found = BTreeMap::new();
    while let Some(folder) = pending.pop() {
        if !seen.insert(folder.clone()) {
            continue;
        }
        let member = is_member(&folder) && (listed.contains(&folder) || !patches.contains(&folder));
        let workspace =
            if member { Some(root_folder.to_owned()) } else { manifests.workspace_of(&folder) };
        let Some(declared) = manifests.declare(&folder, workspace.as_deref()) else { continue };
        pending.extend(declared.path_dependencies);
        found.insert((declared.name, declared.version), (declared.local, member, folder));
    }
    found
}

/// Folders of the members that the root lists, the root's own among them.
fn members(manifests: &mut Manifests, folder: &Path, root: &Manifest) -> BTreeSet<PathBuf> {
    let mut listed = BTreeSet::from([folder.to_owned()]);
    for pattern in root.member_patterns() {
        if !member_pattern::is_pattern(pattern) {
            listed.insert(normalise(&folder.join(pattern)));
            continue;
        }
        match member_pattern::expand(folder, pattern) {
            Ok(paths) => {
                let packages = paths.iter().filter(|path| path.join("Cargo.toml").is_file());
                listed.extend(packages.map(|path| normalise(path)));
            }
            Err(error) => {
                let message = format!("member pattern `{pattern}` cannot be read: {error}");
                manifests.complain(folder, None, &message);
            }
        }
    }
    listed
}
