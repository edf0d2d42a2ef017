//! Dependencies join with locked packages as in recorded `cargo metadata` of real workspaces.
//!
//! `cargo metadata` records, for every package, what it declares and which package each
//! declaration resolved to, by kind and platform. Declarations and locked edges are taken from
//! the record, joined by `resolve`, and compared with the record's own answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use headwater::model::{
    Declaration, DeclaredSource, Dependency, DependencyKind, Direction, Observed, Package,
    PackageIndex, Registry, Resolver, Source,
};
use headwater::resolve::{Input, IsProcMacro, Platforms, Selection, resolve};
use serde_json::Value;

use crate::data;

/// Kind of a join in records of a Cargo that did not write kinds (before 1.41).
const ANY_KIND: &str = "any";

/// One join: dependent, dependency, kind.
type Join = (String, String, &'static str);

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn kind(value: &Value) -> DependencyKind {
    match value["kind"].as_str() {
        Some("build") => DependencyKind::Build,
        Some("dev") => DependencyKind::Dev,
        _ => DependencyKind::Normal,
    }
}

fn strings<T: for<'a> From<&'a str>>(value: &Value) -> Vec<T> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().into()).collect()
}

fn declaration(package: &Value) -> Declaration {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let dependency = |declared: &Value| Dependency {
        name: declared["rename"].as_str().unwrap_or(text(declared, "name")).into(),
        package: text(declared, "name").into(),
        from: match declared["source"].as_str() {
            None => DeclaredSource::Path(None),
            Some(address) => match source(address) {
                Source::Git { url, reference, .. } => {
                    DeclaredSource::Git { url: url.into(), reference: reference.into() }
                }
                Source::Registry(registry) => DeclaredSource::RegistryAt(registry),
                Source::Path => unreachable!(),
            },
        },
        requirement: text(declared, "req").parse().ok().filter(|_| declared["source"].is_string()),
        kind: kind(declared),
        optional: declared["optional"].as_bool().unwrap(),
        default_features: declared["uses_default_features"].as_bool().unwrap(),
        features: strings(&declared["features"]),
        target: declared["target"].as_str().map(Into::into),
        artifact: None,
    };
    let features = package["features"].as_object().unwrap().iter();
    Declaration {
        dependencies: dependencies.map(dependency).collect(),
        features: features.map(|(name, values)| (name.into(), strings(values))).collect(),
    }
}

fn source(address: &str) -> Source {
    let Some(git) = address.strip_prefix("git+") else {
        return Source::Registry(Registry::at(address));
    };
    let (git, commit) = git.split_once('#').unwrap_or((git, ""));
    let (url, reference) = git.split_once('?').unwrap_or((git, ""));
    Source::Git { url: url.into(), reference: reference.into(), commit: commit.into() }
}

fn recorded_and_joined(record: &Value) -> (BTreeSet<Join>, BTreeSet<Join>) {
    let packages = record["packages"].as_array().unwrap();
    let position: BTreeMap<&str, u32> =
        (0..).zip(packages).map(|(at, it)| (text(it, "id"), at)).collect();
    let label = |at: u32| {
        let package = &packages[at as usize];
        format!("{} {}", text(package, "name"), text(package, "version"))
    };
    let mut recorded = BTreeSet::new();
    let mut locked = vec![Vec::new(); packages.len()];
    for node in record["resolve"]["nodes"].as_array().unwrap() {
        let from = position[text(node, "id")];
        for dependency in node["deps"].as_array().unwrap() {
            let to = position[text(dependency, "pkg")];
            locked[from as usize].push(to);
            let kinds = dependency["dep_kinds"].as_array();
            for found in kinds.into_iter().flatten() {
                recorded.insert((label(from), label(to), kind(found).name()));
            }
            if kinds.is_none() {
                recorded.insert((label(from), label(to), ANY_KIND));
            }
        }
    }
    let identities: Vec<Package> = packages
        .iter()
        .map(|package| Package {
            name: text(package, "name").to_owned(),
            version: text(package, "version").parse().unwrap(),
            source: package["source"].as_str().map_or(Source::Path, source),
        })
        .collect();
    let declarations: Vec<_> =
        packages.iter().map(|it| Observed::Known(Arc::new(declaration(it)))).collect();
    let mut members: Vec<PackageIndex> = strings::<String>(&record["workspace_members"])
        .iter()
        .map(|id| PackageIndex(position[id.as_str()]))
        .collect();
    members.sort();
    let input = Input {
        packages: &identities,
        locked: &locked,
        declarations: &declarations,
        proc_macro: &vec![IsProcMacro::No; packages.len()],
        members: &members,
        root_package: None,
        resolver: Resolver::Two,
    };
    let selection = Selection {
        platforms: Platforms::All,
        features: Vec::new(),
        all_features: true,
        default_features: true,
        flags: Default::default(),
    };
    let graph = resolve(input, &selection).unwrap().graph;
    let joined = graph.indices().flat_map(|from| {
        let edges = graph.neighbours(from, Direction::Dependencies);
        edges.map(move |(to, edge)| (from, to, edge.kind)).collect::<Vec<_>>()
    });
    let has_kinds = !recorded.iter().any(|(.., kind)| *kind == ANY_KIND);
    let name = |kind: Option<DependencyKind>| match kind {
        Some(kind) if has_kinds => kind.name(),
        Some(_) => ANY_KIND,
        None => "none",
    };
    let joined = joined.map(|(from, to, kind)| (label(from.0), label(to.0), name(kind))).collect();
    (recorded, joined)
}

/// Dependent, name and kind of every optional dependency.
fn optional(record: &Value) -> BTreeSet<Join> {
    let packages = record["packages"].as_array().unwrap().iter();
    packages
        .flat_map(|package| {
            let label = format!("{} {}", text(package, "name"), text(package, "version"));
            let declared = declaration(package).dependencies.into_iter().filter(|it| it.optional);
            declared.map(move |it| (label.clone(), it.package.to_string(), it.kind.name()))
        })
        .collect()
}

#[test]
fn every_declared_dependency_joins_as_recorded() {
    let Some(data) = data::folder("the comparison with `cargo metadata`") else { return };
    let mut files: Vec<_> = std::fs::read_dir(data.join("cargo-metadata"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 17, "{files:?}");
    let mut compared = 0;
    for path in files {
        let record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (recorded, joined) = recorded_and_joined(&record);
        let missing: Vec<_> = recorded.difference(&joined).take(5).collect();
        // The record leaves out an optional dependency that no feature turns on, even where the
        // package is there for another kind.
        let optional = optional(&record);
        let extra = joined.difference(&recorded).filter(|(from, to, kind)| {
            let name = to.split(' ').next().unwrap().to_owned();
            !optional.iter().any(|(dependent, optional, of)| {
                dependent == from && *optional == name && [*of, ANY_KIND].contains(kind)
            })
        });
        let extra: Vec<_> = extra.take(5).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{}: {missing:?} {extra:?}",
            path.display()
        );
        compared += recorded.len();
    }
    assert!(compared > 10_000, "{compared} joins");
}
