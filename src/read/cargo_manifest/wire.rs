//! The shape of `Cargo.toml`, as far as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

#[derive(Debug, Deserialize)]
pub(super) struct Wire {
    #[serde(alias = "project")]
    pub(super) package: Option<WirePackage>,
    pub(super) workspace: Option<WireWorkspace>,
    pub(super) lib: Option<WireLib>,
    #[serde(default)]
    pub(super) features: BTreeMap<SmolStr, Vec<SmolStr>>,
    #[serde(default)]
    dependencies: BTreeMap<String, WireDependency>,
    #[serde(default, rename = "dev-dependencies", alias = "dev_dependencies")]
    dev_dependencies: BTreeMap<String, WireDependency>,
    #[serde(default, rename = "build-dependencies", alias = "build_dependencies")]
    build_dependencies: BTreeMap<String, WireDependency>,
    #[serde(default)]
    pub(super) target: BTreeMap<String, WireTarget>,
    #[serde(default)]
    pub(super) patch: BTreeMap<String, BTreeMap<String, WireDependency>>,
    #[serde(default)]
    pub(super) replace: BTreeMap<String, WireDependency>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireTarget {
    #[serde(default)]
    dependencies: BTreeMap<String, WireDependency>,
    #[serde(default, rename = "dev-dependencies", alias = "dev_dependencies")]
    dev_dependencies: BTreeMap<String, WireDependency>,
    #[serde(default, rename = "build-dependencies", alias = "build_dependencies")]
    build_dependencies: BTreeMap<String, WireDependency>,
}

/// The three dependency tables that stand at the top and under each target.
pub(super) struct WireTables<'a> {
    pub(super) normal: &'a BTreeMap<String, WireDependency>,
    pub(super) dev: &'a BTreeMap<String, WireDependency>,
    pub(super) build: &'a BTreeMap<String, WireDependency>,
}

impl Wire {
    pub(super) fn tables(&self) -> WireTables<'_> {
        WireTables {
            normal: &self.dependencies,
            dev: &self.dev_dependencies,
            build: &self.build_dependencies,
        }
    }
}

impl WireTarget {
    pub(super) fn tables(&self) -> WireTables<'_> {
        WireTables {
            normal: &self.dependencies,
            dev: &self.dev_dependencies,
            build: &self.build_dependencies,
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
    #[serde(rename = "proc-macro", alias = "proc_macro")]
    pub(super) proc_macro: Option<bool>,
    #[serde(rename = "crate-type", alias = "crate_type")]
    pub(super) crate_type: Option<Vec<String>>,
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
    pub(super) git: Option<String>,
    pub(super) package: Option<SmolStr>,
    pub(super) optional: Option<bool>,
    #[serde(rename = "default-features", alias = "default_features")]
    pub(super) default_features: Option<bool>,
    #[serde(default)]
    pub(super) features: Vec<SmolStr>,
    pub(super) workspace: Option<bool>,
}
