//! Audits that ask the network, on the loopback address.

use tame_index::CRATES_IO_INDEX;

use super::world::{World, assert_contains};
use crate::http::server::{Server, ok};

/// A workspace that depends on one package of the public registry, without a repository.
pub(super) fn world() -> World {
    let world = World::empty();
    let identity = "name = \"app\"\nversion = \"0.1.0\"\n";
    world.write("w/Cargo.toml", format!("[package]\n{identity}[dependencies]\nneeded = \"1\"\n"));
    world.write(
        "w/Cargo.lock",
        format!(
            "version = 4\n[[package]]\n{identity}dependencies = [\"needed\"]\n\
             [[package]]\nname = \"needed\"\nversion = \"1.0.0\"\n\
             source = \"registry+{CRATES_IO_INDEX}\"\n"
        ),
    );
    let release = r#"{"name":"needed","vers":"1.0.0","deps":[],"features":{},"yanked":false}"#;
    world.publish("needed", release);
    world
}

fn registry() -> Server {
    Server::start(|seen| {
        let is_owners = seen.line.contains("/owners ");
        ok(if is_owners { r#"{"users":[]}"# } else { r#"{"crate":{},"versions":[]}"# })
    })
}

fn asked(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.line).collect()
}

#[test]
fn an_audit_asks_the_registry_of_the_index_once_and_only_with_leave() {
    let (world, server) = (world(), registry());
    world.connect(&server.url(""));
    assert_eq!(world.run("audit w --quiet").exit, 0);
    assert_eq!(asked(&server), [""; 0], "without `--online`");
    for _ in 0..2 {
        let ran = world.run("audit w --online");
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert!(!ran.stderr.contains("cannot be remembered"), "{}", ran.stderr);
        let package = "GET /api/v1/crates/needed";
        let expected = ["?include=versions,downloads", "/owners"];
        assert_eq!(asked(&server), expected.map(|rest| format!("{package}{rest} HTTP/1.1")));
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let (world, server) = (world(), registry());
    world.connect(&server.url(""));
    world.write("cache", "a file, where a folder is needed");
    let ran = world.run("audit w --online");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let told = ["note: ", "answers of the network cannot be remembered", "`--cache-dir`"];
    assert_contains(&ran.stderr, &told, "");
}
