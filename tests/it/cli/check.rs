//! Whether to take a package: the answer, and where the facts come from.

use super::world::{Ran, World, assert_contains};
use crate::http::server::{Server, answer, ok};

fn release(name: &str, version: &str, needs: &str) -> String {
    let dependency = |requirement: &str| {
        format!(
            r#"{{"name":"lower","req":"{requirement}","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"}}"#
        )
    };
    let needs = if needs.is_empty() { String::new() } else { dependency(needs) };
    format!(
        r#"{{"name":"{name}","vers":"{version}","deps":[{needs}],"features":{{}},"yanked":false,"pubtime":"2020-01-01T00:00:00Z"}}"#
    )
}

/// The registry has a release of each package that the machine does not know of.
fn registry() -> Server {
    let upper = [release("upper", "1.0.0", "^1"), release("upper", "2.0.0", "^2")].join("\n");
    let lower = [release("lower", "1.0.0", ""), release("lower", "2.0.0", "")].join("\n");
    Server::start(move |seen| match seen.line.split(' ').nth(1).unwrap() {
        "/index/up/pe/upper" => ok(&upper),
        "/index/lo/we/lower" => ok(&lower),
        "/index/config.json" => ok("{}"),
        _ => answer("404 Not Found", &[], ""),
    })
}

/// A machine that knows the first release of each.
fn world(registry: &str) -> World {
    let mut world = World::empty();
    world.replace_registry(registry);
    world.publish("upper", &release("upper", "1.0.0", "^1"));
    world.publish("lower", &release("lower", "1.0.0", ""));
    world
}

/// The index files that were asked for.
fn asked(server: &Server) -> Vec<String> {
    let path = |line: String| line.split(' ').nth(1).unwrap().to_owned();
    let paths = server.seen().into_iter().map(|seen| path(seen.line));
    paths.filter(|path| path != "/index/config.json").collect()
}

#[test]
fn the_registry_is_asked_where_the_local_entry_is_too_old() {
    const UPPER: &str = "/index/up/pe/upper";
    const LOWER: &str = "/index/lo/we/lower";
    type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);
    let cases: [Case<'_>; 5] = [
        ("upper@1.0.0 --online", &[], &["upper 1.0.0", "lower 1.0.0"]),
        // What 2.0.0 needs is not in the local entry of `lower` either.
        ("upper@2.0.0 --online", &[UPPER, LOWER], &["upper 2.0.0", "lower 2.0.0"]),
        ("upper --online", &[UPPER, LOWER], &["upper 2.0.0", "lower 2.0.0"]),
        ("lower@1.0.0 --online --refresh", &[LOWER], &["lower 1.0.0", "newest 2.0.0"]),
        ("upper --offline", &[], &["upper 1.0.0", "lower 1.0.0"]),
    ];
    for (arguments, expected, shown) in cases {
        let server = registry();
        let world = world(&server.url("/index/"));
        let ran = world.run(&format!("check {arguments}"));
        assert_contains(&ran.stdout, shown, &ran.stderr);
        assert_eq!(asked(&server), expected, "{arguments}");
    }
}

#[test]
fn a_version_that_cannot_be_asked_about_says_why() {
    let gone = registry().url("/index/");
    let world = world(&gone);
    let cases = [
        ("upper@2.0.0 --offline", "no such release", "`--online`"),
        ("upper@2.0.0 --online", "could not be reached", "`--refresh`"),
    ];
    for (arguments, why, help) in cases {
        let ran = world.run(&format!("check {arguments}"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (4, ""), "{}", ran.stderr);
        assert_contains(&ran.stderr, &["`upper@2.0.0`", why, help], arguments);
    }
    let known = world.run("check upper --online");
    assert_contains(&known.stdout, &["upper 1.0.0"], "while the registry is gone");
}

/// An advisory in the form of RustSec's database.
fn advisory(id: &str, package: &str, kind: &str, patched: &str) -> String {
    let kind =
        if kind.is_empty() { String::new() } else { format!("informational = \"{kind}\"\n") };
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2024-01-01\"\n{kind}\n\
         [versions]\npatched = [{patched}]\n```\n\n# Title\n"
    )
}

/// One package of the registry, with advisories about it: kind and patched versions each.
fn package(name: &str, advisories: &[(&str, &str)]) -> World {
    let world = World::empty();
    let line = |version: &str, day: &str| {
        format!(
            r#"{{"name":"{name}","vers":"{version}","deps":[],"features":{{}},"yanked":false,"pubtime":"{day}T00:00:00Z"}}"#
        )
    };
    world.publish(name, &[line("1.0.0", "2023-01-01"), line("1.0.1", "2026-08-01")].join("\n"));
    // A database that says nothing of the package is one all the same.
    let other = advisory("RUSTSEC-2024-0009", "other", "", "");
    world.write("advisories/crates/other/RUSTSEC-2024-0009.md", other);
    for (at, (kind, patched)) in advisories.iter().enumerate() {
        let id = format!("RUSTSEC-2024-000{at}");
        let path = format!("advisories/crates/{name}/{id}.md");
        world.write(&path, advisory(&id, name, kind, patched));
    }
    world
}

fn check(world: &World, arguments: &str) -> (Ran, String) {
    let ran = world.run(&format!("check {arguments} --offline --as-of 2026-08-21"));
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    (ran, words)
}

#[test]
fn the_first_line_answers_and_the_exit_code_is_the_policys() {
    // Package, advisories, arguments; exit code, how the report begins.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, i32, &'a str);
    let cases: [Case<'_>; 6] = [
        ("upper", &[], "upper", 0, "TAKE upper 1.0.1: no known issues; "),
        (
            "upper",
            &[("unsound", "")],
            "upper",
            0,
            "TAKE WITH CARE upper 1.0.1: unsound (RUSTSEC-2024-0000), no fixed release",
        ),
        (
            "upper",
            &[("unmaintained", "")],
            "upper",
            0,
            "AVOID upper 1.0.1: no active maintainer, says RUSTSEC-2024-0000",
        ),
        (
            "upper",
            &[("", "")],
            "upper",
            1,
            "AVOID upper 1.0.1: a known vulnerability (RUSTSEC-2024-0000), no fixed release",
        ),
        (
            "upper",
            &[("", "\">= 1.0.1\"")],
            "upper@1.0.0",
            1,
            "USE upper 1.0.1 INSTEAD of upper 1.0.0: a known vulnerability (RUSTSEC-2024-0000), fixed in 1.0.1",
        ),
        (
            "atty",
            &[],
            "atty",
            0,
            "USE std::io::IsTerminal INSTEAD of atty 1.0.1: superseded by `std::io::IsTerminal` since Rust 1.70",
        ),
    ];
    for (name, advisories, arguments, exit, begins) in cases {
        let (ran, words) = check(&package(name, advisories), arguments);
        assert_eq!(ran.exit, exit, "{arguments} {advisories:?}: {ran:?}");
        assert!(words.starts_with(begins), "{arguments} {advisories:?}: {words}");
        assert!(ran.stdout.lines().count() <= 40, "{}", ran.stdout);
        let table =
            ["known issues", "releases", "trouble", "what it brings", "people", "policy", "as of"];
        assert_contains(
            &ran.stdout,
            &table.map(|it| ["\n  ", it].concat()).each_ref().map(String::as_str),
            arguments,
        );
    }
}

#[test]
fn all_facts_are_shown_on_request() {
    let world = package("upper", &[("unsound", "")]);
    let (short, _) = check(&world, "upper");
    let (all, _) = check(&world, "upper --all");
    assert_contains(
        &short.stdout,
        &["headwater check upper@1.0.1 --all", "unsound RUSTSEC-2024-0000"],
        "",
    );
    assert!(!short.stdout.contains("Its own tree"), "{}", short.stdout);
    assert_contains(&all.stdout, &["Its own tree", "Unknown, of 2 packages"], "");
}
