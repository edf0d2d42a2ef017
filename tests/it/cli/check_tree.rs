//! The tree that a package would bring: as Cargo locks it for an empty lockfile.

use super::world::{Ran, World, assert_contains};

/// A line of the index. `needs` are dependencies as `name requirement`, with `?` before the name of
/// an optional one and `new=name` for one that is renamed.
fn release(name: &str, version: &str, day: &str, needs: &[&str], features: &str) -> String {
    let dependency = |text: &&str| {
        let (name, requirement) = text.split_once(' ').unwrap();
        let optional = name.starts_with('?');
        let name = name.trim_start_matches('?');
        let (name, package) = match name.split_once('=') {
            Some((name, package)) => (name, format!(r#","package":"{package}""#)),
            None => (name, String::new()),
        };
        format!(
            r#"{{"name":"{name}","req":"{requirement}","features":[],"optional":{optional},"default_features":true,"target":null,"kind":"normal"{package}}}"#
        )
    };
    let needs = needs.iter().map(dependency).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"name":"{name}","vers":"{version}","deps":[{needs}],"features":{{{features}}},"yanked":false,"pubtime":"{day}T00:00:00Z"}}"#
    )
}

type Release<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a str);

fn world(releases: &[Release<'_>]) -> World {
    let world = World::empty();
    let mut lines = std::collections::BTreeMap::<&str, Vec<String>>::new();
    for (name, version, day, needs, features) in releases {
        lines.entry(name).or_default().push(release(name, version, day, needs, features));
    }
    for (name, lines) in lines {
        world.publish(name, &lines.join("\n"));
    }
    world
}

fn check(world: &World, arguments: &str) -> Ran {
    let ran = world.run(&format!("check {arguments} --offline --all"));
    assert!(!ran.stderr.contains("of which no release is known"), "{}", ran.stderr);
    ran
}

/// The packages of the tree, apart from the one asked about.
fn tree(ran: &Ran, packages: &[&str]) -> Vec<String> {
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    let versions = words.windows(2).filter(|pair| packages.contains(&pair[0]));
    let mut found: Vec<String> = versions
        .filter(|pair| pair[1].starts_with(|first: char| first.is_ascii_digit()))
        .map(|pair| format!("{} {}", pair[0], pair[1].trim_end_matches([',', ';', ':'])))
        .collect();
    found.sort();
    found.dedup();
    found
}

const DAY: &str = "2020-01-01";

#[test]
fn versions_are_chosen_as_cargo_does() {
    // What it shows, releases, arguments, what is brought.
    type Case<'a> = (&'a str, &'a [Release<'a>], &'a str, &'a [&'a str]);
    let cases: [Case<'_>; 6] = [
        (
            "an optional dependency implies a feature",
            &[
                (
                    "top",
                    "1.0.0",
                    DAY,
                    &["?low ^1", "?off ^1"],
                    r#""default":["std"],"std":["low"]"#,
                ),
                ("low", "1.0.0", DAY, &[], ""),
                ("off", "1.0.0", DAY, &[], ""),
            ],
            "top",
            &["low 1.0.0"],
        ),
        (
            "an earlier choice gives way to an exact requirement",
            &[
                ("top", "1.0.0", DAY, &["low ^1", "mid ^1"], ""),
                ("mid", "1.0.0", DAY, &["low =1.0.1"], ""),
                ("low", "1.0.1", DAY, &[], ""),
                ("low", "1.5.0", DAY, &[], ""),
            ],
            "top",
            &["low 1.0.1", "mid 1.0.0"],
        ),
        (
            "a wide requirement takes the newest, not what another one took",
            &[
                ("top", "1.0.0", DAY, &["mid ^1", "low ^0.7"], ""),
                ("mid", "1.0.0", DAY, &["low >=0.7, <0.9"], ""),
                ("low", "0.7.3", DAY, &[], ""),
                ("low", "0.8.1", DAY, &[], ""),
            ],
            "top",
            &["low 0.7.3", "low 0.8.1", "mid 1.0.0"],
        ),
        (
            "two versions of one package by two names, one of them by a feature",
            &[
                ("top", "1.0.0", DAY, &["low ^2", "?old=low ^1"], r#""default":["old"]"#),
                ("low", "1.0.0", DAY, &[], ""),
                ("low", "2.0.0", DAY, &[], ""),
            ],
            "top",
            &["low 1.0.0", "low 2.0.0"],
        ),
        (
            "the newest of a day is what was published by then",
            &[
                ("top", "1.0.0", DAY, &["low ^1"], ""),
                ("top", "2.0.0", "2022-01-01", &[], ""),
                ("low", "1.0.0", DAY, &[], ""),
                ("low", "1.1.0", "2021-06-30", &[], ""),
                ("low", "1.2.0", "2021-07-01", &[], ""),
            ],
            "top --as-of 2021-06-30",
            &["low 1.1.0", "top 1.0.0"],
        ),
        (
            "a release candidate is taken only where it is asked for",
            &[
                ("top", "1.0.0", DAY, &["low ^1"], ""),
                ("low", "1.0.0", DAY, &[], ""),
                ("low", "1.1.0-rc.1", DAY, &[], ""),
            ],
            "top",
            &["low 1.0.0"],
        ),
    ];
    for (what, releases, arguments, expected) in cases {
        let ran = check(&world(releases), arguments);
        let mut found = tree(&ran, &["top", "mid", "low", "off"]);
        found.retain(|it| expected.iter().any(|it| it.starts_with("top")) || it != "top 1.0.0");
        assert_eq!(found, expected, "{what}\n{}\n{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_release_of_a_later_day_is_not_known_yet() {
    let world = world(&[("top", "1.0.0", "2022-01-01", &[], "")]);
    for package in ["top", "top@1.0.0"] {
        let ran = world.run(&format!("check {package} --offline --as-of 2021-01-01"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (4, ""), "{}", ran.stderr);
        assert_contains(&ran.stderr, &["by 2021-01-01", "of 2022-01-01", "--as-of"], package);
    }
}

#[test]
fn a_tree_with_holes_is_no_pass() {
    let unknown = world(&[("top", "1.0.0", DAY, &["low ^1"], "")]);
    let undeclared = world(&[("top", "1.0.0", DAY, &["low ^1"], "")]);
    undeclared.publish("low", r#"{"vers":"1.0.0","deps":7,"features":{}}"#);
    let cases = [
        (unknown, "no release is known: 1, first `top 1.0.0 needs low ^1`"),
        (undeclared, "dependencies are not known: 1, first `low 1.0.0`"),
    ];
    for (world, why) in cases {
        let ran = world.run("check top --offline");
        assert_eq!(ran.exit, 4, "{}\n{}", ran.stdout, ran.stderr);
        let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_contains(&words, &["incomplete", why], &ran.stderr);
        world.write("any.toml", "[gate]\nkinds = []\n");
        assert_eq!(world.run("check top --offline --config any.toml").exit, 0);
    }
}
