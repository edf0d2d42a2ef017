//! Which project a package is taken to belong to.

use serde_json::Value;
use tame_index::CRATES_IO_INDEX;

use super::online::world;
use super::world::{World, assert_contains};
use crate::history::built;
use crate::http::server::{Server, answer, ok};

fn report(world: &World, arguments: &str) -> Value {
    let ran = world.run(&format!("audit w --format json {arguments}"));
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

/// Name, repository and number of packages of each project.
fn projects(report: &Value) -> Vec<(&str, Option<&str>, usize)> {
    let projects = report["projects"].as_array().unwrap().iter();
    let project = |it: &'_ Value| it["packages"].as_array().unwrap().len();
    projects
        .map(|it| (it["name"].as_str().unwrap(), it["repository"].as_str(), project(it)))
        .collect()
}

#[test]
fn a_package_belongs_to_the_repository_its_own_manifest_leads_to() {
    let (repository, homepage) = ("https://git.example/group/a", "https://gitlab.com/group/b");
    let (sponsors, site) = ("https://github.com/sponsors/a", "https://site.example/");
    let mirror = "https://git.example/mirrors/a";
    let cases = [
        (repository, homepage, Ok((repository, "manifest-repository", false))),
        (sponsors, homepage, Ok((homepage, "manifest-homepage", false))),
        (mirror, homepage, Ok((mirror, "manifest-repository", true))),
        (sponsors, site, Err("funding-page")),
        ("https://code.google.com/p/a", site, Err("forge-closed")),
    ];
    for (repository, homepage, expected) in cases {
        let world = world();
        let manifest =
            format!("[package]\nrepository = \"{repository}\"\nhomepage = \"{homepage}\"\n");
        world.unpack("needed-1.0.0/Cargo.toml", &manifest);
        let report = report(&world, "");
        let known: Vec<_> =
            projects(&report).iter().map(|(_, repository, _)| *repository).collect();
        assert_eq!(known, [expected.ok().map(|(address, ..)| address)], "{repository} {homepage}");
        let packages = report["packages"].as_array().unwrap();
        let needed = packages.iter().find(|package| package["name"] == "needed").unwrap();
        let location = &needed["location"];
        let found = match location["missing"].as_str() {
            Some(why) => Err(why),
            None => Ok((
                location["repository"].as_str().unwrap(),
                location["provenance"].as_str().unwrap(),
                location["mirror"].as_bool().unwrap(),
            )),
        };
        assert_eq!(found, expected, "{repository} {homepage}");
    }
}

/// A workspace that depends on packages of the public registry, of which only the names are known.
fn workspace(names: &[&str]) -> World {
    let world = World::empty();
    let identity = "name = \"app\"\nversion = \"0.1.0\"\n";
    let needs: String = names.iter().map(|name| format!("{name} = \"1\"\n")).collect();
    world.write("w/Cargo.toml", format!("[package]\n{identity}[dependencies]\n{needs}"));
    let locked = names.iter().map(|name| {
        let release = format!(r#"{{"name":"{name}","vers":"1.0.0","deps":[],"features":{{}}}}"#);
        world.publish(name, &release);
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n\
             source = \"registry+{CRATES_IO_INDEX}\"\n"
        )
    });
    let locked: String = locked.collect();
    let lock = format!("version = 4\n[[package]]\n{identity}dependencies = {names:?}\n{locked}");
    world.write("w/Cargo.lock", lock);
    world
}

/// A registry where everything has the same owner, and only `known` states its repository.
fn registry(repository: &'static str) -> Server {
    Server::start(move |seen| match seen.line.split(' ').nth(1).unwrap() {
        path if path.ends_with("/owners") => ok(r#"{"users":[{"login":"p","kind":"user"}]}"#),
        path if path.contains("/known") => {
            ok(&format!(r#"{{"crate":{{"repository":"{repository}"}},"versions":[]}}"#))
        }
        path if path.contains("/lost") => answer("404 Not Found", &[], "{}"),
        _ => ok(r#"{"crate":{},"versions":[]}"#),
    })
}

#[test]
fn packages_without_a_repository_meet_in_their_publisher_once_it_is_known() {
    let world = workspace(&["lost", "one", "two"]);
    let server = registry("");
    world.connect(&server.url(""));
    let alone = [("lost", None, 1), ("one", None, 1), ("two", None, 1)];
    assert_eq!(projects(&report(&world, "--offline")), alone);
    for leave in ["--online", "--offline"] {
        let report = report(&world, leave);
        let mut met = projects(&report);
        met.sort_unstable();
        assert_eq!(met, [("lost", None, 1), ("published by p", None, 2)], "{leave}");
    }
}

#[test]
fn a_repository_that_only_the_registry_states_is_learned_about_in_the_same_run() {
    let world = workspace(&["known"]);
    let server = registry("https://git.example/o/name/");
    world.connect(&server.url(""));
    let release = |version: &str, day: &str| {
        let time = format!("{day}T00:00:00Z");
        format!(
            r#"{{"name":"known","vers":"{version}","deps":[],"features":{{}},"pubtime":"{time}"}}"#
        )
    };
    let releases = [release("1.0.0", "2020-10-01"), release("1.0.1", "2020-10-10")];
    world.publish("known", &releases.join("\n"));
    let mut stream = String::new();
    built::commit(&mut stream, 1, "A <a@one.example>", 1_600_000_000, "one", false);
    stream.push_str("reset refs/tags/v1.0.0\nfrom :1\n\n");
    std::fs::create_dir_all(world.path("mirrors/o")).unwrap();
    built::make(&world.path("mirrors/o/name"), &stream);
    for leave in ["--online", "--offline"] {
        let report = report(&world, &format!("--git-mirror mirrors {leave}"));
        assert_eq!(projects(&report), [("o/name", Some("https://git.example/o/name"), 1)]);
        assert_eq!(report["projects"][0]["activity"]["commits"], 1, "{leave}: {report}");
        let package = &report["packages"][1];
        assert_eq!(package["location"]["provenance"], "registry");
        assert_eq!(package["tagging"]["newest_is_tagged"], false, "{package}");
    }
    let ran = world.run("explain known w --offline --git-mirror mirrors");
    let tags = "the newest release, 1.0.1, has no tag, though earlier ones do\n";
    let shown = ["https://git.example/o/name\n", "by the registry\n", tags];
    assert_contains(&ran.stdout, &shown, &ran.stderr);
}
