//! What tells which versions Cargo would lock, from the workspace and Cargo's home.

use std::path::{Path, absolute};
use std::sync::Arc;

use crate::audit::{Manifests, MemberManifest, Updating};
use crate::read::cargo_manifest::lines::{ManifestLines, lines};
use crate::world::cargo_home::CargoHome;
use crate::world::files::{checkout_of, read_text_inside};
use crate::world::manifests::normalise;
use crate::world::release_index::LocalIndex;
use crate::world::workspace::Workspace;

/// Reads the members' manifests for lines and Rust versions; one that cannot be read has none, as
/// the workspace has complained about it.
pub(super) fn updating(workspace: &Workspace, home: &CargoHome) -> Updating {
    let root = manifest(workspace, &workspace.root);
    let mut rust_versions = Vec::new();
    let mut manifests = Manifests { root, ..Manifests::default() };
    for member in &workspace.members {
        let Some(local) = workspace.local.get(member) else { continue };
        let read = manifest(workspace, &local.folder);
        rust_versions.extend(rust_version(&read.lines, &manifests.root.lines));
        manifests.members.insert(*member, read);
    }
    rust_versions.sort_unstable();
    rust_versions.dedup();
    Updating {
        index: Arc::new(LocalIndex::new(home)),
        rust_versions: rust_versions.into_iter().map(Into::into).collect(),
        prefers_supported_rust: manifests.root.lines.prefers_supported_rust,
        manifests,
    }
}

fn rust_version(own: &ManifestLines, root: &ManifestLines) -> Option<String> {
    match own.inherits_rust_version {
        true => root.workspace_rust_version.clone(),
        false => own.rust_version.clone(),
    }
}

/// The manifest of a folder, named as the user named the workspace.
fn manifest(workspace: &Workspace, folder: &Path) -> MemberManifest {
    let path = folder.join("Cargo.toml");
    let whole = |path: &Path| normalise(&absolute(path).unwrap_or_else(|_| path.to_owned()));
    let (found, root) = (whole(&path), whole(&workspace.root));
    let shown = found.strip_prefix(&root).unwrap_or(&found).display().to_string();
    let text = read_text_inside(&path, &checkout_of(&workspace.root)).unwrap_or_default();
    MemberManifest { path: shown, lines: lines(&text) }
}
