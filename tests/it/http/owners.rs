//! Who can publish packages: the registry asked through what an audit learns from.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use headwater::model::{Missing, Observed};
use headwater::world::cache::CacheDir;
use headwater::world::http::{Budget, Mode, Options};
use headwater::world::upstream::{Asking, Endpoints, Index, Owners, Subjects, learn};
use jiff::civil::date;

use super::World;
use super::server::{Seen, Server, answer, ok};

const OWNERS: &str =
    r#"{"users":[{"login":"b","kind":"user"},{"login":"forge:t","kind":"team"},{"login":"a"}]}"#;
const PACKAGE: &str =
    r#"{"crate":{"downloads":9},"versions":[{"num":"1.0.0","published_by":{"login":"a"}}]}"#;

/// A registry where one package is unknown and another broken.
fn registry() -> Server {
    Server::start(|seen: &Seen| {
        let target = seen.line.split(' ').nth(1).unwrap();
        match target.strip_prefix("/api/v1/crates/").unwrap() {
            path if path.starts_with("unknown") => answer("404 Not Found", &[], "{}"),
            path if path.starts_with("garbage") => ok("<html>"),
            path if path.ends_with("/owners") => ok(OWNERS),
            path => {
                assert!(path.ends_with("?include=versions,downloads"), "{path}");
                ok(PACKAGE)
            }
        }
    })
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

/// What one run learns about packages, with the `config.json` of the index given.
fn run(world: &World, config: Option<&str>, mode: Mode, total: Duration, names: &[&str]) -> Owners {
    let index = world.folder.path().join("index");
    fs::create_dir_all(&index).unwrap();
    if let Some(config) = config {
        fs::write(index.join("config.json"), config).unwrap();
    }
    let budget = Budget::start(Some(total), Arc::new(AtomicBool::new(false)));
    let network = world.network(Options { budget, ..world.options(0, mode) });
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let asking = Asking {
        network: &network,
        cache: &CacheDir::locate(Some(world.folder.path().to_owned())),
        endpoints: &Endpoints::default(),
        mirrors: &[],
        index: Index { folder: Some(&index), address: None },
        as_of: date(2026, 1, 1),
        progress: &|_, _, _| {},
    };
    let subjects = Subjects { packages: names, ..Subjects::default() };
    let knowledge = learn(&subjects, &asking);
    assert_eq!(knowledge.upstream, BTreeMap::new());
    knowledge.ownership
}

fn config(server: &Server) -> String {
    format!(r#"{{"dl":"https://dl.example","api":"{}"}}"#, server.url(""))
}

fn why(owners: &Owners, name: &str) -> Option<Missing> {
    owners[name].missing()
}

#[test]
fn owners_are_learned_at_the_address_of_the_index_and_remembered() {
    let (world, server) = (World::new(), registry());
    let config = config(&server);
    let learned = run(&world, Some(&config), Mode::Online, minute(), &["demo", "../etc"]);
    let Observed::Known(known) = &learned["demo"] else { panic!("{learned:?}") };
    assert_eq!(known.from, "the registry");
    assert_eq!(known.value.people, ["a", "b"]);
    assert_eq!(known.value.teams, ["forge:t"]);
    assert_eq!(known.value.last_publisher.as_deref(), Some("a"));
    assert_eq!(known.value.downloads, Some(9));
    assert_eq!(why(&learned, "../etc"), Some(Missing::NotFound));
    let seen = server.seen();
    let lines: Vec<&str> = seen.iter().map(|seen| seen.line.as_str()).collect();
    let package = "/api/v1/crates/demo";
    let [of_package, of_owners] = ["?include=versions,downloads", "/owners"]
        .map(|rest| format!("GET {package}{rest} HTTP/1.1"));
    assert_eq!(lines, [of_package, of_owners]);
    assert!(seen[1].at - seen[0].at > Duration::from_millis(900), "faster than one a second");

    for mode in [Mode::Online, Mode::Offline] {
        let again = run(&world, None, mode, minute(), &["demo"]);
        assert_eq!(again["demo"], learned["demo"], "{mode:?}");
    }
    assert_eq!(server.seen().len(), 2, "what is fresh is not asked for again");
    let never = run(&world, None, Mode::Offline, minute(), &["other"]);
    assert_eq!(why(&never, "other"), Some(Missing::NotAsked));
}

#[test]
fn what_the_registry_does_not_know_or_garbles_is_missing_and_says_why() {
    let (world, server) = (World::new(), registry());
    let config = config(&server);
    let names = ["unknown", "garbage"];
    let learned = run(&world, Some(&config), Mode::Online, minute(), &names);
    assert_eq!(why(&learned, "unknown"), Some(Missing::NotFound));
    assert_eq!(why(&learned, "garbage"), Some(Missing::NotUnderstood));
    let offline = run(&world, None, Mode::Offline, minute(), &names);
    assert_eq!(why(&offline, "unknown"), Some(Missing::NotFound), "an answer, remembered");
    assert_eq!(why(&offline, "garbage"), Some(Missing::NotAsked), "garbage, forgotten");
}

#[test]
fn a_budget_that_ends_leaves_the_less_important_packages_unknown() {
    let (world, server) = (World::new(), registry());
    let config = config(&server);
    let started = Instant::now();
    let total = Duration::from_millis(1_800);
    let learned = run(&world, Some(&config), Mode::Online, total, &["first", "second", "third"]);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(learned["first"].known().is_some(), "{learned:?}");
    let rest = ["second", "third"].map(|name| why(&learned, name));
    assert_eq!(rest, [Some(Missing::OutOfTime); 2]);
}

#[test]
fn without_an_address_nothing_is_asked() {
    let cases = [
        (None, Missing::NoIndexEntry),
        (Some("{}"), Missing::NotFound),
        (Some("garbage"), Missing::NotUnderstood),
        (Some(r#"{"api":"file:///etc"}"#), Missing::NotUnderstood),
    ];
    for (config, expected) in cases {
        let learned = run(&World::new(), config, Mode::Online, minute(), &["demo"]);
        assert_eq!(why(&learned, "demo"), Some(expected), "{config:?}");
    }
}
