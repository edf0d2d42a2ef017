//! The days on which advisories first appeared, as a database records them.

use std::fs;
use std::path::Path;

use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::{advisory_text, checkout, commit, empty_cache, folder, git, git_on};
use crate::model::{Advisory, Database, Origin};
use crate::world::database::first_seen::{FirstSeen, own_date_diagnostic};
use crate::world::database::{Shrink, build, build_with, load, update};

/// The days on which the advisories of a folder first appeared, by the last digit of their
/// identifiers.
fn days(folder: &Path) -> Vec<(char, Option<Date>)> {
    let advisories = build(folder, None, None).unwrap().snapshot.advisories;
    let last = |id: &str| id.chars().next_back().unwrap();
    let mut days: Vec<_> = advisories.iter().map(|it| (last(&it.id), it.first_seen)).collect();
    days.sort_unstable();
    days
}

fn add(repository: &Path, id: &str, day: &str) {
    let path = repository.join(format!("crates/demo/{id}.md"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, advisory_text(id)).unwrap();
    git_on(day, repository, &["add", "."]);
    git_on(day, repository, &["commit", "-q", "-m", id]);
}

/// A repository in which an advisory came with the first commit, one by way of a branch that was
/// merged later, and one last.
fn grown() -> TempDir {
    let repository = folder(&[]);
    let path = repository.path();
    git(path, &["init", "-q"]);
    add(path, "RUSTSEC-2024-0001", "2024-02-10");
    git(path, &["checkout", "-q", "-b", "draft"]);
    add(path, "RUSTSEC-2024-0002", "2024-02-20");
    git(path, &["checkout", "-q", "main"]);
    add(path, "RUSTSEC-2024-0003", "2024-02-25");
    git_on("2024-03-01", path, &["merge", "-q", "--no-ff", "-m", "merge", "draft"]);
    // Changed later, which is no first appearance.
    let changed = advisory_text("RUSTSEC-2024-0001").replace("Text", "More text");
    fs::write(path.join("crates/demo/RUSTSEC-2024-0001.md"), changed).unwrap();
    git_on("2024-03-02", path, &["commit", "-q", "-a", "-m", "change"]);
    repository
}

#[test]
fn the_history_of_a_checkout_tells_when_advisories_appeared() {
    let full = [
        ('1', Some(date(2024, 2, 10))),
        ('2', Some(date(2024, 3, 1))),
        ('3', Some(date(2024, 2, 25))),
    ];
    let repository = grown();
    assert_eq!(days(repository.path()), full);
    // Settings of the repository change nothing.
    for (key, value) in [
        ("log.showRoot", "false"),
        ("log.diffMerges", "off"),
        ("log.showSignature", "true"),
        ("diff.renames", "copies"),
        ("diff.external", "false"),
    ] {
        git(repository.path(), &["config", key, value]);
        assert_eq!(days(repository.path()), full, "{key}");
    }
    // Nor does where git keeps what belongs to the checkout.
    let other = folder(&[]);
    let (tree, shallow) = (other.path().join("tree"), other.path().join("shallow"));
    git(repository.path(), &["worktree", "add", "-q", &tree.display().to_string(), "HEAD"]);
    assert_eq!(days(&tree), full);
    // A checkout without its history tells nothing; neither does a plain folder.
    let unknown = [('1', None), ('2', None), ('3', None)];
    let url = format!("file://{}", repository.path().display());
    git(other.path(), &["clone", "-q", "--depth=1", &url, "shallow"]);
    assert_eq!(days(&shallow), unknown);
    let shallow_tree = other.path().join("shallow-tree");
    git(&shallow, &["worktree", "add", "-q", &shallow_tree.display().to_string(), "HEAD"]);
    assert_eq!(days(&shallow_tree), unknown);
    fs::remove_dir_all(shallow.join(".git")).unwrap();
    assert_eq!(days(&shallow), unknown);
}

/// A clock that runs ahead hides nothing.
#[test]
fn a_day_to_come_is_not_believed() {
    let repository = folder(&[]);
    git(repository.path(), &["init", "-q"]);
    add(repository.path(), "RUSTSEC-2024-0001", "2099-01-01");
    assert_eq!(days(repository.path()), [('1', None)]);
}

#[test]
fn an_update_learns_when_advisories_appeared() {
    let repository = grown();
    let (_keep, cache) = empty_cache();
    update(&cache, &format!("file://{}", repository.path().display()), Shrink::Refused).unwrap();
    let loaded = load(None, &cache).unwrap();
    let day = |id: &str| loaded.index.get(id).and_then(|it| it.first_seen);
    assert_eq!(day("RUSTSEC-2024-0002"), Some(date(2024, 3, 1)));
}

/// Of `actix-http`, an advisory of 24 January 2020 came into RustSec on 26 September.
#[test]
fn recorded_days_hold_where_the_history_begins_later_and_a_given_table_before_all() {
    let text =
        |id: &str, package: &str| advisory_text(id).replace("\"demo\"", &format!("\"{package}\""));
    let (known, unknown) = ("RUSTSEC-2020-0048", "RUSTSEC-2020-9999");
    let copy = folder(&[
        ("crates/actix-http/RUSTSEC-2020-0048.md", text(known, "actix-http").as_bytes()),
        ("crates/actix-http/RUSTSEC-2020-9999.md", text(unknown, "actix-http").as_bytes()),
    ]);
    let recorded = Some(date(2020, 9, 26));
    assert_eq!(days(copy.path()), [('8', recorded), ('9', None)]);
    commit(copy.path());
    assert_eq!(days(copy.path()), [('8', recorded), ('9', Some(date(2024, 3, 4)))]);
    let table = FirstSeen::from([(known.to_owned(), date(2024, 5, 1))]);
    let built = build_with(copy.path(), None, None, &table).unwrap();
    let day = |id| built.snapshot.advisories.iter().find(|it| it.id == id).unwrap().first_seen;
    assert_eq!([day(known), day(unknown)], [Some(date(2024, 5, 1)), Some(date(2024, 3, 4))]);
    // The same identifier of another package is another advisory.
    let other = checkout(&[known]);
    assert_eq!(days(other.path()), [('8', None)]);
}

#[test]
fn a_kept_copy_is_made_again_when_the_history_comes_or_the_format_changed() {
    let repository = grown();
    let elsewhere = folder(&[]);
    let url = format!("file://{}", repository.path().display());
    git(elsewhere.path(), &["clone", "-q", "--depth=1", &url, "clone"]);
    let clone = elsewhere.path().join("clone");
    let (_keep, cache) = empty_cache();
    let seen = || {
        let loaded = load(Some(&clone), &cache).unwrap();
        loaded.index.get("RUSTSEC-2024-0003").unwrap().first_seen
    };
    assert_eq!([seen(), seen()], [None; 2]);
    git(&clone, &["fetch", "-q", "--unshallow"]);
    assert_eq!([seen(), seen()], [Some(date(2024, 2, 25)); 2]);
    // A copy of the former format knows no days; it is not read.
    for entry in fs::read_dir(cache.path().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("\"format\":2", "\"format\":1", 1)).unwrap();
    }
    assert_eq!(seen(), Some(date(2024, 2, 25)));
}

#[test]
fn advisories_without_a_recorded_day_are_noted_where_the_audit_looks_back() {
    let database = Database {
        name: "Demo".into(),
        origin: Origin::Given,
        path: None,
        commit: None,
        date: Some(date(2024, 6, 1)),
        licence: "CC0-1.0".into(),
        advisories: 3,
        skipped: 0,
    };
    let built = build(checkout(&["RUSTSEC-2024-0001"]).path(), None, None);
    let own = built.unwrap().snapshot.advisories.remove(0);
    let recorded = Advisory { first_seen: Some(date(2024, 4, 1)), ..own.clone() };
    let withdrawn = Advisory { withdrawn: Some(date(2024, 3, 1)), ..own.clone() };
    let all = [own, recorded, withdrawn];
    let note = |first, last| {
        own_date_diagnostic(all.iter(), &database, (first, last)).map(|it| it.message)
    };
    let cases = [
        // Dated 3 February 2024.
        (date(2024, 2, 2), date(2024, 2, 2), None),
        (date(2024, 2, 3), date(2024, 2, 3), Some("2 advisories about locked packages count")),
        (date(2024, 3, 1), date(2024, 3, 1), Some("1 advisory about a locked package counts")),
        (date(2024, 5, 31), date(2024, 5, 31), Some("1 advisory")),
        // On the day of the database all of them were public.
        (date(2024, 6, 1), date(2024, 6, 1), None),
        (date(2024, 1, 1), date(2024, 7, 1), Some("2 advisories")),
    ];
    for (first, last, expected) in cases {
        let said = note(first, last);
        assert_eq!(said.is_some(), expected.is_some(), "{first} {last} {said:?}");
        let begins =
            said.as_deref().zip(expected).is_none_or(|(said, start)| said.starts_with(start));
        assert!(begins, "{first} {last} {said:?}");
    }
}
