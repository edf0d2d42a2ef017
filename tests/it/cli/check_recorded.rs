//! The trees of well-known packages against those that Cargo 1.95 locks from the same recorded
//! index and `cargo tree` shows. It runs where `HEADWATER_DATA` names the folder of the data.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use headwater::audit::audit;
use headwater::model::{Presence, Source};
use headwater::resolve::{Platform, Platforms, Selection};
use headwater::world::cache::CacheDir;
use headwater::world::gather::{DayFrom, Request, gather_intake};
use jiff::civil::date;
use serde_json::Value;

use super::world::World;
use crate::data::{self, EMBEDDED};

/// Package, version, what it brings on `x86_64-unknown-linux-gnu` with its default features.
const TREES: [(&str, &str, &str); 11] = [
    (
        "ahash",
        "0.3.7",
        "cfg-if 1.0.5, const-random 0.1.18, const-random-macro 0.1.16, crunchy 0.2.4, getrandom \
         0.2.17, libc 0.2.191, once_cell 1.21.4, tiny-keccak 2.0.2",
    ),
    (
        "clap",
        "4.4.2",
        "anstream 0.5.0, anstyle 1.0.14, anstyle-parse 0.2.7, anstyle-query 1.1.5, clap_builder \
         4.4.2, clap_lex 0.5.1, colorchoice 1.0.5, strsim 0.10.0, utf8parse 0.2.2",
    ),
    ("http-body", "0.3.0", "bytes 0.5.6, bytes 1.12.1, fnv 1.0.7, http 0.2.12, itoa 1.0.18"),
    ("rand", "0.3.7", "libc 0.1.12, log 0.3.9, log 0.4.35"),
    (
        "rusqlite",
        "0.0.17",
        "bitflags 0.1.1, libc 0.1.12, libc 0.2.191, libsqlite3-sys 0.0.13, pkg-config 0.3.34, time \
         0.1.45",
    ),
    (
        "chrono",
        "0.4.8",
        "autocfg 1.5.1, libc 0.2.191, num-integer 0.1.47, num-traits 0.2.19, time 0.1.45",
    ),
    (
        "serde_json",
        "1.0.10",
        "autocfg 1.5.1, dtoa 0.4.8, itoa 0.3.4, num-traits 0.2.19, serde 1.0.229, serde_core 1.0.229",
    ),
    (
        "tracing",
        "0.1.31",
        "cfg-if 1.0.5, once_cell 1.21.4, pin-project-lite 0.2.17, proc-macro2 1.0.107, quote 1.0.47, \
         syn 2.0.119, tracing-attributes 0.1.31, tracing-core 0.1.36, unicode-ident 1.0.27",
    ),
    ("regex", "0.1.34", "aho-corasick 0.1.5, libc 0.2.191, memchr 0.1.11, regex-syntax 0.1.3"),
    ("cipher", "0.2.5", "generic-array 0.14.9, typenum 1.20.1, version_check 0.9.5"),
    ("num-bigint", "0.2.3", "autocfg 0.1.8, autocfg 1.5.1, num-integer 0.1.47, num-traits 0.2.19"),
];

/// A world whose registry has the recorded releases of all packages of the trees.
fn world(data: &std::path::Path) -> World {
    let file = data.join("registry/crates-io-index.jsonl.zst");
    let output = Command::new("zstd").args(["-dc", "--long=27"]).arg(file).output().unwrap();
    assert!(output.status.success());
    let brought = TREES.iter().flat_map(|(name, _, tree)| {
        let names = tree.split(", ").filter_map(|package| package.split(' ').next());
        names.chain([*name])
    });
    let names: BTreeSet<&str> = brought.collect();
    let mut entries = BTreeMap::<String, String>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let name = entry["name"].as_str().unwrap();
        if names.contains(name) {
            let lines = entries.entry(name.to_owned()).or_default();
            lines.push_str(line);
            lines.push('\n');
        }
    }
    let world = World::empty();
    for (name, lines) in entries {
        world.publish(&name, &lines);
    }
    world
}

#[test]
fn trees_are_those_of_cargo() {
    let Some(data) = data::folder("trees_are_those_of_cargo") else { return };
    let world = world(&data);
    for (name, version, expected) in TREES {
        let platform = Platform::from_triple("x86_64-unknown-linux-gnu").unwrap();
        let request = Request {
            path: world.path(""),
            config: None,
            cargo_home: Some(world.path("home")),
            cache: CacheDir::locate(Some(world.path("cache"))),
            selection: Selection {
                platforms: Platforms::One(platform),
                features: Vec::new(),
                all_features: false,
                default_features: true,
                flags: Default::default(),
            },
            as_of: date(2026, 11, 20),
            target_asked: true,
            day_from: DayFrom::Asked,
        };
        let version = version.parse().unwrap();
        let inputs = gather_intake(request, &EMBEDDED, name, Some(&version), None).unwrap();
        assert_eq!(inputs.gaps, [""; 0], "{name}");
        let graph = audit(&inputs).unwrap().graph;
        let built = graph.indices().filter(|&at| {
            let package = graph.package(at);
            !matches!(
                graph.presence(at),
                Presence::Dev | Presence::OtherTarget | Presence::Inactive
            ) && package.source != Source::Path
                && package.name != name
        });
        let found: Vec<String> = built
            .map(|at| format!("{} {}", graph.package(at).name, graph.package(at).version))
            .collect();
        assert_eq!(found.join(", "), expected, "{name} {version}");
    }
}
