//! `Cargo.toml` of workspace members and other local packages.
//!
//! Reads what resolution needs: identity, dependencies with workspace inheritance, features,
//! workspace tables, patches. Published manifests are read by `source::packaged_manifest`.

pub mod lines;
mod wire;

use std::path::Path;

use smol_str::SmolStr;

use crate::model::{
    Artifact, Declaration, DeclaredSource, Dependency, DependencyKind, Registry, Resolver,
};
use crate::read::ReadError;
use wire::{Dependencies, Inherited, Tables, Wire, WireBuild, WireDependency, WireDetail};

/// One manifest as written, before workspace inheritance.
#[derive(Debug)]
pub struct Manifest {
    wire: Wire,
}

/// A folder a manifest points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath {
    /// The path as written.
    pub path: String,
    /// What it is relative to.
    pub base: PathBase,
}

/// What a path in a manifest is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathBase {
    /// The folder of the manifest itself.
    Manifest,
    /// The folder of the workspace root, for an inherited dependency.
    Workspace,
}

/// Reads a manifest.
///
/// # Errors
/// Where the text is not TOML or a table has the wrong shape; with the line where known.
pub fn parse(text: &str) -> Result<Manifest, ReadError> {
    let wire = toml::from_str(text).map_err(|error| ReadError::from_toml(text, &error))?;
    Ok(Manifest { wire })
}

impl Manifest {
    /// The package's name; `None` for a virtual workspace manifest.
    pub fn name(&self) -> Option<&str> {
        Some(&self.wire.package()?.name)
    }

    /// The package's version, inherited where it says so; `0.0.0` where there is none, as Cargo
    /// has it.
    pub fn version<'a>(&'a self, workspace: Option<&'a Self>) -> &'a str {
        let own = self.wire.package().and_then(|package| package.version.as_ref());
        inherited(own, || workspace?.workspace_package()?.version.as_deref()).unwrap_or("0.0.0")
    }

    /// The declared repository address, as written; inherited where it says so.
    pub fn repository<'a>(&'a self, workspace: Option<&'a Self>) -> Option<&'a str> {
        let own = self.wire.package().and_then(|package| package.repository.as_ref());
        inherited(own, || workspace?.workspace_package()?.repository.as_deref())
    }

    /// Whether the library is a procedural macro.
    pub fn is_proc_macro(&self) -> bool {
        self.wire.lib.as_ref().is_some_and(wire::WireLib::is_proc_macro)
    }

    /// Whether the package says that it has a build script; `None` where it does not speak of it,
    /// so that a file `build.rs` beside the manifest is one.
    pub fn declares_build_script(&self) -> Option<bool> {
        self.wire.package()?.build.as_ref().map(|build| match build {
            WireBuild::Told(there) => *there,
            WireBuild::Path(path) => !path.is_empty(),
            WireBuild::Paths(paths) => !paths.is_empty(),
        })
    }

    /// Whether the manifest starts a workspace.
    pub fn is_workspace(&self) -> bool {
        self.wire.workspace.is_some()
    }

    /// Member patterns of the workspace, as written.
    pub fn member_patterns(&self) -> &[String] {
        self.wire.workspace.as_ref().map_or(&[], |workspace| &workspace.members)
    }

    /// Whether the workspace whose root this is, in the folder `root`, leaves another folder out:
    /// it begins with an excluded path and not with one of the members, patterns taken literally.
    pub fn excludes(&self, root: &Path, folder: &Path) -> bool {
        let Some(workspace) = &self.wire.workspace else { return false };
        let is_below = |paths: &[String]| paths.iter().any(|it| folder.starts_with(root.join(it)));
        is_below(&workspace.exclude) && !is_below(&workspace.members)
    }

    /// The workspace folder this package says it belongs to.
    pub fn workspace_path(&self) -> Option<&str> {
        self.wire.package()?.workspace.as_deref()
    }

    /// The feature resolver, for a workspace root: as asked for, else by the root package's
    /// edition, else version 1.
    pub fn resolver(&self) -> Resolver {
        let package = self.wire.package();
        let asked =
            self.wire.workspace.as_ref().and_then(|workspace| workspace.resolver.as_deref());
        let asked = asked.or_else(|| package?.resolver.as_deref());
        let edition = || {
            let own = package?.edition.as_ref();
            inherited(own, || self.workspace_package()?.edition.as_deref())
        };
        match asked {
            Some("1") => Resolver::One,
            Some(_) => Resolver::Two,
            None if matches!(edition(), None | Some("2015" | "2018")) => Resolver::One,
            None => Resolver::Two,
        }
    }

    /// Dependencies and features, with inheritance from the workspace root applied, and the
    /// folders of path dependencies, each with the position of the dependency.
    ///
    /// # Errors
    /// Where a dependency is inherited that the workspace root does not have, or a version
    /// requirement cannot be read.
    pub fn declaration(
        &self,
        workspace: Option<&Self>,
    ) -> Result<(Declaration, Vec<(usize, LocalPath)>), ReadError> {
        let mut declaration =
            Declaration { dependencies: Vec::new(), features: self.wire.features.clone() };
        let mut paths = Vec::new();
        let limited = self.wire.target.iter();
        let limited = limited.map(|(target, tables)| (Some(target), tables.tables()));
        let tables = std::iter::once((None, self.wire.tables())).chain(limited);
        for (target, tables) in tables {
            for (kind, table) in kinds(tables) {
                for (name, written) in table.into_iter().flatten() {
                    let (mut dependency, path) = understand(name, written, workspace)?;
                    dependency.kind = kind;
                    dependency.target = target.map(SmolStr::new);
                    paths.extend(path.map(|path| (declaration.dependencies.len(), path)));
                    declaration.dependencies.push(dependency);
                }
            }
        }
        Ok((declaration, paths))
    }

    /// Folders that `[patch]` puts in the place of other packages, relative to the manifest's: the
    /// source that is patched and the name, as written, and the path.
    pub fn patches(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let patches = self.wire.patch.iter().flat_map(|(source, patches)| {
            patches.iter().map(move |(name, dependency)| (source, name, dependency))
        });
        patches.filter_map(|(source, name, dependency)| {
            Some((source.as_str(), name.as_str(), dependency.detail()?.path.as_deref()?))
        })
    }

    /// Folders that `[replace]` puts in the place of other packages, relative to the manifest's.
    pub fn replacements(&self) -> impl Iterator<Item = &str> {
        self.wire.replace.values().filter_map(|dependency| dependency.detail()?.path.as_deref())
    }

    fn workspace_package(&self) -> Option<&wire::WireWorkspacePackage> {
        self.wire.workspace.as_ref()?.package.as_ref()
    }
}

fn inherited<'a>(
    own: Option<&'a Inherited>,
    workspace: impl FnOnce() -> Option<&'a str>,
) -> Option<&'a str> {
    match own? {
        Inherited::Own(value) => Some(value),
        Inherited::Workspace { .. } => workspace(),
    }
}

fn kinds(tables: Tables<'_>) -> [(DependencyKind, Option<&Dependencies>); 3] {
    [
        (DependencyKind::Normal, tables.normal),
        (DependencyKind::Dev, tables.dev),
        (DependencyKind::Build, tables.build),
    ]
}

fn understand(
    name: &str,
    written: &WireDependency,
    workspace: Option<&Manifest>,
) -> Result<(Dependency, Option<LocalPath>), ReadError> {
    let default = WireDetail::default();
    let own = written.detail().unwrap_or(&default);
    if own.workspace != Some(true) {
        let path = own.path.clone().map(|path| LocalPath { path, base: PathBase::Manifest });
        return Ok((dependency(name, written)?, path));
    }
    let base = workspace
        .and_then(|root| root.wire.workspace.as_ref()?.dependencies.get(name))
        .ok_or_else(|| {
            ReadError::new(format!(
                "`{name}` is inherited, but `workspace.dependencies` of the root does not have it"
            ))
        })?;
    let mut merged = dependency(name, base)?;
    merged.artifact = artifact(own).or(merged.artifact);
    merged.features.extend(own.features.iter().cloned());
    merged.optional = own.optional.unwrap_or(false);
    // A member can turn the root's `default-features = false` on, not the reverse.
    merged.default_features |= own.default_features() == Some(true);
    let path = base.detail().and_then(|detail| detail.path.clone());
    Ok((merged, path.map(|path| LocalPath { path, base: PathBase::Workspace })))
}

fn dependency(name: &str, written: &WireDependency) -> Result<Dependency, ReadError> {
    let default = WireDetail::default();
    let detail = written.detail().unwrap_or(&default);
    let requirement = written.requirement().map(|text| {
        text.parse().map_err(|error| {
            ReadError::new(format!("requirement `{text}` of `{name}` cannot be read: {error}"))
        })
    });
    Ok(Dependency {
        name: name.into(),
        package: detail.package.clone().unwrap_or_else(|| name.into()),
        from: source(detail),
        requirement: requirement.transpose()?,
        kind: DependencyKind::Normal,
        optional: detail.optional.unwrap_or(false),
        default_features: detail.default_features().unwrap_or(true),
        features: detail.features.clone(),
        target: None,
        artifact: artifact(detail),
    })
}

fn source(detail: &WireDetail) -> DeclaredSource {
    if detail.path.is_some() {
        return DeclaredSource::Path(None);
    }
    if let Some(url) = &detail.git {
        return DeclaredSource::Git { url: url.clone(), reference: detail.reference() };
    }
    let at = detail.registry_index.as_deref().map(Registry::at).map(DeclaredSource::RegistryAt);
    let named = detail.registry.clone().map(DeclaredSource::RegistryNamed);
    at.or(named).unwrap_or(DeclaredSource::Registry)
}

fn artifact(detail: &WireDetail) -> Option<Artifact> {
    let target = detail.target.clone()?;
    Some(Artifact { target, library: detail.lib.unwrap_or(false) })
}

#[cfg(test)]
mod tests;
