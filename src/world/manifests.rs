//! Manifests on this machine: each read once, with inheritance from its workspace root.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::model::{Declaration, Diagnostic, Error};
use crate::read::cargo_manifest::{self, LocalPath, Manifest, PathBase};
use crate::world::files::read_text;

/// What the manifest of a local package says.
#[derive(Debug, Clone)]
pub struct LocalPackage {
    /// The folder of its manifest.
    pub folder: PathBuf,
    /// Its dependencies and features.
    pub declaration: Arc<Declaration>,
    /// Whether its library is a procedural macro.
    pub proc_macro: bool,
    /// Whether it has a build script.
    pub build_script: bool,
    /// The declared repository address, as written.
    pub repository: Option<String>,
}

/// A local package with its identity and the folders of its path dependencies.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) local: LocalPackage,
    pub(super) path_dependencies: Vec<PathBuf>,
}

/// Manifests by folder, each read at most once.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    by_folder: BTreeMap<PathBuf, Option<Rc<Manifest>>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Manifests {
    /// The manifest in a folder. A missing or broken one is complained about once.
    pub(super) fn read(&mut self, folder: &Path) -> Option<Rc<Manifest>> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let parsed = read_text(&folder.join("Cargo.toml")).and_then(|text| {
            cargo_manifest::parse(&text)
                .map_err(|error| Error::input(error.message).line(error.line))
        });
        let manifest = match parsed {
            Ok(manifest) => Some(Rc::new(manifest)),
            Err(error) => {
                self.complain(folder, error.line, &error.message);
                None
            }
        };
        self.by_folder.insert(folder.to_owned(), manifest.clone());
        manifest
    }

    /// Complains about the manifest in a folder.
    pub(super) fn complain(&mut self, folder: &Path, line: Option<usize>, message: &str) {
        let path = folder.join("Cargo.toml").display().to_string();
        let message = format!("{message}; what it depends on is not known");
        self.diagnostics.push(Diagnostic { line, ..Diagnostic::warning(path, message) });
    }

    /// The folder of the workspace root that the package in `folder` inherits from: its own, the
    /// one it names, or the nearest above it.
    pub(super) fn workspace_of(&mut self, folder: &Path) -> Option<PathBuf> {
        let manifest = self.read(folder)?;
        if manifest.is_workspace() {
            return Some(folder.to_owned());
        }
        if let Some(named) = manifest.workspace_path() {
            return Some(normalise(&folder.join(named)));
        }
        let above = folder.ancestors().skip(1).filter(|above| above.join("Cargo.toml").is_file());
        let above: Vec<PathBuf> = above.map(Path::to_owned).collect();
        above
            .into_iter()
            .find(|above| self.read(above).is_some_and(|manifest| manifest.is_workspace()))
    }

    /// What the package in `folder` declares, inheriting from the workspace root in `workspace`.
    /// `None` for a virtual manifest and, with a complaint, for one that cannot be understood.
    pub(super) fn declare(&mut self, folder: &Path, workspace: Option<&Path>) -> Option<Declared> {
        let manifest = self.read(folder)?;
        let name = manifest.name()?.to_owned();
        let root = workspace.and_then(|folder| self.read(folder));
        let (declaration, paths) = match manifest.declaration(root.as_deref()) {
            Ok(found) => found,
            Err(error) => {
                self.complain(folder, error.line, &error.message);
                return None;
            }
        };
        let base_of = |LocalPath { path, base }| match (base, workspace) {
            (PathBase::Workspace, Some(workspace)) => normalise(&workspace.join(path)),
            (PathBase::Workspace | PathBase::Manifest, _) => normalise(&folder.join(path)),
        };
        Some(Declared {
            name,
            version: manifest.version(root.as_deref()).to_owned(),
            local: LocalPackage {
                folder: folder.to_owned(),
                declaration: Arc::new(declaration),
                proc_macro: manifest.is_proc_macro(),
                build_script: manifest
                    .declares_build_script()
                    .unwrap_or_else(|| folder.join("build.rs").is_file()),
                repository: manifest.repository(root.as_deref()).map(str::to_owned),
            },
            path_dependencies: paths.into_iter().map(base_of).collect(),
        })
    }
}

/// Removes `.` and `..` without asking the file system.
pub(super) fn normalise(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            Component::ParentDir
            | Component::Prefix(_)
            | Component::RootDir
            | Component::Normal(_) => plain.push(component),
        }
    }
    plain
}
