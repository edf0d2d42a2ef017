//! Input that is broken, hostile or absent: a clear message with file and place, never a panic.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use std::time::{Duration, Instant};

use super::world::{World, assert_contains, permissions_count};

const PACKAGE: &str = "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";

#[test]
fn lockfiles_that_cannot_be_read_are_refused_with_file_and_line() {
    let cases: [(&str, Vec<u8>, &[&str]); 12] = [
        ("truncated", b"version = 4\n[[package]]\nname = \"a".into(), &["w/Cargo.lock:3"]),
        ("binary", vec![0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe], &["not UTF-8", "w/Cargo.lock:1"]),
        ("zeros", vec![0; 100], &["w/Cargo.lock:1"]),
        ("nested", format!("{PACKAGE}x = {}", "[".repeat(200_000)).into(), &["w/Cargo.lock:4"]),
        ("tables", format!("[{}x]", "a.".repeat(100_000)).into(), &["w/Cargo.lock"]),
        ("newer", format!("version = 5\n{PACKAGE}").into(), &["lockfile version 5 is newer"]),
        ("negative", format!("version = -1\n{PACKAGE}").into(), &["w/Cargo.lock:1"]),
        ("twice", format!("{PACKAGE}{PACKAGE}").into(), &["`app` 0.1.0 is listed twice"]),
        (
            "conflict",
            format!("{PACKAGE}<<<<<<< HEAD\n=======\n>>>>>>> x\n").into(),
            &["merge conflict", "w/Cargo.lock:4"],
        ),
        (
            "dangling",
            format!("{PACKAGE}dependencies = [\"nothing\"]\n").into(),
            &["`app` depends on `nothing`", "w/Cargo.lock:4"],
        ),
        (
            "no version",
            b"[[package]]\nname = \"app\"\n".into(),
            &["missing field `version`", "w/Cargo.lock:1"],
        ),
        (
            "odd version",
            b"[[package]]\nname = \"app\"\nversion = \"new\"\n".into(),
            &["`app` has version `new`", "w/Cargo.lock:3"],
        ),
    ];
    for (name, content, expected) in cases {
        let world = World::small();
        world.write("w/Cargo.lock", content);
        let ran = world.run("audit --all w");
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{name}: {}", ran.stderr);
        assert_contains(&ran.stderr, expected, name);
        assert_contains(&ran.stderr, &["error: ", "help: "], name);
    }
}

#[test]
fn a_large_file_is_refused_and_an_endless_one_does_not_hang() {
    let world = World::small();
    let lockfile = world.path("w/Cargo.lock");
    fs::File::create(&lockfile).unwrap().set_len(200 << 20).unwrap();
    assert_refused(&world, "larger than 32 MiB");

    fs::remove_file(&lockfile).unwrap();
    symlink("/dev/zero", &lockfile).unwrap();
    assert_refused(&world, "not a regular file");

    fs::remove_file(&lockfile).unwrap();
    assert!(Command::new("mkfifo").arg(&lockfile).status().unwrap().success());
    assert_refused(&world, "not a regular file");

    fs::remove_file(&lockfile).unwrap();
    symlink("Cargo.lock", &lockfile).unwrap();
    assert_refused(&world, "cannot read");

    fs::remove_file(&lockfile).unwrap();
    fs::create_dir(&lockfile).unwrap();
    assert_refused(&world, "found a folder");

    // The same goes for the other files of the repository.
    let world = World::small();
    fs::create_dir(world.path("w/headwater.toml")).unwrap();
    let ran = world.run("audit --all w");
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert_contains(&ran.stderr, &["found a folder", "w/headwater.toml"], "");
}

fn assert_refused(world: &World, expected: &str) {
    for path in ["w", "w/Cargo.lock"] {
        // A folder that is named itself is taken for a workspace.
        if path == "w/Cargo.lock" && world.path(path).is_dir() {
            continue;
        }
        let ran = world.run(&format!("audit {path}"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert_contains(&ran.stderr, &[expected, "w/Cargo.lock"], path);
    }
}

#[test]
fn a_folder_that_cannot_be_read_is_an_error() {
    let world = World::small();
    if !permissions_count(&world.path("w")) {
        eprintln!("did not run: this user reads folders whatever their permissions");
        return;
    }
    fs::set_permissions(world.path("w"), fs::Permissions::from_mode(0o0)).unwrap();
    let ran = world.run("audit --all w");
    fs::set_permissions(world.path("w"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
    assert_contains(&ran.stderr, &["cannot read the folder", "in w"], "");
}

#[test]
fn an_advisory_folder_that_cannot_be_used_is_a_failed_source() {
    let good = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"a\"\n\
                date = \"2024-05-01\"\n[versions]\npatched = []\n```\n\n# A\n";
    let cases: [(&str, &str, &[u8], &[&str]); 4] = [
        ("empty", "", b"", &["the folder holds no advisories"]),
        ("half-written", "crates/a/RUSTSEC-2024-0001.md", &good.as_bytes()[..60], &["1 could not"]),
        ("garbage", "crates/a/RUSTSEC-2024-0001.md", b"\x00\xff\x01", &["1 could not", "UTF-8"]),
        ("html", "a.json", b"<html>", &["1 could not be read"]),
    ];
    for (name, path, content, expected) in cases {
        let world = World::small();
        fs::create_dir(world.path("db")).unwrap();
        if !path.is_empty() {
            world.write(&format!("db/{path}"), content);
        }
        let ran = world.run("audit --all w --advisory-db db");
        assert_eq!((ran.exit, ran.stdout.as_str()), (4, ""), "{name}: {}", ran.stderr);
        assert_contains(&ran.stderr, expected, name);
        assert_contains(&ran.stderr, &["in db", "help: "], name);
    }
    // One that can be used is enough; the others are named.
    let world = World::small();
    world.write("db/crates/a/RUSTSEC-2024-0001.md", good);
    world.write("db/crates/a/RUSTSEC-2024-0002.md", &good[..60]);
    let ran = world.run("audit --all w --advisory-db db --as-of 2024-05-02");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_contains(&ran.stderr, &["warning: ", "RUSTSEC-2024-0002.md"], "");
}

#[test]
fn a_damaged_snapshot_in_the_cache_is_a_warning_and_the_embedded_one_is_used() {
    let world = World::named("demo");
    let built = world.run(
        "db build --from advisories --commit 0123456 --date 2024-05-01 -o cache/advisories.jsonl",
    );
    // The folder of the cache does not exist yet.
    assert_eq!(built.exit, 2, "{}", built.stderr);
    fs::create_dir(world.path("cache")).unwrap();
    let built = world.run(
        "db build --from advisories --commit 0123456 --date 2024-05-01 -o cache/advisories.jsonl",
    );
    assert_eq!(built.exit, 0, "{}", built.stderr);
    assert_contains(&world.run("db status").stdout, &["updated", "0123456", "2024-05-01"], "");

    let good = fs::read(world.path("cache/advisories.jsonl")).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x11;
        bytes
    };
    let middle = good.len() / 2;
    let cases = [flipped(3), flipped(middle), good[..middle].to_vec(), vec![0xff; 50], Vec::new()];
    for bytes in cases {
        fs::write(world.path("cache/advisories.jsonl"), bytes).unwrap();
        let ran = world.run("db status");
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert_contains(&ran.stdout, &["embedded"], &ran.stderr);
        let expected = ["warning: ", "using the embedded one", "advisories.jsonl"];
        assert_contains(&ran.stderr, &expected, "");
    }
}

#[test]
fn without_a_cargo_home_the_audit_works_and_says_what_is_not_known() {
    let world = World::named("demo");
    let ran = world.run("audit --all w --as-of 2024-05-01 --cargo-home nowhere --format json");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_contains(&ran.stderr, &["holds no index", "cargo fetch"], "");
    assert_contains(&ran.stdout, &["RUSTSEC-2024-0001", "\"presence\": \"dev\""], "");
}

#[test]
fn a_lone_lockfile_has_findings_and_unknown_presence() {
    let world = World::named("demo");
    fs::remove_file(world.path("w/Cargo.toml")).unwrap();
    let ran = world.run("audit --all w --as-of 2024-05-01");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_contains(&ran.stdout, &["RUSTSEC-2024-0001", "RUSTSEC-2024-0002", "unknown"], "");
    assert_contains(&ran.stderr, &["note: no `Cargo.toml` beside the lockfile"], "");
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let world = World::empty();
    let name = "a\\u001b[31mred\\u0007\\u202e";
    world.write("w/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\n");
    world.write(
        "w/Cargo.lock",
        format!(
            "{PACKAGE}dependencies = [\"{name}\"]\n[[package]]\nname = \"{name}\"\n\
             version = \"1.0.0\"\nsource = \"registry+https://\\u001b]0;x\\u0007.example\"\n"
        ),
    );
    for arguments in [
        "audit w",
        "audit w --color always",
        "audit w --format json",
        "explain app w",
        "explain a\u{1b}[31m w",
    ] {
        let ran = world.run(arguments);
        let text = ran.stdout.clone() + &ran.stderr;
        let bad = ["\u{1b}[31mred", "\u{1b}]", "\u{7}", "\u{202e}"];
        assert!(!bad.iter().any(|bad| text.contains(bad)), "{arguments}: {text:?}");
        if !arguments.contains("always") {
            assert!(!text.contains('\u{1b}'), "{arguments}: {text:?}");
        }
        // No manifest can declare such a name: the lockfile is stale.
        let exit = match arguments {
            "explain app w" => 0,
            other if other.starts_with("explain") => 2,
            _ => 4,
        };
        assert_eq!(ran.exit, exit, "{text}");
    }
    // A broken lockfile is quoted in the message.
    world.write("w/Cargo.lock", "[[package]]\nname = \"\\u001b[2J\"\nversion = \"\\u001b[2J\"\n");
    let ran = world.run("audit --all w");
    assert_eq!(ran.exit, 2);
    assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
    // And so is a broken configuration.
    let world = World::small();
    world.write("w/headwater.toml", "[gate]\ntier = \"\u{1b}[2J\"\n");
    let ran = world.run("audit --all w");
    assert_eq!(ran.exit, 2);
    assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
}

#[test]
fn a_cache_directory_that_cannot_be_written_is_said_and_nothing_else() {
    let world = World::named("demo");
    let expected = world.run("audit --all w --as-of 2024-05-01");
    fs::remove_dir_all(world.path("cache")).unwrap();
    // A file where the folder should be: nobody can write below it, the superuser neither.
    world.write("cache", "");
    let ran = world.run("audit --all w --as-of 2024-05-01");
    assert_eq!(ran.exit, expected.exit, "{}", ran.stderr);
    assert_eq!(ran.stdout, expected.stdout);
    assert_contains(&ran.stderr, &["note: the memo", "cannot be written", "in cache"], "");
}

#[test]
fn a_broken_manifest_is_a_warning_and_what_it_says_is_unknown() {
    let cases: [(&str, &[u8], &[&str]); 6] = [
        ("not TOML", b"[package\n", &["w/Cargo.toml:1"]),
        ("wrong type", b"[package]\nname = 7\n", &["w/Cargo.toml:2"]),
        ("binary", b"\xff\xfe", &["not UTF-8", "w/Cargo.toml:1"]),
        ("requirement", b"[package]\nname = \"app\"\nversion = \"0.1.0\"\n[dependencies]\nparser = \"new\"\n", &["requirement `new`"]),
        ("inherits nothing", b"[package]\nname = \"app\"\nversion = \"0.1.0\"\n[dependencies]\nparser.workspace = true\n", &["`parser` is inherited"]),
        ("nested", &[b'['; 100_000], &["w/Cargo.toml:1"]),
    ];
    for (name, content, expected) in cases {
        let world = World::named("demo");
        world.write("w/Cargo.toml", content);
        let ran = world.run("audit --all w --as-of 2024-05-01");
        // The vulnerability is still found, and as nothing says that it is not built, it counts.
        assert_eq!(ran.exit, 1, "{name}: {}", ran.stderr);
        assert_contains(&ran.stdout, &["RUSTSEC-2024-0001", "unknown"], name);
        assert_contains(&ran.stderr, &["warning: "], name);
        assert_contains(&ran.stderr, expected, name);
    }
}

#[test]
fn a_missing_member_is_a_warning_and_the_rest_is_known() {
    let world = World::named("demo");
    let manifest = world.read("w/Cargo.toml");
    world.write("w/Cargo.toml", format!("[workspace]\nmembers = [\"gone\", \"**/[\"]\n{manifest}"));
    let ran = world.run("audit --all w --as-of 2024-05-01");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_contains(&ran.stderr, &["w/gone/Cargo.toml", "member pattern `**/[`"], "");
    assert_contains(&ran.stdout, &["other-target"], "");
}

#[test]
fn cycles_of_manifests_links_and_packages_end() {
    let world = World::empty();
    let member = |name: &str, other: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n[dependencies]\n\
             {other} = {{ path = \"../{other}\" }}\n"
        )
    };
    world.write("w/Cargo.toml", "[workspace]\nmembers = [\"crates/*\", \"crates/**\"]\n");
    world.write("w/crates/one/Cargo.toml", member("one", "two"));
    world.write("w/crates/two/Cargo.toml", member("two", "one"));
    symlink("..", world.path("w/crates/one/loop")).unwrap();
    symlink("me", world.path("w/crates/me")).unwrap();
    let package = |name: &str, other: &str| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\ndependencies = [\"{other}\"]\n"
        )
    };
    world.write("w/Cargo.lock", package("one", "two") + &package("two", "one"));
    let started = Instant::now();
    let ran = world.run("audit --all w");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_contains(&ran.stdout, &["2 of them in the workspace"], "");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_member_pattern_over_the_whole_file_system_ends() {
    let world = World::small();
    let manifest = world.read("w/Cargo.toml");
    world.write("w/Cargo.toml", format!("[workspace]\nmembers = [\"/**/none\"]\n{manifest}"));
    let started = Instant::now();
    let ran = world.run("audit --all w");
    // Which members there are is not known then.
    assert_eq!(ran.exit, 4, "{}", ran.stderr);
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn file_names_that_are_not_text_do_no_harm() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;
    let world = World::small();
    let odd = world.path("").join(OsStr::from_bytes(b"odd\xff\x1b"));
    fs::rename(world.path("w"), &odd).unwrap();
    fs::create_dir(odd.join(OsStr::from_bytes(b"\xfe"))).unwrap();
    let workspace =
        "[workspace]\nmembers = [\"*\"]\n[package]\nname = \"app\"\nversion = \"0.1.0\"\n";
    fs::write(odd.join("Cargo.toml"), workspace).unwrap();
    for format in ["terminal", "json"] {
        let output = world.command(&format!("audit --format {format}")).arg(&odd).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let text = [output.stdout, output.stderr].concat();
        assert!(!text.contains(&0x1b) && String::from_utf8(text).is_ok());
    }
    let mut argument = OsString::from("--output=json=");
    argument.push(world.path("").join(OsStr::from_bytes(b"report\xff.json")));
    let output = world.command("audit").arg(&argument).arg(&odd).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(world.path("").join(OsStr::from_bytes(b"report\xff.json")).is_file());
}
