//! Settings of Cargo, and limits of advisories, that decide whether a vulnerable package is built.

use std::process::Command;

use tame_index::CRATES_IO_INDEX;

use super::world::{Ran, World, assert_contains};

const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"demo\"\n\
    date = \"2024-02-03\"\nLIMIT\n[versions]\npatched = []\n```\n# Title\n\nText\n";

/// An application that takes a vulnerable package, by way of `low`, only where `target` holds.
fn world(target: &str, limit: &str) -> World {
    let world = World::empty();
    world.write(
        "w/Cargo.toml",
        format!(
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\n\
             [target.'{target}'.dependencies]\nlow = {{ path = \"low\" }}\n"
        ),
    );
    world.write(
        "w/low/Cargo.toml",
        "[package]\nname = \"low\"\nversion = \"0.1.0\"\n[dependencies]\ndemo = \"1\"\n",
    );
    let package = |name: &str, rest: &str| format!("[[package]]\nname = \"{name}\"\n{rest}\n");
    let lockfile = [
        package("app", "version = \"0.1.0\"\ndependencies = [\"low\"]"),
        package("demo", &format!("version = \"1.0.0\"\nsource = \"registry+{CRATES_IO_INDEX}\"")),
        package("low", "version = \"0.1.0\"\ndependencies = [\"demo\"]"),
    ];
    world.write("w/Cargo.lock", format!("version = 4\n{}", lockfile.concat()));
    world.write(
        "advisories/crates/demo/RUSTSEC-2024-0001.md",
        ADVISORY.replace("LIMIT", &limit.replace("\\n", "\n")),
    );
    world
}

fn without_flags(world: &World, arguments: &str) -> Command {
    let mut command = world.command(arguments);
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        command.env_remove(variable);
    }
    command
}

#[test]
fn compiler_flags_and_targets_of_the_configuration_count() {
    let unstable = "cfg(demo_unstable)";
    let linux = "--target x86_64-unknown-linux-gnu";
    // Where the package is taken; configuration; environment; arguments; exit code; words.
    type Row<'a> = (&'a str, &'a str, Option<(&'a str, &'a str)>, &'a str, i32, &'a [&'a str]);
    let cases: [Row<'_>; 18] = [
        (unstable, "", None, "", 0, &[]),
        (
            unstable,
            "[build]\nrustflags = ['--cfg', 'demo_unstable']",
            None,
            "",
            1,
            &[
                "`build.rustflags` may set `demo_unstable`",
                "whether `low` is built",
                ".cargo/config.toml",
            ],
        ),
        (unstable, "[build]\nrustflags = '--cfg demo_unstable'", None, linux, 1, &["`low`"]),
        (unstable, "[build]\nrustflags = ['--cfg', 'other']", None, "", 0, &[]),
        (unstable, "[build]\nrustflags = ['-Clink-arg=-s']", None, "", 0, &[]),
        (unstable, "[build]\nrustflags = 7", None, "", 1, &["may set any `cfg`"]),
        (
            unstable,
            "[target.'cfg(all())']\nrustflags = ['--cfg=demo_unstable']",
            None,
            "",
            1,
            &["`target.cfg(all()).rustflags` may set"],
        ),
        (
            unstable,
            "",
            Some(("RUSTFLAGS", "--cfg demo_unstable")),
            "",
            1,
            &["`RUSTFLAGS` may set `demo_unstable`"],
        ),
        (
            unstable,
            "",
            Some(("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}demo_unstable")),
            "",
            1,
            &["may set"],
        ),
        (
            "cfg(target_feature = \"avx512f\")",
            "[build]\nrustflags = ['-Ctarget-cpu=native']",
            None,
            linux,
            1,
            &["may set `target_feature`"],
        ),
        (
            "cfg(not(demo_stable))",
            "[build]\nrustflags = ['--cfg', 'demo_stable']",
            None,
            "",
            1,
            &[],
        ),
        ("cfg(windows)", "", None, linux, 0, &[]),
        ("cfg(windows)", "[build]\ntarget = 'x86_64-pc-windows-msvc'", None, "", 1, &[]),
        ("cfg(windows)", "[build]\ntarget = 'x86_64-pc-windows-msvc'", None, linux, 0, &[]),
        ("cfg(windows)", "", Some(("CARGO_BUILD_TARGET", "x86_64-pc-windows-gnu")), "", 1, &[]),
        (
            "cfg(windows)",
            "[build]\ntarget = ['x86_64-unknown-linux-gnu', 'x86_64-pc-windows-msvc']",
            None,
            "",
            1,
            &["`build.target` is x86_64-unknown-linux-gnu, x86_64-pc-windows-msvc"],
        ),
        ("cfg(windows)", "[build]\ntarget = 'own.json'", None, "", 1, &["every platform"]),
        (unstable, "paths = ['../demo']", None, "", 4, &["`paths` of the Cargo configuration"]),
    ];
    for (target, config, variable, arguments, exit, words) in cases {
        let world = world(target, "");
        if !config.is_empty() {
            world.write("w/.cargo/config.toml", config);
        }
        let mut command = without_flags(&world, &format!("audit w {arguments}"));
        command.envs(variable);
        let ran = Ran::from(command.output().unwrap());
        let context = format!("{target} {config} {variable:?} {arguments}");
        assert_eq!(ran.exit, exit, "{context}: {}\n{}", ran.stderr, ran.stdout);
        assert_contains(&ran.stderr, words, &context);
        if words.is_empty() {
            assert!(!ran.stderr.contains("may set"), "{context}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_limit_that_no_platform_has_does_not_hide_an_advisory() {
    let linux = "--target x86_64-unknown-linux-gnu";
    let told = "which is no platform that is known";
    for (limit, exit) in [
        ("[affected]\\nos = [\"windows\"]", 0),
        ("[affected]\\nos = [\"Linux\"]", 1),
        ("[affected]\\narch = [\"arm\"]", 0),
    ] {
        let world = world("cfg(all())", limit);
        let ran = world.run(&format!("audit w {linux}"));
        assert_eq!(ran.exit, exit, "{limit} {}: {}", ran.stdout, ran.stderr);
        assert!(!ran.stderr.contains(told), "{limit}");
    }
    // As OSV has it: any text.
    for (os, arch, exit) in
        [("linux-gnu", "", 1), ("", "pdp11", 1), ("linux-gnu", "arm", 0), ("windows", "pdp11", 0)]
    {
        let world = world("cfg(all())", "");
        let list = |name: &str| if name.is_empty() { String::new() } else { format!("\"{name}\"") };
        world.write(
            "osv/a.json",
            format!(
                "{{\"id\":\"D-1\",\"modified\":\"2024-05-01T00:00:00Z\",\"affected\":[{{\"package\":\
                 {{\"ecosystem\":\"crates.io\",\"name\":\"demo\"}},\"versions\":[\"1.0.0\"],\
                 \"ecosystem_specific\":{{\"affects\":{{\"os\":[{}],\"arch\":[{}]}}}}}}]}}",
                list(os),
                list(arch)
            ),
        );
        let ran = world.run(&format!("audit w {linux} --advisory-db osv"));
        assert_eq!(ran.exit, exit, "{os} {arch} {}: {}", ran.stdout, ran.stderr);
        assert_contains(&ran.stderr, &["`D-1` is limited to `", told], os);
    }
}

#[test]
fn a_pipe_in_the_place_of_an_advisory_is_not_passed_over() {
    let world = world("cfg(all())", "");
    let advisory = world.path("advisories/crates/demo/RUSTSEC-2024-0001.md");
    let other = ADVISORY.replace("LIMIT", "").replace("\"demo\"", "\"other\"");
    world.write("advisories/crates/other/RUSTSEC-2024-0002.md", other.replace("0001", "0002"));
    std::fs::remove_file(&advisory).unwrap();
    assert_eq!(world.run("audit w").exit, 0);
    assert!(Command::new("mkfifo").arg(&advisory).status().unwrap().success());
    let ran = world.run("audit w");
    assert_eq!(ran.exit, 4, "{}", ran.stdout);
    assert_contains(&ran.stderr, &["is not a regular file"], "");
}

#[test]
fn a_lockfile_that_spells_the_public_registry_otherwise_is_audited() {
    for (from, to) in [("index\"", "index.git\""), ("index\"", "index/\""), ("https", "http")] {
        let world = world("cfg(all())", "");
        let lockfile = std::fs::read_to_string(world.path("w/Cargo.lock")).unwrap();
        world.write("w/Cargo.lock", lockfile.replace(from, to));
        let ran = world.run("audit w");
        assert_eq!(ran.exit, 1, "{to}: {}", ran.stdout);
        assert!(!ran.stdout.contains("other registry"), "{to}: {}", ran.stdout);
    }
}

#[test]
fn very_many_complaints_of_one_kind_are_cut() {
    let world = world("cfg(all())", "");
    let waiver = |at| format!("[[waiver]]\nid = \"NONE-{at}\"\nreason = \"not called\"\n");
    let waivers: String = (0..2_000).map(waiver).collect();
    world.write("w/headwater.toml", format!("version = 1\n{waivers}"));
    let members: String = (0..2_000).map(|at| format!("\"gone{at}\",")).collect();
    let manifest = std::fs::read_to_string(world.path("w/Cargo.toml")).unwrap();
    world.write("w/Cargo.toml", format!("{manifest}\n[workspace]\nmembers = [{members}]\n"));
    let ran = world.run("audit w");
    assert!(ran.stderr.len() < 20_000, "{}", ran.stderr.len());
    assert_contains(
        &ran.stderr,
        &["waiver of `NONE-0`", "1980 more waivers", "1980 more manifests"],
        "",
    );
}

#[test]
fn what_lies_in_the_future_is_told() {
    let world = world("cfg(all())", "");
    world.write(
        "kev.json",
        "{\"catalogVersion\":\"9\",\"dateReleased\":\"2999-01-01T00:00:00Z\",\"vulnerabilities\":[{\"cveID\":\"CVE-2024-9999\",\"dateAdded\":\"2024-01-01\"}]}",
    );
    let ran = world.run("audit w --kev kev.json");
    assert_contains(&ran.stderr, &["threat list", "2999-01-01: set the clock"], &ran.stdout);
    let ran = world.run("audit w --kev kev.json --as-of 2024-06-01");
    assert!(!ran.stderr.contains("set the clock"), "{}", ran.stderr);
    let entry = "{\"name\":\"demo\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"\",\"features\":{},\
                 \"yanked\":false,\"pubtime\":\"2024-05-05T00:00:00Z\"}";
    world.publish("demo", entry);
    let ran = world.run("audit w --as-of 2024-05-04");
    let told = "locked releases that did not exist on 2024-05-04: 1, first `demo 1.0.0`";
    assert_contains(&ran.stderr, &[told], &ran.stdout);
    assert!(!world.run("audit w --as-of 2024-05-05").stderr.contains("did not exist"));
}
