use super::*;

fn names(lockfile: &Lockfile, position: usize) -> Vec<String> {
    let show = |&at: &u32| {
        let package = &lockfile.packages[at as usize];
        format!("{} {}", package.name, package.version)
    };
    lockfile.dependencies[position].iter().map(show).collect()
}

#[test]
fn version_one_with_root_and_full_dependency_names() {
    let text = r#"
[root]
name = "app"
version = "0.1.0"
dependencies = ["a 1.0.0 (registry+https://registry.example/index)", "a 2.0.0 (registry+https://registry.example/index)"]

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://registry.example/index"

[[package]]
name = "a"
version = "2.0.0"
source = "registry+https://registry.example/index"

[metadata]
"checksum a 1.0.0 (registry+https://registry.example/index)" = "00"
"#;
    let lockfile = parse(text).unwrap();
    assert_eq!(lockfile.packages.len(), 3);
    assert_eq!(lockfile.packages[2].source, Source::Path);
    assert_eq!(names(&lockfile, 2), ["a 1.0.0", "a 2.0.0"]);
}

#[test]
fn short_names_git_sources_and_the_public_registry() {
    let text = format!(
        r#"
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["a", "g 0.1.0 (git+https://git.example/g?branch=main)"]

[[package]]
name = "a"
version = "1.0.0"
source = "registry+{}"

[[package]]
name = "g"
version = "0.1.0"
source = "git+https://git.example/g?branch=main#abc"

[[package]]
name = "g"
version = "0.1.0"
source = "git+https://git.example/other#def"
"#,
        tame_index::CRATES_IO_INDEX
    );
    let lockfile = parse(&text).unwrap();
    assert!(lockfile.packages[0].is_from_crates_io());
    assert_eq!(names(&lockfile, 1), ["a 1.0.0", "g 0.1.0"]);
    let git = &lockfile.packages[lockfile.dependencies[1][1] as usize].source;
    let expected = Source::Git {
        url: "https://git.example/g".into(),
        reference: "branch=main".into(),
        commit: "abc".into(),
    };
    assert_eq!(git, &expected);
}

#[test]
fn one_git_address_by_branch_by_tag_and_by_default_is_three_sources() {
    let locked = |query: &str| {
        format!(
            "[[package]]\nname = \"g\"\nversion = \"0.1.0\"\n\
             source = \"git+https://git.example/g{query}#abc\"\n"
        )
    };
    let text = format!(
        "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n\
         \"g 0.1.0 (git+https://git.example/g?tag=v1)\",\n\
         \"g 0.1.0 (git+https://git.example/g)\",\n]\n{}{}{}",
        locked("?branch=main"),
        locked("?tag=v1"),
        locked("")
    );
    let lockfile = parse(&text).unwrap();
    let reference = |&at: &u32| match &lockfile.packages[at as usize].source {
        Source::Git { reference, .. } => reference.as_str(),
        other @ (Source::Registry(_) | Source::Path) => panic!("{other:?}"),
    };
    let depended: Vec<&str> = lockfile.dependencies[0].iter().map(reference).collect();
    assert_eq!(depended, ["", "tag=v1"]);
    assert_eq!(lockfile.packages.len(), 4);
    let twice = parse(&format!("{text}{}", locked("?tag=v1"))).unwrap_err();
    assert!(twice.message.contains("listed twice"), "{twice:?}");
}

#[test]
fn a_git_source_without_a_reference_may_mean_master() {
    let text = "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n\
                \"g 0.1.0 (git+https://git.example/g)\",\n]\n\
                [[package]]\nname = \"g\"\nversion = \"0.1.0\"\n\
                source = \"git+https://git.example/g?branch=master#abc\"\n\
                [[package]]\nname = \"g\"\nversion = \"0.1.0\"\n\
                source = \"registry+https://registry.example/index\"\n";
    let lockfile = parse(text).unwrap();
    let position = lockfile.dependencies[0][0] as usize;
    assert!(matches!(&lockfile.packages[position].source, Source::Git { .. }));
    assert!(parse(&text.replace("=master#", "=other#")).is_err());
}

#[test]
fn what_is_replaced_gives_way_to_its_replacement() {
    let text = r#"
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["a 1.0.0 (registry+https://registry.example/index)", "b"]

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://registry.example/index"
replace = "a 1.0.0"

[[package]]
name = "a"
version = "1.0.0"
dependencies = ["c"]

[[package]]
name = "b"
version = "1.0.0"
source = "registry+https://registry.example/index"
dependencies = ["a 1.0.0 (registry+https://registry.example/index)"]

[[package]]
name = "c"
version = "1.0.0"
"#;
    let lockfile = parse(text).unwrap();
    let at = |name: &str, source: fn(&Source) -> bool| {
        let found = lockfile.packages.iter().position(|it| it.name == name && source(&it.source));
        found.unwrap()
    };
    let replacement = at("a", |source| *source == Source::Path) as u32;
    let replaced = at("a", |source| *source != Source::Path);
    let (app, b) = (at("app", |_| true), at("b", |_| true));
    assert_eq!(lockfile.dependencies[app], [replacement, b as u32]);
    assert_eq!(lockfile.dependencies[b], [replacement]);
    assert!(lockfile.dependencies[replaced].is_empty());
    let broken = parse(&text.replace("replace = \"a 1.0.0\"", "replace = \"z\"")).unwrap_err();
    assert!(broken.message.contains("is replaced by `z`"), "{broken:?}");
}

#[test]
fn bad_lockfiles_say_what_and_where() {
    let package = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
    let cases = [
        ("version = 9\n".to_owned(), "version 9 is newer", None),
        ("\u{0}\u{1}binary".to_owned(), "", Some(1)),
        ("version = 4\n[[package]\nname = 1".to_owned(), "", Some(2)),
        (
            format!("{package}dependencies = [\"b\"]\n"),
            "which the lockfile does not contain",
            Some(4),
        ),
        ("[[package]]\nname = \"a\"\nversion = \"one\"\n".to_owned(), "version `one`", Some(3)),
        (format!("{package}{package}"), "listed twice", None),
        (format!("{package}<<<<<<< HEAD\n"), "merge conflict", Some(4)),
        (format!("{package}x = {}", "[".repeat(100_000)), "recursion", Some(4)),
    ];
    for (text, message, line) in cases {
        let error = parse(&text).unwrap_err();
        assert!(error.message.contains(message), "{error:?}");
        assert_eq!(error.line, line, "{error:?}");
    }
}

#[test]
fn a_package_may_depend_on_itself_through_a_cycle() {
    let text = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b\"]\n\
                [[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\"a\", \"b\"]\n";
    assert_eq!(parse(text).unwrap().dependencies, [vec![1], vec![0, 1]]);
}
