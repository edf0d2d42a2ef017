//! Tags of real repositories against the releases in the registry. Runs where `HEADWATER_DATA`
//! names the folder of the data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use headwater::model::{
    Commit, History, Missing, Observed, Person, PersonIndex, Release, ReleaseHistory, Tag, Tagging,
};
use headwater::signal::activity::{activity, tags_against_releases};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::real::{data, table};

/// A day by which every release of these projects had been out for long enough to be tagged.
const BY: Date = date(2026, 6, 1);

/// The tags of each repository, with a commit without which nothing is measured.
fn histories(file: &Path) -> BTreeMap<String, History> {
    let time = |seconds: &str| Timestamp::from_second(seconds.parse().unwrap()).unwrap();
    let mut histories: BTreeMap<String, History> = BTreeMap::new();
    for cells in table(file) {
        let made = time(&cells[3]);
        let history = histories.entry(cells[0].clone()).or_insert_with(|| History {
            people: vec![Person { identity: "a".into(), organisation: None, bot: false }],
            commits: vec![Commit {
                author: PersonIndex(0),
                co_authors: Vec::new(),
                authored: Timestamp::UNIX_EPOCH,
                merge: false,
            }],
            tags: Vec::new(),
        });
        history.tags.push(Tag { name: cells[1].clone(), made, by: None });
    }
    histories
}

fn releases(packages: &BTreeSet<&str>, file: &Path) -> BTreeMap<String, ReleaseHistory> {
    let mut releases: BTreeMap<String, ReleaseHistory> = BTreeMap::new();
    for cells in table(file).into_iter().filter(|cells| packages.contains(cells[0].as_str())) {
        let published = Some(cells[2].parse().unwrap());
        let release = Release { version: cells[1].as_str().into(), published, yanked: false };
        releases.entry(cells[0].clone()).or_default().releases.push(release);
    }
    releases
}

#[test]
fn projects_that_tag_are_told_from_those_that_forgot() {
    let Some(data) = data() else { return };
    let text = std::fs::read_to_string(data.join("crate-repo.tsv")).unwrap();
    let rows: Vec<Vec<&str>> =
        text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let packages = rows.iter().map(|cells| cells[0]).collect();
    let releases = releases(&packages, &data.join("../backtest/releases.tsv.zst"));
    let histories = histories(&data.join("tags.tsv.zst"));
    let mut found: BTreeMap<&str, Tagging> = BTreeMap::new();
    let mut untagged = Vec::new();
    for cells in &rows {
        let (package, repository, manifest) = (cells[0], cells[1], cells[2]);
        let (Some(history), Some(releases)) = (histories.get(repository), releases.get(package))
        else {
            continue;
        };
        let measured = activity(history, BY);
        let tagged = &measured.known().unwrap().tagged;
        let folder = manifest.strip_suffix("/Cargo.toml");
        match tags_against_releases(tagged, package, folder, releases, BY) {
            Observed::Known(tagging) => drop(found.insert(package, tagging)),
            Observed::Missing(Missing::NoTag) => untagged.push(package),
            Observed::Missing(why) => eprintln!("{package}: {why}"),
        }
    }
    assert_eq!(untagged, ["serde_derive_internals"], "the tags are of other versions");
    let forgot = found.iter().filter(|(_, tagging)| !tagging.newest_is_tagged);
    let forgot: Vec<&str> = forgot.map(|(package, _)| *package).collect();
    eprintln!("{} packages compared, the newest release not tagged of {forgot:?}", found.len());
    assert_eq!((found.len(), &forgot[..]), (31, &["failure", "failure_derive"][..]));
    // Counted from the tables by hand.
    let cases: [(&str, &[&str], &[&str]); 5] = [
        ("failure", &["0.1.6", "0.1.7", "0.1.8"], &[]),
        ("ansi_term", &["0.10.2"], &["0.10.0"]),
        ("yaml-rust", &[], &["0.3.1", "0.3.7", "0.3.9"]),
        ("jiff-static", &["0.2.27"], &[]),
        ("memchr", &[], &[]),
    ];
    for (package, not_tagged, not_released) in cases {
        let Tagging { released_not_tagged, tagged_not_released, .. } = &found[package];
        assert_eq!(released_not_tagged, not_tagged, "{package}");
        assert_eq!(tagged_not_released, not_released, "{package}");
    }
}
