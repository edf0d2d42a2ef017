//! Checks of packages whose entry in the local index is older than the registry's.

use super::world::{World, assert_contains};
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
        ("lower@1.0.0 --online --refresh", &[LOWER], &["lower 1.0.0", "newest: 2.0.0"]),
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
