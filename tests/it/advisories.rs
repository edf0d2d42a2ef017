//! Advisories against the recorded databases and a peer's answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use headwater::advisory::exploited::Exploited;
use headwater::advisory::{AdvisoryIndex, matches, snapshot};
use headwater::model::{Certainty, FindingKind, Graph, Observed, Presence, Threat};
use headwater::world::database::first_seen::table;
use headwater::world::database::{build, build_with, read_catalogue};
use jiff::civil::{Date, date};

use crate::data;

/// The day of the recorded database.
const DATABASE_DAY: Date = date(2026, 8, 21);

/// One advisory found on one package of one lockfile.
type Row = (String, String, String, String, String);

/// What the peer reports, from columns lockfile, kind, advisory, package, version.
fn peer_rows(data: &Path) -> BTreeSet<Row> {
    let file = data.join("conformance/rustsec-expected.tsv.zst");
    let output = Command::new("zstd").args(["-dc", "--long=27"]).arg(file).output().unwrap();
    assert!(output.status.success(), "zstd failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let row = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut field = || fields.next().unwrap();
        (field(), field(), field(), field(), field())
    };
    text.lines().skip(1).map(row).collect()
}

/// The packages of a lockfile, without their dependencies.
fn lock_graph(path: &Path) -> Graph {
    let packages = data::read_lockfile(path).packages.into_iter();
    Graph::new(packages.map(|it| (it, Presence::Unknown)).collect(), Vec::new(), Vec::new())
}

/// What we find in one lockfile on the day of the recorded database.
fn our_rows(lockfile: &str, graph: &Graph, index: &AdvisoryIndex) -> Vec<Row> {
    let found = matches(graph, index, DATABASE_DAY).into_iter();
    let exact = found.filter(|found| found.certainty == Certainty::Exact);
    exact
        .map(|found| {
            let package = graph.package(found.package);
            (
                lockfile.to_owned(),
                FindingKind::from(found.advisory.kind).name().to_owned(),
                found.advisory.id.clone(),
                package.name.clone(),
                package.version.to_string(),
            )
        })
        .collect()
}

/// Every row of the peer is found, and no other: no lockfile is refused, and there is no
/// difference to explain.
#[test]
fn findings_on_registry_packages_equal_the_peers() {
    let Some(data) = data::folder("the comparison with the peer") else { return };
    let built = build(&data.join("advisories/rustsec-advisory-db"), None, None).unwrap();
    let index = AdvisoryIndex::new(built.snapshot.advisories);
    let mut rows = BTreeSet::new();
    for (name, path) in data::lockfiles(&data) {
        rows.extend(our_rows(&name, &lock_graph(&path), &index));
    }
    let peer = peer_rows(&data);
    assert_eq!(rows.difference(&peer).collect::<Vec<_>>(), Vec::<&Row>::new(), "only here");
    assert_eq!(peer.difference(&rows).collect::<Vec<_>>(), Vec::<&Row>::new(), "only there");
    assert_eq!(rows.len(), 13_687);
    let by_hand = [
        "BurntSushi+ripgrep/2017-01-01.Cargo.lock",
        "vulnerability",
        "RUSTSEC-2022-0013",
        "regex",
        "0.1.80",
    ];
    let [lockfile, kind, id, package, version] = by_hand.map(str::to_owned);
    assert!(rows.contains(&(lockfile, kind, id, package, version)));
}

/// The file under `rules/` is made by
/// `headwater db build --from DIR --facts-only --commit bf5c0d245 --date 2026-08-21`, from a
/// checkout with its history; from a folder without one with `--first-seen FILE`.
#[test]
fn the_embedded_snapshot_is_what_the_directory_compiles_to() {
    let Some(data) = data::folder("the comparison with the embedded snapshot") else { return };
    let folder = data.join("advisories/rustsec-advisory-db");
    let days = table(&data.join("backtest/rustsec-first-seen.tsv")).unwrap();
    let commit = Some("bf5c0d245".into());
    let built = build_with(&folder, commit, Some(DATABASE_DAY), &days).unwrap();
    assert_eq!(built.diagnostics, []);
    let facts = built.snapshot.without_prose();
    assert!(snapshot::write(&facts) == snapshot::EMBEDDED, "make it again");
}

/// The file under `rules/` is made by `headwater db build --kev FILE`. Of RustSec's advisories,
/// those about libwebp speak of exploited vulnerabilities.
#[test]
fn the_embedded_list_is_what_the_catalogue_compiles_to() {
    let Some(data) = data::folder("the comparison with the catalogue") else { return };
    let file = data.join("advisories/kev/known_exploited_vulnerabilities.json");
    let list = read_catalogue(&file).unwrap();
    assert_eq!((list.date(), list.len()), (date(2025, 8, 25), 1_404));
    assert_eq!(list, Exploited::embedded(), "make it again");
    let advisories = snapshot::read(snapshot::EMBEDDED).unwrap().advisories;
    let exploited = advisories.iter().filter_map(|it| match list.threat(it, DATABASE_DAY) {
        Observed::Known(Threat::Exploited { since }) => Some((it.id.as_str(), since)),
        Observed::Known(Threat::NotListed) | Observed::Missing(_) => None,
    });
    let expected = ["RUSTSEC-2023-0061", "RUSTSEC-2023-0060"].map(|id| (id, date(2023, 9, 13)));
    assert_eq!(exploited.collect::<Vec<_>>(), expected);
}

/// Advisories of the OSV export that the directory does not have, and why.
const ONLY_IN_OSV: [(&str, &str); 1] =
    [("RUSTSEC-2025-0000", "exported before it had a number; later RUSTSEC-2025-0065")];

#[test]
fn osv_export_says_the_same_as_the_directory() {
    let Some(data) = data::folder("the comparison with OSV") else { return };
    let read = |name: &str| {
        let built = build(&data.join("advisories").join(name), None, None).unwrap();
        assert_eq!(built.diagnostics, []);
        let advisories = built.snapshot.advisories.into_iter();
        advisories.map(|it| (it.id.clone(), it)).collect::<BTreeMap<_, _>>()
    };
    let mut osv = read("rustsec-osv");
    for (id, reason) in ONLY_IN_OSV {
        assert!(osv.remove(id).is_some(), "{id} ({reason}) is gone");
    }
    let mut directory = read("rustsec-advisory-db");
    assert_eq!(directory.len(), 1205);
    for advisory in directory.values_mut() {
        let exported = &osv[&advisory.id];
        // OSV lists functions without the versions they are affected in.
        advisory.functions.values_mut().for_each(Vec::clear);
        // It has no keywords.
        advisory.keywords.clear();
        // An export cannot tell the primary reference from a further one.
        if advisory.url.is_none() {
            advisory.url.clone_from(&exported.url);
        }
    }
    assert_eq!(directory.len(), osv.len());
    for (id, advisory) in &directory {
        assert_eq!(advisory, &osv[id]);
    }
}
