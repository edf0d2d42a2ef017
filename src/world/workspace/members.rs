//! Which local packages there are, and which of them are members, as Cargo finds them
//! (<https://doc.rust-lang.org/cargo/reference/workspaces.html#the-members-and-exclude-fields>).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::read::cargo_manifest::Manifest;
use crate::world::cargo_config::patched_source;
use crate::world::manifests::{Declared, LocalPackage, Manifests, Role, normalise};
use crate::world::member_pattern::{self, MOST_ENTRIES};

/// A local package.
pub(super) struct Local {
    pub(super) folder: PathBuf,
    pub(super) role: Role,
    pub(super) package: LocalPackage,
}

/// Folders that `[patch]` puts in the place of packages, by source and name.
type Patches = BTreeMap<(String, String), PathBuf>;

/// Local packages by name and version. `configured` are the patches of Cargo's configuration.
pub(super) fn collect(
    manifests: &mut Manifests<'_>,
    root_folder: &Path,
    root: &Manifest,
    configured: &Patches,
) -> BTreeMap<(String, String), Local> {
    let mut found = BTreeMap::new();
    let mut pending = patched(root_folder, root, configured);
    let members = members(manifests, root_folder, root);
    let mut seen: BTreeSet<PathBuf> = members.keys().cloned().collect();
    for (folder, declared) in members {
        if let Some(declared) = declared {
            add(&mut found, &mut pending, folder, Role::Member, declared);
        }
    }
    while let Some(folder) = pending.pop() {
        if !seen.insert(folder.clone()) {
            continue;
        }
        let workspace = manifests.workspace_of(&folder);
        if let Some(declared) = manifests.declare(&folder, workspace.as_deref(), Role::Other) {
            add(&mut found, &mut pending, folder, Role::Other, declared);
        }
    }
    found
}

fn add(
    found: &mut BTreeMap<(String, String), Local>,
    pending: &mut Vec<PathBuf>,
    folder: PathBuf,
    role: Role,
    declared: Declared,
) {
    pending.extend(declared.path_dependencies);
    let local = Local { folder, role, package: declared.local };
    found.entry((declared.name, declared.version)).or_insert(local);
}

/// The folders that stand in for other packages. What the configuration says of a package counts
/// before what the manifest says.
fn patched(root_folder: &Path, root: &Manifest, configured: &Patches) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = configured.values().cloned().collect();
    let own = root.patches().filter(|(source, name, _)| {
        !configured.contains_key(&(patched_source(source), (*name).to_owned()))
    });
    let own = own.map(|(_, _, path)| path).chain(root.replacements());
    folders.extend(own.map(|path| normalise(&root_folder.join(path))));
    folders
}

/// Folders of the members: the root's own, those that it lists, and in a workspace what these
/// depend on by path in its folder. With what each declares, unless it is a virtual manifest or
/// one that cannot be understood.
pub(super) fn members(
    manifests: &mut Manifests<'_>,
    root_folder: &Path,
    root: &Manifest,
) -> BTreeMap<PathBuf, Option<Declared>> {
    let mut members = BTreeMap::new();
    if !root.is_workspace() {
        // It may inherit from a workspace that it names or lies in.
        let workspace = manifests.workspace_of(root_folder);
        let declared = manifests.declare(root_folder, workspace.as_deref(), Role::Member);
        members.insert(root_folder.to_owned(), declared);
        return members;
    }
    let mut pending = listed(manifests, root_folder, root);
    pending.push(root_folder.to_owned());
    let mut depended_on = Vec::new();
    while let Some(folder) = pending.pop().or_else(|| depended_on.pop()) {
        if members.contains_key(&folder) || root.excludes(root_folder, &folder) {
            continue;
        }
        let declared = manifests.declare(&folder, Some(root_folder), Role::Member);
        let paths = declared.iter().flat_map(|declared| &declared.path_dependencies);
        let belongs = |folder: &&PathBuf| {
            folder.starts_with(root_folder)
                || manifests.workspace_of(folder).as_deref() == Some(root_folder)
        };
        depended_on.extend(paths.filter(belongs).cloned());
        members.insert(folder, declared);
    }
    members
}

/// The folders that the root lists as members.
fn listed(manifests: &mut Manifests<'_>, folder: &Path, root: &Manifest) -> Vec<PathBuf> {
    let mut listed = Vec::new();
    let mut entries_left = MOST_ENTRIES;
    for pattern in root.member_patterns() {
        if !member_pattern::is_pattern(pattern) {
            listed.push(normalise(&folder.join(pattern)));
            continue;
        }
        match member_pattern::expand(folder, pattern, &mut entries_left) {
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
