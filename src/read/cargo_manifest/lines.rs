//! Where a manifest declares its dependencies, and what else an update of the lockfile goes by.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::DependencyKind;

/// Lines of a manifest, and the settings that tell which releases Cargo prefers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManifestLines {
    /// The line, from 1, where the package says its version, or else its name.
    pub version: Option<usize>,
    /// Declared dependencies.
    pub dependencies: Vec<DependencyLine>,
    /// Lines of `workspace.dependencies`, by name.
    pub workspace: BTreeMap<String, usize>,
    /// `rust-version` of the package, where it states one itself.
    pub rust_version: Option<String>,
    /// Whether the package takes `rust-version` from the workspace.
    pub inherits_rust_version: bool,
    /// `rust-version` of `workspace.package`.
    pub workspace_rust_version: Option<String>,
    /// Whether the resolver is one that prefers releases for the stated Rust version: `3`, asked
    /// for or by the edition of the root package.
    pub prefers_supported_rust: bool,
}

/// Where a dependency is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyLine {
    /// The name in the manifest.
    pub name: String,
    /// When it is used.
    pub kind: DependencyKind,
    /// The platform it is limited to, as written.
    pub target: Option<String>,
    /// Line of its key, from 1.
    pub line: usize,
    /// Whether its requirement stands in the workspace root.
    pub inherited: bool,
}

/// Reads the lines of a manifest; empty for a text that is not TOML.
pub fn lines(text: &str) -> ManifestLines {
    let Ok(root) = DeTable::parse(text) else { return ManifestLines::default() };
    let root = root.get_ref();
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    let line = |at: usize| ends.partition_point(|end| *end < at) + 1;
    let mut found = ManifestLines::default();
    collect(&line, root, None, &mut found.dependencies);
    for (name, target) in table(root, "target").into_iter().flatten() {
        if let DeValue::Table(target) = target.get_ref() {
            collect(&line, target, Some(name.get_ref()), &mut found.dependencies);
        }
    }
    let workspace = table(root, "workspace");
    let shared = workspace.and_then(|it| table(it, "dependencies"));
    found.workspace = shared
        .into_iter()
        .flatten()
        .map(|(name, _)| (name.get_ref().to_string(), line(name.span().start)))
        .collect();
    let package = table(root, "package").or_else(|| table(root, "project"));
    let key = |wanted| package?.iter().map(|(key, _)| key).find(|key| key.get_ref() == wanted);
    found.version = key("version").or_else(|| key("name")).map(|key| line(key.span().start));
    let shared = workspace.and_then(|it| table(it, "package"));
    let text_of =
        |table: Option<&DeTable<'_>>, key| table?.get(key)?.get_ref().as_str().map(str::to_owned);
    found.rust_version = text_of(package, "rust-version");
    found.inherits_rust_version = package.and_then(|it| table(it, "rust-version")).is_some();
    found.workspace_rust_version = text_of(shared, "rust-version");
    let resolver = text_of(workspace, "resolver").or_else(|| text_of(package, "resolver"));
    let edition = || {
        let inherits = package.is_some_and(|it| table(it, "edition").is_some());
        text_of(package, "edition").or_else(|| text_of(shared.filter(|_| inherits), "edition"))
    };
    found.prefers_supported_rust = match resolver.as_deref() {
        Some(resolver) => resolver == "3",
        None => edition().is_some_and(|edition| !["2015", "2018", "2021"].contains(&&*edition)),
    };
    found
}

fn table<'a>(parent: &'a DeTable<'_>, key: &str) -> Option<&'a DeTable<'a>> {
    parent.get(key)?.get_ref().as_table()
}

fn collect(
    line: &dyn Fn(usize) -> usize,
    tables: &DeTable<'_>,
    target: Option<&str>,
    found: &mut Vec<DependencyLine>,
) {
    let kinds = [
        ("dependencies", DependencyKind::Normal),
        ("dev-dependencies", DependencyKind::Dev),
        ("dev_dependencies", DependencyKind::Dev),
        ("build-dependencies", DependencyKind::Build),
        ("build_dependencies", DependencyKind::Build),
    ];
    for (key, kind) in kinds {
        for (name, written) in table(tables, key).into_iter().flatten() {
            found.push(DependencyLine {
                name: name.get_ref().to_string(),
                kind,
                target: target.map(str::to_owned),
                line: line(name.span().start),
                inherited: is_inherited(written),
            });
        }
    }
}

fn is_inherited(written: &Spanned<DeValue<'_>>) -> bool {
    let detail = written.get_ref().as_table();
    let workspace = detail.and_then(|detail| detail.get("workspace"));
    workspace.is_some_and(|it| it.get_ref().as_bool() == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_found_in_every_table_and_spelling() {
        let text = "[package]\nname = \"a\"\nrust-version = \"1.70\"\nedition = \"2024\"\n\
                    [dependencies]\nb = \"1\"\nc = { version = \"1\" }\nd.workspace = true\n\
                    [dependencies.e]\nversion = \"1\"\n\
                    [target.'cfg(unix)'.build-dependencies]\nf = \"1\"\n\
                    [workspace.dependencies]\nd = \"1\"\n";
        let found = lines(text);
        let shown: Vec<_> = found
            .dependencies
            .iter()
            .map(|it| (it.name.as_str(), it.line, it.kind.name(), it.inherited))
            .collect();
        let expected = [
            ("b", 6, "normal", false),
            ("c", 7, "normal", false),
            ("d", 8, "normal", true),
            ("e", 9, "normal", false),
            ("f", 12, "build", false),
        ];
        assert_eq!(shown, expected);
        assert_eq!(found.version, Some(2));
        assert_eq!(lines("[project]\nname = 'a'\nversion.workspace = true\n").version, Some(3));
        assert_eq!(lines("[workspace]\nversion = 1\n").version, None);
        assert_eq!(found.workspace, BTreeMap::from([("d".to_owned(), 14)]));
        assert_eq!(found.rust_version.as_deref(), Some("1.70"));
        assert!(found.prefers_supported_rust);
    }

    #[test]
    fn the_resolver_decides_over_the_edition() {
        let cases = [
            ("[workspace]\nresolver = \"3\"\n", true),
            ("[workspace]\nresolver = \"2\"\n[package]\nname = \"a\"\nedition = \"2024\"\n", false),
            ("[package]\nname = \"a\"\nedition = \"2021\"\n", false),
            ("[package]\nname = \"a\"\n", false),
            ("[workspace.package]\nedition = \"2024\"\n", false),
            ("not toml", false),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(text).prefers_supported_rust, expected, "{text}");
        }
    }
}
