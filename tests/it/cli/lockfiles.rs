//! Which lockfile is audited: the one Cargo takes, never another without a word.

use super::world::{World, assert_contains};

const APP: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";

fn lockfile(name: &str) -> String {
    format!("version = 4\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n")
}

fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n")
}

#[test]
fn the_lockfile_that_cargo_takes_is_audited() {
    let workspace = |rest: &str| format!("{APP}[workspace]\n{rest}\n");
    let (app, lock) = (APP.to_owned(), lockfile("app"));
    let both = format!("{lock}[[package]]\nname = \"m\"\nversion = \"0.1.0\"\n");
    let members = workspace("members = [\"m\"]\nexclude = [\"x\"]");
    let pointing = format!("{}workspace = \"..\"\n", package("m"));
    // Files, what is audited, the exit code, and words of standard error.
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, i32, &'a [&'a str]);
    let (m, x) = (package("m"), package("x"));
    let (of_m, of_x) = (lockfile("m"), lockfile("x"));
    let own = format!("{x}[workspace]\n");
    let cases: [Row<'_>; 14] = [
        (
            &[("Cargo.toml", &members), ("Cargo.lock", &both), ("m/Cargo.toml", &m)],
            "w/m",
            0,
            &["the lockfile audited is that of the workspace", "w/Cargo.lock"],
        ),
        (
            &[
                ("Cargo.toml", &members),
                ("Cargo.lock", &both),
                ("m/Cargo.toml", &m),
                ("m/Cargo.lock", &of_m),
            ],
            "w/m",
            0,
            &["Cargo does not use this lockfile", "w/m/Cargo.lock\n", "that of the workspace"],
        ),
        (
            &[("Cargo.toml", &members), ("m/Cargo.toml", &m), ("m/Cargo.lock", &of_m)],
            "w/m",
            4,
            &["there is no `", "w/m/Cargo.lock` is not the lockfile", "cargo generate-lockfile"],
        ),
        // The lockfile of the workspace is there, without the member.
        (
            &[("Cargo.toml", &members), ("Cargo.lock", &lock), ("m/Cargo.toml", &m)],
            "w/m",
            4,
            &["the lockfile is stale: `m 0.1.0` is not in the lockfile"],
        ),
        (
            &[
                ("Cargo.toml", &members),
                ("Cargo.lock", &both),
                ("m/src/a.rs", ""),
                ("m/Cargo.toml", &m),
            ],
            "w/m/src",
            0,
            &["the lockfile audited is that of the workspace\n  in "],
        ),
        (
            &[
                ("Cargo.toml", &members),
                ("Cargo.lock", &both),
                ("m/Cargo.toml", &m),
                ("x/Cargo.toml", &x),
            ],
            "w/x",
            4,
            &["w/Cargo.lock` is not the lockfile of this package", "cargo generate-lockfile"],
        ),
        (
            &[
                ("Cargo.toml", &members),
                ("Cargo.lock", &both),
                ("x/Cargo.toml", &x),
                ("x/Cargo.lock", &of_x),
            ],
            "w/x",
            0,
            &[],
        ),
        (
            &[("Cargo.toml", &members), ("Cargo.lock", &both), ("y/Cargo.toml", &own)],
            "w/y",
            4,
            &["w/Cargo.lock` is not the lockfile of this package"],
        ),
        (
            &[("Cargo.toml", &app), ("Cargo.lock", &lock), ("x/Cargo.toml", &x)],
            "w/x",
            4,
            &["w/Cargo.lock` is not the lockfile of this package"],
        ),
        (
            &[("Cargo.toml", &members), ("Cargo.lock", &both), ("y/Cargo.toml", &x)],
            "w/y",
            4,
            &["which does not have it as a member", "`workspace.members`"],
        ),
        (
            &[
                ("Cargo.toml", &members),
                ("Cargo.lock", &both),
                ("y/Cargo.toml", &x),
                ("y/Cargo.lock", &of_x),
            ],
            "w/y",
            0,
            &["Cargo does not build it; its own lockfile is audited"],
        ),
        (
            &[
                ("r/Cargo.toml", &workspace("members = [\"../m\"]")),
                ("r/Cargo.lock", &both),
                ("m/Cargo.toml", &pointing.replace("..", "../r")),
            ],
            "w/m",
            0,
            &["the lockfile audited is that of the workspace\n  in ", "w/r/Cargo.lock"],
        ),
        (
            &[("Cargo.toml", &app), ("Cargo.lock", &lock), ("src/a.rs", "")],
            "w/src",
            0,
            &["the lockfile audited is that of the package around"],
        ),
        // The manifest above may be the workspace's.
        (
            &[("Cargo.toml", "[workspace"), ("x/Cargo.toml", &x), ("x/Cargo.lock", &of_x)],
            "w/x",
            4,
            &["w/Cargo.toml:1"],
        ),
    ];
    for (at, (files, path, exit, words)) in cases.into_iter().enumerate() {
        let world = World::empty();
        for (file, text) in files {
            world.write(&format!("w/{file}"), text);
        }
        let ran = world.run(&format!("audit --all {path}"));
        assert_eq!(ran.exit, exit, "{at} {path}: {}\n{}", ran.stderr, ran.stdout);
        assert_contains(&ran.stderr, words, path);
        if words.is_empty() {
            assert!(!ran.stderr.contains("lockfile"), "{at}: {}", ran.stderr);
        }
        if exit == 4 && ran.stdout.is_empty() {
            // What `--allow-empty` is for is that there is nothing, not that something is missing.
            assert_eq!(world.run(&format!("audit --allow-empty {path}")).exit, 4, "{at}");
        }
    }
}

#[test]
fn a_lone_lockfile_is_audited_where_it_lies_or_above() {
    let world = World::empty();
    world.write("w/Cargo.lock", lockfile("app"));
    world.write("w/deep/er/file", "");
    for (path, told) in [("w", false), ("w/Cargo.lock", false), ("w/deep/er", true)] {
        let ran = world.run(&format!("audit {path}"));
        assert_eq!(ran.exit, 0, "{path}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains("the nearest above"), told, "{path}: {}", ran.stderr);
    }
}
