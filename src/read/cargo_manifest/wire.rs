//! The shape of `Cargo.toml`, as far as it is read.
//!
//! Where a key has two spellings both may stand beside each other; Cargo then takes the newer.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

#[derive(Debug, Deserialize)]
pub(super) struct Wire {
    package: Option<WirePackage>,
    project: Option<WirePackage>,
    pub(super) workspace: Option<WireWorkspace>,
    pub(super) lib: Option<WireLib>,
    #[serde(default)]
    pub(super) features: BTreeMap<SmolStr, Vec<SmolStr>>,
    dependencies: Option<Dependencies>,
    #[serde(rename = "dev-dependencies")]
    dev: Option<Dependencies>,
    #[serde(rename = "dev_dependencies")]
    old_dev: Option<Dependencies>,
    #[serde(rename = "build-dependencies")]
    build: Option<Dependencies>,
    #[serde(rename = "build_dependencies")]
    old_build: Option<Dependencies>,
    #[serde(default)]
    pub(super) target: BTreeMap<String, WireTarget>,
    #[serde(default)]
    pub(super) patch: BTreeMap<String, BTreeMap<String, WireDependency>>,
    #[serde(default)]
    pub(super) replace: BTreeMap<String, WireDependency>,
}

pub(super) type Dependencies = BTreeMap<String, WireDependency>;

#[derive(Debug, Deserialize)]
pub(super) struct WireTarget {
    dependencies: Option<Dependencies>,
    #[serde(rename = "dev-dependencies")]
    dev: Option<Dependencies>,
    #[serde(rename = "dev_dependencies")]
    old_dev: Option<Dependencies>,
    #[serde(rename = "build-dependencies")]
    build: Option<Dependencies>,
    #[serde(rename = "build_dependencies")]
    old_build: Option<Dependencies>,
}

/// The three dependency tables that stand at the top and under each target.
pub(super) struct Tables<'a> {
    pub(super) normal: Option<&'a Dependencies>,
    pub(super) dev: Option<&'a Dependencies>,
    pub(super) build: Option<&'a Dependencies>,
}

impl Wire {
    pub(super) fn package(&self) -> Option<&WirePackage> {
        self.package.as_ref().or(self.project.as_ref())
    }

    pub(super) fn tables(&self) -> Tables<'_> {
        Tables {
            normal: self.dependencies.as_ref(),
            dev: self.dev.as_ref().or(self.old_dev.as_ref()),
            build: self.build.as_ref().or(self.old_build.as_ref()),
        }
    }
}

impl WireTarget {
    pub(super) fn tables(&self) -> Tables<'_> {
        Tables {
            normal: self.dependencies.as_ref(),
            dev: self.dev.as_ref().or(self.old_dev.as_ref()),
            build: self.build.as_ref().or(self.old_build.as_ref()),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct WirePackage {
    pub(super) name: String,
    pub(super) version: Option<Inherited>,
    pub(super) edition: Option<Inherited>,
    pub(super) repository: Option<Inherited>,
    pub(super) build: Option<WireBuild>,
    pub(super) resolver: Option<String>,
    pub(super) workspace: Option<String>,
}

/// Whether there is a build script, or its path, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WireBuild {
    Told(bool),
    Path(String),
    Paths(Vec<String>),
}

#[derive(Debug, Deserialize)]
pub(super) struct WireWorkspace {
    #[serde(default)]
    pub(super) members: Vec<String>,
    #[serde(default)]
    pub(super) exclude: Vec<String>,
    pub(super) resolver: Option<String>,
    pub(super) package: Option<WireWorkspacePackage>,
    #[serde(default)]
    pub(super) dependencies: BTreeMap<String, WireDependency>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireWorkspacePackage {
    pub(super) version: Option<String>,
    pub(super) edition: Option<String>,
    pub(super) repository: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireLib {
    #[serde(rename = "proc-macro")]
    proc_macro: Option<bool>,
    #[serde(rename = "proc_macro")]
    old_proc_macro: Option<bool>,
    #[serde(rename = "crate-type")]
    crate_type: Option<Vec<String>>,
    #[serde(rename = "crate_type")]
    old_crate_type: Option<Vec<String>>,
}

impl WireLib {
    pub(super) fn is_proc_macro(&self) -> bool {
        let types = self.crate_type.as_ref().or(self.old_crate_type.as_ref());
        self.proc_macro.or(self.old_proc_macro) == Some(true)
            || types.is_some_and(|types| types.iter().any(|kind| kind == "proc-macro"))
    }
}

/// A value written in the package or taken from the workspace.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Inherited {
    Own(String),
    Workspace {
        #[serde(rename = "workspace")]
        _workspace: bool,
    },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WireDependency {
    Requirement(String),
    Detail(Box<WireDetail>),
}

impl WireDependency {
    pub(super) fn detail(&self) -> Option<&WireDetail> {
        match self {
            Self::Requirement(_) => None,
            Self::Detail(detail) => Some(detail),
        }
    }

    pub(super) fn requirement(&self) -> Option<&str> {
        match self {
            Self::Requirement(text) => Some(text),
            Self::Detail(detail) => detail.version.as_deref(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct WireDetail {
    pub(super) version: Option<String>,
    pub(super) path: Option<String>,
    pub(super) git: Option<SmolStr>,
    pub(super) branch: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) rev: Option<String>,
    pub(super) registry: Option<SmolStr>,
    #[serde(rename = "registry-index")]
    pub(super) registry_index: Option<String>,
    pub(super) package: Option<SmolStr>,
    pub(super) optional: Option<bool>,
    #[serde(rename = "default-features")]
    default_features: Option<bool>,
    #[serde(rename = "default_features")]
    old_default_features: Option<bool>,
    #[serde(default)]
    pub(super) features: Vec<SmolStr>,
    pub(super) workspace: Option<bool>,
    /// The target triple of an artifact dependency.
    pub(super) target: Option<SmolStr>,
    /// Whether the library is asked for besides the artifact.
    pub(super) lib: Option<bool>,
}

impl WireDetail {
    pub(super) fn default_features(&self) -> Option<bool> {
        self.default_features.or(self.old_default_features)
    }

    /// What of a git repository is asked for, as a lockfile writes it.
    pub(super) fn reference(&self) -> SmolStr {
        let asked = [("branch", &self.branch), ("tag", &self.tag), ("rev", &self.rev)];
        let asked = asked.into_iter().find_map(|(kind, name)| Some((kind, name.as_ref()?)));
        asked.map_or_else(SmolStr::default, |(kind, name)| {
            smol_str::format_smolstr!("{kind}={name}")
        })
    }
}
