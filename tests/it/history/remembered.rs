//! Histories of folders and of remotes, remembered in the cache.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use headwater::model::{Missing, Observed};
use headwater::signal::activity::activity;
use headwater::world::cache::CacheDir;
use headwater::world::history::{Asking, of_folder, of_remote};
use jiff::civil::{Date, date};

use super::built::{commit, make, put_mailmap};

const TODAY: Date = date(2024, 6, 10);
const NOON: i64 = 1_704_110_400;

fn asking(max_age_days: Option<u32>, today: Date) -> Asking {
    Asking { today, max_age_days, time_limit: Duration::from_secs(60) }
}

/// A repository that anybody may clone in part, with so many commits, a mailmap, and a tag
/// beside the main branch.
fn repository(folder: &Path, commits: usize) -> String {
    let mut stream = String::new();
    for mark in 1..=commits {
        let who = if mark % 2 == 0 { "A <secret@one.example>" } else { "A <other@one.example>" };
        commit(&mut stream, mark, who, NOON + mark as i64, "text", false);
    }
    put_mailmap(&mut stream, "A <secret@one.example> <other@one.example>\n");
    stream.push_str(
        "commit refs/heads/side\ncommitter A <secret@one.example> 1704200000 +0000\ndata 1\nx\n\
         from :1\n\ntag v1\nfrom refs/heads/side\ntagger A <secret@one.example> 1704300000 +0000\n\
         data 1\nx\n",
    );
    make(folder, &stream);
    let config = ["config", "uploadpack.allowFilter", "true"];
    assert!(Command::new("git").arg("-C").arg(folder).args(config).status().unwrap().success());
    format!("file://{}", folder.display())
}

fn all_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_remote_is_asked_once_and_only_its_hashed_history_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let remote = folder.path().join("remote.git");
    let url = repository(&remote, 9);
    let cache = CacheDir::locate(Some(folder.path().join("cache")));
    assert_eq!(of_remote(&url, &cache, &asking(None, TODAY)), Err(Missing::NotAsked));

    let first = of_remote(&url, &cache, &asking(Some(7), TODAY)).unwrap();
    assert_eq!((first.from.as_str(), first.on), (url.as_str(), TODAY));
    assert_eq!(first.value.commits.len(), 9);
    // The mailmap came with the clone, and the tag beside the branch.
    assert_eq!(first.value.people.len(), 1);
    assert_eq!(first.value.tags.len(), 1);
    assert!(first.value.tags[0].by.is_some());

    let kept = all_files(&folder.path().join("cache"));
    assert_eq!(kept.len(), 2, "the salt and one memo: {kept:?}");
    for path in kept {
        let bytes = fs::read(&path).unwrap();
        let found = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!found(b"@one") && !found(b"secret"), "{}", path.display());
    }

    // Nothing new: the same history, learned today.
    let later = date(2024, 6, 20);
    let again = of_remote(&url, &cache, &asking(Some(7), later)).unwrap();
    assert_eq!((&again.value, again.on), (&first.value, later));

    fs::remove_dir_all(&remote).unwrap();
    let url_again = repository(&remote, 12);
    assert_eq!(url_again, url);
    // Fresh enough, or not allowed to ask.
    for max_age_days in [Some(7), None] {
        let old = of_remote(&url, &cache, &asking(max_age_days, date(2024, 6, 26))).unwrap();
        assert_eq!((old.value.commits.len(), old.on), (9, later));
    }
    let new = of_remote(&url, &cache, &asking(Some(0), later)).unwrap();
    assert_eq!(new.value.commits.len(), 12);
    // A source that fails leaves what was learned, under its day.
    fs::remove_dir_all(&remote).unwrap();
    let stale = of_remote(&url, &cache, &asking(Some(0), date(2025, 1, 1))).unwrap();
    assert_eq!((stale.value.commits.len(), stale.on), (12, later));
}

#[test]
fn an_empty_remote_has_an_empty_history() {
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("remote.git"), "");
    let url = format!("file://{}", folder.path().join("remote.git").display());
    let cache = CacheDir::locate(Some(folder.path().join("cache")));
    let history = of_remote(&url, &cache, &asking(Some(7), TODAY)).unwrap().value;
    assert_eq!(activity(&history, TODAY), Observed::Missing(Missing::NoCommits));
}

#[test]
fn a_folder_is_read_again_only_where_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone.git");
    repository(&clone, 9);
    let cache = CacheDir::locate(Some(folder.path().join("cache")));
    let first = of_folder(&clone, &cache, TODAY).unwrap();
    assert_eq!((first.value.commits.len(), first.value.tags.len()), (9, 1));

    // What is remembered is taken: the commits themselves are gone.
    let objects = clone.join("objects");
    let away = folder.path().join("objects");
    fs::rename(&objects, &away).unwrap();
    fs::create_dir_all(objects.join("pack")).unwrap();
    assert_eq!(of_folder(&clone, &cache, TODAY).unwrap(), first);
    fs::remove_dir_all(&objects).unwrap();
    fs::rename(&away, &objects).unwrap();

    let delete = ["tag", "--delete", "v1"];
    let git = Command::new("git").arg("-C").arg(&clone).args(delete).output().unwrap();
    assert!(git.status.success());
    assert_eq!(of_folder(&clone, &cache, TODAY).unwrap().value.tags, []);
    // Without a cache it works the same.
    let unwritable = CacheDir::locate(Some(clone.join("HEAD")));
    assert_eq!(of_folder(&clone, &unwritable, TODAY).unwrap().value.commits.len(), 9);
}
