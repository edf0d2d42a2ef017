//! What is said on standard error: nothing from outside begins a line, where a CI system would take
//! it for a command, and no secret is repeated.

use std::process::Command;
use std::time::{Duration, Instant};

use super::world::World;

const COMMAND: &str = "::error::planted";

/// Whether a line is a command to a CI system, which may have blanks before it.
fn has_command(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("::"))
}

#[test]
fn no_name_begins_a_line() {
    let lock = |more: &str| {
        format!("version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n{more}")
    };
    let planted = format!("x\\n{COMMAND}");
    let manifest = |more: &str| format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\n{more}");
    let cases = [
        ("w/Cargo.toml", manifest(&format!("[dependencies]\n\"{planted}\" = \"1\"\n"))),
        ("w/Cargo.toml", manifest(&format!("[dependencies]\na = \"{planted}\"\n"))),
        ("w/Cargo.toml", manifest(&format!("[dependencies]\na = {{ path = \"{planted}\" }}\n"))),
        ("w/Cargo.toml", format!("[package]\nname = \"{planted}\"\nversion = \"0.1.0\"\n")),
        ("w/Cargo.toml", manifest(&format!("[workspace]\nmembers = [\"{planted}\"]\n"))),
        ("w/Cargo.lock", lock(&format!("dependencies = [\"{planted}\"]\n"))),
        ("w/Cargo.lock", lock(&format!("source = \"{planted}\"\n"))),
        ("w/Cargo.lock", format!("[[package]]\nname = \"app\"\nversion = \"{planted}\"\n")),
        ("w/Cargo.lock", format!("version = \"{planted}\"\n")),
        ("w/.cargo/config.toml", format!("[patch.crates-io]\na = {{ path = \"{planted}\" }}\n")),
        ("w/headwater.toml", format!("[gate]\nkinds = [\"{planted}\"]\n")),
        (
            "w/headwater.toml",
            format!("[[waiver]]\nid = \"{planted}\"\npackage = \"{planted}\"\nreason = \"r\"\n"),
        ),
    ];
    for (file, text) in cases {
        let world = World::small();
        world.write(file, &text);
        let ran = world.run("audit w");
        assert!(!has_command(&ran.stderr), "{file}:\n{text}\n{}", ran.stderr);
        assert!(!has_command(&ran.stdout), "{file}:\n{text}\n{}", ran.stdout);
        assert!(ran.stderr.contains("planted"), "{file}:\n{text}\n{}", ran.stderr);
    }
}

#[test]
fn no_argument_begins_a_line() {
    let world = World::small();
    for (option, value) in [("--as-of", "2024-01-01"), ("--features", "f"), ("--target", "t")] {
        let argument = format!("{option}={value}\n{COMMAND}");
        let output = world.command("audit w").arg(argument).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("planted") && !has_command(&text), "{text}");
    }
}

#[test]
fn no_secret_is_repeated() {
    let address = "https://user:hunter2@git.example/a?token=hunter3";
    let package = |source: &str| {
        format!(
            "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\
             dependencies = [\"a\"]\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\
             source = \"{source}\"\n"
        )
    };
    let manifest = |more: &str| format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\n{more}");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let cases = [
        ("w/Cargo.lock", package(&format!("registry+{address}"))),
        ("w/Cargo.lock", package(&format!("git+{address}#{commit}"))),
        ("w/Cargo.lock", package(&format!("git+user:hunter2@git.example:a/b#{commit}"))),
        ("w/Cargo.toml", manifest(&format!("repository = \"{address}\"\n"))),
        ("w/Cargo.toml", manifest(&format!("[dependencies]\na = {{ git = \"{address}\" }}\n"))),
        ("w/Cargo.toml", manifest(&format!("[dependencies]\na = \"{address}\"\n"))),
    ];
    for (file, text) in cases {
        let world = World::small();
        world.write(file, &text);
        for format in ["terminal", "json"] {
            let ran = world.run(&format!("audit w --format {format}"));
            let said = ran.stdout + &ran.stderr;
            assert!(!said.contains("hunter"), "{file}:\n{text}\n{said}");
        }
        let said = world.run("explain a w").stdout;
        assert!(!said.contains("hunter"), "{file}:\n{text}\n{said}");
    }
    let world = World::small();
    let ran = world.run("db update --url http://user:hunter2@127.0.0.1:9/db");
    assert!(ran.exit != 0 && !ran.stderr.contains("hunter"), "{}", ran.stderr);
}

/// Pipes in place of files of Cargo's home have nobody at their other end.
#[test]
fn pipes_in_cargos_home_hold_nothing_up() {
    for (kind, file) in [("index", ".cache/pa/rs/parser"), ("src", "codegen-2.0.0/Cargo.toml")] {
        let world = World::named("demo");
        let path = world.registry(kind).join(file);
        std::fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let started = Instant::now();
        for command in ["audit w", "explain parser w", "check parser@1.2.0"] {
            world.run(&format!("{command} --as-of 2024-05-01"));
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{file}");
    }
}
