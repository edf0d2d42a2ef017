//! Manifests on this machine: each read once, with inheritance from its workspace root.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use semver::Version;

use crate::model::{Declaration, DeclaredSource, DependencyKind, Diagnostic, Error, Registry};
use crate::read::cargo_manifest::{self, LocalPath, Manifest, PathBase};
use crate::world::files::read_text_inside;

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

/// What a package is to the workspace. The dev-dependencies of members count, others' do not, and
/// need not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Member,
    Other,
}

/// Manifests by folder, each read at most once.
#[derive(Debug)]
pub(super) struct Manifests<'a> {
    /// Links lead nowhere else.
    checkout: PathBuf,
    by_folder: BTreeMap<PathBuf, Option<Rc<Manifest>>>,
    /// Registries by the names that manifests use.
    registries: &'a BTreeMap<String, Registry>,
    /// Workspace roots are looked for in this folder only.
    within: &'a Path,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Manifests<'a> {
    /// Manifests of a checkout.
    pub(super) fn new(
        registries: &'a BTreeMap<String, Registry>,
        within: &'a Path,
        checkout: PathBuf,
    ) -> Self {
        let (by_folder, diagnostics) = (BTreeMap::new(), Vec::new());
        Self { checkout, by_folder, registries, within, diagnostics }
    }

    /// The manifest in a folder. A missing or broken one is complained about once.
    pub(super) fn read(&mut self, folder: &Path) -> Option<Rc<Manifest>> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let parsed =
            read_text_inside(&folder.join("Cargo.toml"), &self.checkout).and_then(|text| {
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
    /// one it names, or the nearest above it that does not leave it out.
    pub(super) fn workspace_of(&mut self, folder: &Path) -> Option<PathBuf> {
        let manifest = self.read(folder)?;
        if let Some(root) = root_by(&manifest, folder, folder) {
            return Some(root);
        }
        let above = folder.ancestors().skip(1).take_while(|above| above.starts_with(self.within));
        let above: Vec<&Path> = above.filter(|above| above.join("Cargo.toml").is_file()).collect();
        above.into_iter().find_map(|above| root_by(&*self.read(above)?, above, folder))
    }

    /// What the package in `folder` declares, inheriting from the workspace root in `workspace`.
    /// `None` for a virtual manifest and, with a complaint, for one that cannot be understood.
    pub(super) fn declare(
        &mut self,
        folder: &Path,
        workspace: Option<&Path>,
        role: Role,
    ) -> Option<Declared> {
        let manifest = self.read(folder)?;
        let name = manifest.name()?.to_owned();
        let root = workspace.and_then(|folder| self.read(folder));
        let (mut declaration, paths) = match manifest.declaration(root.as_deref()) {
            Ok(found) => found,
            Err(error) => {
                self.complain(folder, error.line, &error.message);
                return None;
            }
        };
        self.name_registries(&mut declaration);
        let base_of = |LocalPath { path, base }| match (base, workspace) {
            (PathBase::Workspace, Some(workspace)) => normalise(&workspace.join(path)),
            (PathBase::Workspace | PathBase::Manifest, _) => normalise(&folder.join(path)),
        };
        let mut path_dependencies = Vec::new();
        for (at, path) in paths {
            let dependency = &mut declaration.dependencies[at];
            if role == Role::Member || dependency.kind != DependencyKind::Dev {
                let folder = base_of(path);
                dependency.from = DeclaredSource::Path(self.version_in(&folder));
                path_dependencies.push(folder);
            }
        }
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
            path_dependencies,
        })
    }

    /// Puts addresses in the place of the names of registries, where they are known.
    fn name_registries(&self, declaration: &mut Declaration) {
        for dependency in &mut declaration.dependencies {
            if let DeclaredSource::RegistryNamed(name) = &dependency.from
                && let Some(registry) = self.registries.get(name.as_str())
            {
                dependency.from = DeclaredSource::RegistryAt(registry.clone());
            }
        }
    }

    /// The version of the package in a folder.
    fn version_in(&mut self, folder: &Path) -> Option<Version> {
        let manifest = self.read(folder)?;
        let root = self.workspace_of(folder).and_then(|root| self.read(&root));
        manifest.version(root.as_deref()).parse().ok()
    }
}

/// The workspace root that the manifest in `at` gives a package in `folder`: itself, where it is
/// one that does not leave the package out, or the one it names.
fn root_by(manifest: &Manifest, at: &Path, folder: &Path) -> Option<PathBuf> {
    if manifest.is_workspace() {
        return (!manifest.excludes(at, folder)).then(|| at.to_owned());
    }
    manifest.workspace_path().map(|named| normalise(&at.join(named)))
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
