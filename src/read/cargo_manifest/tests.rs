use super::*;

fn declared(text: &str, root: Option<&str>) -> (Declaration, Vec<LocalPath>) {
    let root = root.map(|text| parse(text).unwrap());
    let (declaration, paths) = parse(text).unwrap().declaration(root.as_ref()).unwrap();
    (declaration, paths.into_iter().map(|(_, path)| path).collect())
}

#[test]
fn every_table_is_read_with_its_kind_and_target() {
    let text = r#"
[package]
name = "app"
version = "1.0.0"

[dependencies]
plain = "1.2"
renamed = { package = "real", version = "0.3", optional = true, default-features = false, features = ["x"] }

[dev_dependencies]
tested = "*"

[target.'cfg(windows)'.build-dependencies]
built = { path = "../built" }
"#;
    let (declaration, paths) = declared(text, None);
    let shown: Vec<_> = declaration
        .dependencies
        .iter()
        .map(|d| (d.name.as_str(), d.package.as_str(), d.kind, d.optional, d.target.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("plain", "plain", DependencyKind::Normal, false, None),
            ("renamed", "real", DependencyKind::Normal, true, None),
            ("tested", "tested", DependencyKind::Dev, false, None),
            ("built", "built", DependencyKind::Build, false, Some("cfg(windows)")),
        ]
    );
    assert!(!declaration.dependencies[1].default_features);
    assert_eq!(paths, [LocalPath { path: "../built".into(), base: PathBase::Manifest }]);
}

#[test]
fn inheritance_adds_features_and_keeps_the_roots_path() {
    let root = r#"
[workspace]
[workspace.package]
version = "3.1.4"
edition = "2021"
[workspace.dependencies]
a = { path = "crates/a", features = ["one"], default-features = false }
b = "1"
"#;
    let member = r#"
[package]
name = "m"
version.workspace = true
[dependencies]
a = { workspace = true, features = ["two"], optional = true }
b = { workspace = true, default-features = false }
"#;
    let (declaration, paths) = declared(member, Some(root));
    let [a, b] = declaration.dependencies.as_slice() else { panic!("{declaration:?}") };
    assert_eq!(
        (a.features.as_slice(), a.optional),
        (["one".into(), "two".into()].as_slice(), true)
    );
    assert!(!a.default_features);
    assert!(b.default_features, "a member cannot turn the root's default features off");
    assert_eq!(paths, [LocalPath { path: "crates/a".into(), base: PathBase::Workspace }]);
    let root = parse(root).unwrap();
    assert_eq!(parse(member).unwrap().version(Some(&root)), "3.1.4");
}

#[test]
fn resolver_follows_the_setting_then_the_edition() {
    let cases = [
        ("[workspace]", Resolver::One),
        ("[workspace]\nresolver = \"2\"", Resolver::Two),
        (
            "[workspace]\nresolver = \"3\"\n[package]\nname = \"a\"\nedition = \"2018\"",
            Resolver::Two,
        ),
        ("[package]\nname = \"a\"", Resolver::One),
        ("[package]\nname = \"a\"\nedition = \"2021\"", Resolver::Two),
        ("[package]\nname = \"a\"\nedition = \"2024\"\nresolver = \"1\"", Resolver::One),
        (
            "[package]\nname = \"a\"\nedition.workspace = true\n[workspace.package]\nedition = \"2021\"",
            Resolver::Two,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text).unwrap().resolver(), expected, "{text}");
    }
}

#[test]
fn errors_name_the_dependency_or_the_line() {
    let error = parse("[package]\nname = 3\n").unwrap_err();
    assert_eq!(error.line, Some(2));
    let text = "[package]\nname = \"a\"\n[dependencies]\nx = { workspace = true }\n";
    let error = parse(text).unwrap().declaration(None).unwrap_err();
    assert!(error.message.contains("`x` is inherited"), "{error}");
    let text = "[package]\nname = \"a\"\n[dependencies]\nx = \"not a version\"\n";
    let error = parse(text).unwrap().declaration(None).unwrap_err();
    assert!(error.message.contains("`not a version` of `x`"), "{error}");
}

#[test]
fn patches_and_proc_macros() {
    let text = r#"
[package]
name = "a"
[lib]
proc_macro = true
[patch.crates-io]
x = { path = "vendor/x" }
y = { git = "https://git.example/y" }
[replace]
"z:1.0.0" = { path = "old" }
"#;
    let manifest = parse(text).unwrap();
    assert!(manifest.is_proc_macro());
    assert_eq!(manifest.patches().collect::<Vec<_>>(), [("crates-io", "x", "vendor/x")]);
    assert_eq!(manifest.replacements().collect::<Vec<_>>(), ["old"]);
}

#[test]
fn a_build_script_is_declared_denied_or_left_to_the_folder() {
    let cases = [
        ("", None),
        ("build = false", Some(false)),
        ("build = true", Some(true)),
        ("build = \"make.rs\"", Some(true)),
        ("build = [\"a.rs\"]", Some(true)),
    ];
    for (line, expected) in cases {
        let manifest = parse(&format!("[package]\nname = \"a\"\n{line}\n")).unwrap();
        assert_eq!(manifest.declares_build_script(), expected, "{line}");
    }
}

#[test]
fn of_two_spellings_beside_each_other_the_newer_counts() {
    let text = r#"
[package]
name = "new"
[project]
name = "old"
[lib]
proc-macro = false
proc_macro = true
[dependencies]
a = { version = "1", default-features = false, default_features = true }
[dev-dependencies]
b = "1"
[dev_dependencies]
c = "1"
[target.x.build_dependencies]
d = { version = "1", default_features = false }
[target.x.build-dependencies]
e = "1"
[build_dependencies]
f = "1"
"#;
    let (declaration, _) = declared(text, None);
    let names: Vec<_> = declaration.dependencies.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "f", "e"]);
    assert!(!declaration.dependencies[0].default_features);
    let manifest = parse(text).unwrap();
    assert_eq!(manifest.name(), Some("new"));
    assert!(!manifest.is_proc_macro());
}

#[test]
fn a_declaration_says_where_it_takes_the_package_from() {
    let text = r#"
[package]
name = "app"
[dependencies]
a = "1"
b = { version = "1", registry = "mine" }
c = { version = "1", registry-index = "sparse+https://r.example/" }
d = { git = "https://git.example/d" }
e = { git = "https://git.example/e", tag = "v1" }
f = { path = "f", artifact = "bin", target = "wasm32-wasip1", lib = true }
"#;
    let (declaration, _) = declared(text, None);
    let from: Vec<_> = declaration.dependencies.iter().map(|it| it.from.clone()).collect();
    let git = |url: &str, reference: &str| DeclaredSource::Git {
        url: url.into(),
        reference: reference.into(),
    };
    let expected = [
        DeclaredSource::Registry,
        DeclaredSource::RegistryNamed("mine".into()),
        DeclaredSource::RegistryAt(Registry::Other("sparse+https://r.example/".into())),
        git("https://git.example/d", ""),
        git("https://git.example/e", "tag=v1"),
        DeclaredSource::Path(None),
    ];
    assert_eq!(from, expected);
    let artifact = declaration.dependencies[5].artifact.as_ref().unwrap();
    assert!(artifact.library && artifact.target == "wasm32-wasip1");
}
