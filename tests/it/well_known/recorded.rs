//! The table over recorded releases and commits. It runs where `HEADWATER_DATA` names the folder
//! of the data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use headwater::model::{Forge, Missing, Observed, Release, Sourced, Upstream};
use headwater::signal::activity::activity;
use serde_json::Value;

use super::{AS_OF, Known, audited, contradiction, expected, in_words, project};
use crate::data;
use crate::history::real;

/// Packages of the table of which the program says something else, and why that stands.
const DISAGREEMENTS: [(&str, &str); 2] = [
    (
        "actix-web",
        "one of 40 people did 67% of the work of the year until this day: on the edge between busy \
         and single maintainer, and a day later it is busy",
    ),
    (
        "structopt",
        "its notice was public from 2026-06-22 on, years after the last commit, so that nobody \
         answered it: abandoned, where its authors finished it; the advice is as expected",
    ),
];

fn lines(file: &Path) -> Vec<String> {
    let output = Command::new("zstd").args(["-dc", "--long=27"]).arg(file).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The releases of the packages of the table, from the table of releases, else from the index.
fn all_releases(data: &Path, names: &BTreeSet<&str>) -> BTreeMap<String, Vec<Release>> {
    let mut found = BTreeMap::<String, Vec<Release>>::new();
    for line in lines(&data.join("registry/crates-io-index.jsonl.zst")) {
        let entry: Value = serde_json::from_str(&line).unwrap();
        let name = entry["name"].as_str().unwrap();
        if names.contains(name) {
            found.entry(name.to_owned()).or_default().push(Release {
                version: entry["vers"].as_str().unwrap().into(),
                published: entry["pubtime"].as_str().and_then(|it| it.parse().ok()),
                yanked: entry["yanked"].as_bool().unwrap_or(false),
            });
        }
    }
    let from_index: BTreeSet<String> = found.keys().cloned().collect();
    for line in lines(&data.join("backtest/releases.tsv.zst")) {
        let cells: Vec<&str> = line.split('\t').collect();
        if names.contains(cells[0]) && !from_index.contains(cells[0]) {
            found.entry(cells[0].to_owned()).or_default().push(Release {
                version: cells[1].into(),
                published: cells[2].parse().ok(),
                yanked: cells[3] == "1",
            });
        }
    }
    found
}

/// The repositories of packages whose commits are recorded.
fn repositories(data: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(data.join("history/crate-repo.tsv")).unwrap();
    let pair = |line: &str| {
        let mut cells = line.split('\t');
        Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
    };
    let mut found: BTreeMap<_, _> = text.lines().skip(1).filter_map(pair).collect();
    found.insert("xml-rs".to_owned(), "kornelski/xml-rs".to_owned());
    found
}

fn address(repository: &str) -> String {
    format!("https://git.example/{}", repository.to_lowercase())
}

fn upstream(data: &Path) -> BTreeMap<String, Upstream> {
    let sourced = |value| Sourced { value, from: "recorded".to_owned(), on: AS_OF };
    let learned = |project: &real::Project| {
        let measured = activity(&real::rebuilt(project), AS_OF);
        // No forge is recorded: who is archived is known from the description of the data, and
        // what users wait for from advisories alone.
        let forge = Forge {
            archived: project.name == "dtolnay/serde-yaml",
            open_issues: Some(0),
            open_requests: Some(0),
            ..Forge::default()
        };
        let upstream = Upstream {
            activity: measured.map(|value| Sourced { value, from: "recorded".into(), on: AS_OF }),
            forge: Observed::Known(sourced(forge)),
            ..Upstream::NOT_ASKED
        };
        (address(&project.name), upstream)
    };
    real::projects(&data.join("history")).iter().map(learned).collect()
}

#[test]
fn the_audit_agrees_with_the_table() {
    let Some(data) = data::folder("the table of well-known packages") else { return };
    let table = expected();
    let names: BTreeSet<&str> = table.iter().map(|it| it.package).collect();
    let upstream = upstream(&data);
    let repositories = repositories(&data);
    let known: Vec<Known> = all_releases(&data, &names)
        .into_iter()
        .map(|(name, releases)| {
            let repository = repositories.get(&name).map(|it| address(it));
            Known { repository: repository.filter(|it| upstream.contains_key(it)), name, releases }
        })
        .collect();
    let is_known = |name: &str| known.iter().any(|it| it.name == name);
    let absent: Vec<&&str> = names.iter().filter(|name| !is_known(name)).collect();
    eprintln!("not recorded: {absent:?}");
    assert!(known.len() >= 60, "{} packages", known.len());
    let offline = audited(&known, BTreeMap::new());
    let online = audited(&known, upstream);
    let mut disagreements = BTreeSet::new();
    for line in table.iter().filter(|line| is_known(line.package)) {
        for (audit, asked) in [(&offline, "offline"), (&online, "online")] {
            let project = project(audit, line.package);
            let class = project.class.known().map_or("-", |it| it.class.name());
            let advice = project.advice.known().map_or("-".to_owned(), in_words);
            let evidence = project.class.known().map(|it| it.evidence.join(", "));
            eprintln!("{:18} {asked:8} {class:18} {advice}", line.package);
            assert_eq!(contradiction(project), None);
            // What needs nothing is known from commits alone.
            let is_open = line.advice == "nothing" && project.class.missing().is_some();
            if let Some(words) = line.disagreement(project).filter(|_| !is_open) {
                eprintln!("DISAGREES {asked} {words} {evidence:?}");
                disagreements.insert(line.package);
            }
        }
    }
    let explained: BTreeSet<&str> = DISAGREEMENTS.iter().map(|(package, _)| *package).collect();
    assert_eq!(disagreements, explained);
    // A copy of a history that ends before the newest release says nothing of the project.
    let stale = |package: &str| {
        let upstream = project(&online, package).upstream.as_ref();
        upstream.and_then(|it| it.activity.missing()) == Some(Missing::Stale)
    };
    let stale: Vec<&str> = names.iter().copied().filter(|it| is_known(it) && stale(it)).collect();
    eprintln!("stale: {stale:?}");
}
