//! Links in a checkout that lead to files of whoever audits it: nothing of those is shown.

use std::fs;
use std::os::unix::fs::symlink;

use super::world::{World, assert_contains};

/// A text that is in a file of the user and in the environment.
const SECRET: &str = "hunter2-very-secret";

/// Runs an audit of `w`, whose file of that name leads to a file of the user.
fn linked(name: &str, to: &str) -> (i32, String) {
    let world = World::small();
    let manifest =
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\n[workspace]\nmembers = [\"m\"]\n";
    world.write("w/Cargo.toml", manifest);
    world.write("w/m/Cargo.toml", "[package]\nname = \"m\"\nversion = \"0.1.0\"\n");
    let locked =
        ["app", "m"].map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n"));
    world.write("w/Cargo.lock", format!("version = 4\n{}", locked.concat()));
    // A table of values with wrong types for whatever reads it, the secret among them.
    let values = format!("version = \"{SECRET}\"\n[gate]\ntier = \"{SECRET}\"\n[{SECRET}]\n");
    let more = format!(
        "[package]\nname = 1\n[source.crates-io]\nreplace-with = \"{SECRET}\"\n= {SECRET}\n"
    );
    world.write("user/credentials.toml", values + &more);
    let path = world.path("w").join(name);
    let _ = fs::remove_file(&path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let to = if to.starts_with('/') { to.into() } else { world.path(to) };
    symlink(to, &path).unwrap();
    let mut command = world.command("audit w --format json");
    let output = command.env("TOKEN", SECRET).output().unwrap();
    let all = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(all).unwrap())
}

#[test]
fn a_link_out_of_the_checkout_is_not_followed_and_nothing_of_it_is_shown() {
    let refused = "the link leads out of the checkout";
    let cases = [
        ("headwater.toml", 2, refused),
        ("Cargo.lock", 2, refused),
        ("Cargo.toml", 4, refused),
        ("m/Cargo.toml", 4, refused),
        (".cargo/config.toml", 0, "leads out of the checkout"),
    ];
    for (name, exit, told) in cases {
        for to in ["user/credentials.toml", "/proc/self/environ"] {
            let (ended, text) = linked(name, to);
            assert!(!text.contains(SECRET), "{name} -> {to}:\n{text}");
            assert_eq!(ended, exit, "{name} -> {to}:\n{text}");
            assert_contains(&text, &[told], name);
        }
    }
}

#[test]
fn a_link_inside_the_checkout_and_a_lockfile_that_is_named_are_followed() {
    let world = World::small();
    fs::create_dir(world.path("w/.git")).unwrap();
    fs::create_dir_all(world.path("w/deep")).unwrap();
    fs::rename(world.path("w/Cargo.lock"), world.path("w/the.lock")).unwrap();
    fs::rename(world.path("w/Cargo.toml"), world.path("w/deep/Cargo.toml")).unwrap();
    symlink("../the.lock", world.path("w/deep/Cargo.lock")).unwrap();
    assert_eq!(world.run("audit w/deep --quiet").exit, 0);
    fs::rename(world.path("w/the.lock"), world.path("the.lock")).unwrap();
    symlink("../the.lock", world.path("w/the.lock")).unwrap();
    assert_eq!(world.run("audit w/deep --quiet").exit, 2);
    assert_eq!(world.run("audit w/deep/Cargo.lock --quiet").exit, 0);
}

#[test]
fn what_is_quoted_is_short() {
    let world = World::small();
    let long = "x".repeat(1 << 20);
    let cases = [
        format!("[gate]\nkinds = [\"{long}\"]\n"),
        format!("[gate]\nkinds = [{}]\n", "\"bug\", ".repeat(20_000)),
        format!("[gate]\nkinds = [\n{}]\n", "\"bug\",\n".repeat(20_000)),
        format!("version = \"{long}\"\n"),
        format!("{long} = 1\n"),
    ];
    for text in cases {
        world.write("w/headwater.toml", &text);
        let ran = world.run("audit w");
        assert_eq!(ran.exit, 2);
        assert!(ran.stderr.len() < 20_000, "{} bytes for {}", ran.stderr.len(), &text[..40]);
        assert_contains(&ran.stderr, &["w/headwater.toml"], "");
    }
}
