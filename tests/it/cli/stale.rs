//! A lockfile that does not fit its manifests: told with file and line, and never a pass.

use serde_json::Value;

use super::world::{World, assert_contains};

const ROOT: &str = "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n";
const MEMBER: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\ndep = \"1\"\n";

/// `a` depends on `dep`, which depends on `low`.
fn world() -> World {
    let world = World::empty();
    let package = |name: &str, version: &str, source: &str, needs: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}{needs}\n")
    };
    let public = format!("source = \"registry+{}\"\n", tame_index::CRATES_IO_INDEX);
    let lock = [
        "version = 4\n".to_owned(),
        package("a", "0.1.0", "", "dependencies = [\"dep\"]"),
        package("dep", "1.0.0", &public, "dependencies = [\"low\"]"),
        package("low", "1.0.0", &public, ""),
    ];
    world.write("w/Cargo.lock", lock.concat());
    world.write("w/Cargo.toml", ROOT);
    world.write("w/a/Cargo.toml", MEMBER);
    let needs = r#"{"name":"low","req":"^1","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"}"#;
    for (name, needs) in [("dep", needs), ("low", "")] {
        world.publish(
            name,
            &format!(
                r#"{{"name":"{name}","vers":"1.0.0","deps":[{needs}],"features":{{}},"yanked":false,"pubtime":"2020-01-01T00:00:00Z"}}"#
            ),
        );
        world.unpack(
            &format!("{name}-1.0.0/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n"),
        );
    }
    let advisory = |name: &str| {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"{name}\"\n\
             date = \"2024-02-03\"\n[versions]\npatched = []\n```\n# T\n"
        )
    };
    world.write("harmless/crates/other/RUSTSEC-2024-0001.md", advisory("other"));
    world.write("harmful/crates/low/RUSTSEC-2024-0001.md", advisory("low"));
    world
}

/// The presences of `dep` and `low`.
fn presences(world: &World) -> [String; 2] {
    let ran = world.run("audit w --advisory-db harmless --format json");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    ["dep", "low"].map(|name| {
        let packages = report["packages"].as_array().unwrap();
        let package = packages.iter().find(|it| it["name"] == name).unwrap();
        package["presence"].as_str().unwrap().to_owned()
    })
}

#[test]
fn a_lockfile_that_fits_is_a_pass() {
    let world = world();
    let ran = world.run("audit w --advisory-db harmless");
    assert_eq!(ran.exit, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(!ran.stderr.contains("stale"), "{}", ran.stderr);
    assert_eq!(presences(&world), ["runtime", "runtime"]);
}

#[test]
fn a_misfit_is_told_and_nothing_below_it_is_inactive() {
    let member = |from: &str, to: &str| MEMBER.replace(from, to);
    let more = member("dep =", "more = \"1\"\ndep =");
    // What is written where, what is said, where, presences of `dep` and `low`.
    type Case<'a> = (&'a str, String, &'a [&'a str], &'a str, &'a str);
    let cases: [Case<'_>; 8] = [
        (
            "a/Cargo.toml",
            member("0.1.0", "0.2.0"),
            &["stale: `a 0.2.0` is not in the lockfile, which has 0.1.0", "`cargo update"],
            "a/Cargo.toml:3",
            "unknown",
        ),
        (
            "a/Cargo.toml",
            member("\"a\"", "\"b\""),
            &["`b 0.1.0` is not in the lockfile", "has `a 0.1.0` of a folder"],
            "Cargo.lock:3",
            "unknown",
        ),
        (
            "a/Cargo.toml",
            member("dep = \"1\"", "dep = \"2\""),
            &["`a` needs `dep ^2`, which the lockfile has in version 1.0.0 for it"],
            "a/Cargo.toml:5",
            "runtime",
        ),
        (
            "a/Cargo.toml",
            more,
            &["`a` needs `more ^1`, which the lockfile does not have for it"],
            "a/Cargo.toml:5",
            "runtime",
        ),
        (
            "a/Cargo.toml",
            member("dep = \"1\"", ""),
            &["the lockfile has `dep 1.0.0` for `a`, which does not declare it"],
            "Cargo.lock:3",
            "unknown",
        ),
        (
            "a/Cargo.toml",
            "[package".to_owned(),
            &["what it depends on is not known"],
            "a/Cargo.toml:1",
            "unknown",
        ),
        (
            "Cargo.toml",
            ROOT.replace("\"a\"", "\"a\", \"gone\""),
            &["cannot read", "what it depends on is not known"],
            "gone/Cargo.toml",
            "runtime",
        ),
        (
            "Cargo.toml",
            ROOT.replace("\"a\"", ""),
            &["has `a 0.1.0` of a folder, and no manifest of it was found"],
            "Cargo.lock:3",
            "unknown",
        ),
    ];
    for (path, text, said, place, presence) in cases {
        let world = world();
        world.write(&format!("w/{path}"), &text);
        let ran = world.run("audit w --advisory-db harmless");
        assert_eq!(ran.exit, 4, "{text}\n{}\n{}", ran.stdout, ran.stderr);
        assert_contains(&ran.stderr, said, &text);
        assert_contains(&ran.stderr, &[place], &text);
        assert_contains(&ran.stdout, &["INCOMPLETE"], &text);
        assert_eq!(presences(&world), [presence, presence], "{text}");
        // What is vulnerable below it fails the gate.
        assert_eq!(world.run("audit w --advisory-db harmful").exit, 1, "{text}");
        // A policy that fails on nothing needs nothing.
        world.write("w/headwater.toml", "[gate]\nkinds = []\n");
        assert_eq!(world.run("audit w --advisory-db harmless").exit, 0, "{text}");
    }
}

#[test]
fn what_cargo_locks_otherwise_is_no_misfit() {
    let world = world();
    // A package beside the workspace: what only its tests and its features need is not locked.
    let beside = "[package]\nname = \"beside\"\nversion = \"0.3.0\"\n[dependencies]\n\
                  off = { version = \"1\", optional = true }\n[dev-dependencies]\ntest = \"1\"\n";
    world.write("beside/Cargo.toml", beside);
    let member = MEMBER.to_owned() + "beside = { path = \"../../beside\" }\n";
    world.write("w/a/Cargo.toml", member);
    let lock = world.read("w/Cargo.lock").replace("[\"dep\"]", "[\"beside\", \"dep\"]");
    world.write("w/Cargo.lock", lock + "[[package]]\nname = \"beside\"\nversion = \"0.3.0\"\n");
    // A patch that nothing uses is not locked.
    world.write("unused/Cargo.toml", "[package]\nname = \"unused\"\nversion = \"0.1.0\"\n");
    let root = ROOT.to_owned() + "[patch.crates-io]\nunused = { path = \"../unused\" }\n";
    world.write("w/Cargo.toml", root);
    let ran = world.run("audit w --advisory-db harmless");
    assert_eq!(ran.exit, 0, "{}\n{}", ran.stdout, ran.stderr);
    // Its version is raised, and the lockfile has the former one.
    world.write("beside/Cargo.toml", beside.replace("0.3.0", "0.4.0"));
    let ran = world.run("audit w --advisory-db harmless");
    assert_eq!(ran.exit, 4, "{}\n{}", ran.stdout, ran.stderr);
    assert_contains(&ran.stderr, &["`beside 0.4.0` is not in the lockfile, which has 0.3.0"], "");
}

/// Cargo would lock the release of the public registry, which has the vulnerability.
#[test]
fn a_package_of_another_registry_than_the_declared_one_is_no_pass() {
    let world = world();
    let lock = world.read("w/Cargo.lock");
    let public = format!("registry+{}", tame_index::CRATES_IO_INDEX);
    world.write("w/Cargo.lock", lock.replace(&public, "registry+https://other.example/index"));
    let ran = world.run("audit w --advisory-db harmful");
    assert_eq!(ran.exit, 4, "{}", ran.stderr);
    let said = "`a` needs `dep ^1`, which the lockfile has from another registry";
    assert_contains(&ran.stderr, &[said], "on standard error");
}
