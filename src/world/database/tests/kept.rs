//! What is kept in the cache directory, and what is believed of it.

use std::fs::File;

use super::*;

#[test]
fn a_folder_of_other_text_with_the_same_time_and_length_is_compiled_again() {
    let given = checkout(&["RUSTSEC-2024-0001"]);
    let (_keep, cache) = empty_cache();
    let path = given.path().join("crates/demo/RUSTSEC-2024-0001.md");
    assert_eq!(ids(&load(Some(given.path()), &cache).unwrap()), ["RUSTSEC-2024-0001"]);
    let before = fs::metadata(&path).unwrap();
    fs::write(&path, advisory_text("RUSTSEC-2024-0007")).unwrap();
    let file = File::options().append(true).open(&path).unwrap();
    file.set_modified(before.modified().unwrap()).unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_eq!(
        (before.len(), before.modified().unwrap()),
        (after.len(), after.modified().unwrap())
    );
    assert_eq!(ids(&load(Some(given.path()), &cache).unwrap()), ["RUSTSEC-2024-0007"]);
    // Only the one of now is kept.
    let kept = fs::read_dir(cache.path().unwrap()).unwrap().flatten();
    assert_eq!(kept.filter(|it| it.file_name().to_string_lossy().starts_with("given-")).count(), 1);
}

#[cfg(unix)]
#[test]
fn what_lies_too_deep_or_behind_a_link_is_said_each_time() {
    let given = folder(&[
        ("a.json", osv_text("DEMO-1").as_bytes()),
        ("one/two/three/b.json", osv_text("DEMO-2").as_bytes()),
        (".git/refs/remotes/origin/c.json", osv_text("DEMO-3").as_bytes()),
    ]);
    let (_keep, cache) = empty_cache();
    assert_eq!(load(Some(given.path()), &cache).unwrap().diagnostics, []);
    let deep = given.path().join("one/two/three/four");
    fs::create_dir(&deep).unwrap();
    fs::write(deep.join("d.json"), osv_text("DEMO-4")).unwrap();
    let elsewhere = folder(&[("e.json", osv_text("DEMO-5").as_bytes())]);
    std::os::unix::fs::symlink(elsewhere.path().join("e.json"), given.path().join("l.json"))
        .unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), given.path().join("m")).unwrap();
    for _ in 0..2 {
        let loaded = load(Some(given.path()), &cache).unwrap();
        assert_eq!(ids(&loaded), ["DEMO-1", "DEMO-2"]);
        let said: Vec<_> = loaded.diagnostics.iter().map(|it| it.message.as_str()).collect();
        let link = "is a link, which is not followed";
        assert_eq!(said, [link, link, "lies more than 3 folders down and is not read"]);
        assert_eq!(loaded.database.skipped, 3);
    }
}

#[cfg(unix)]
#[test]
fn an_updated_database_that_is_a_link_is_not_believed_and_leftovers_go() {
    let (_keep, cache) = empty_cache();
    let left = cache.path().unwrap().join("update-killed");
    fs::create_dir_all(left.join("work/new")).unwrap();
    fs::write(left.join("lock"), "").unwrap();
    let built = build(checkout(&["RUSTSEC-2024-0001"]).path(), None, None).unwrap();
    let elsewhere = folder(&[("made.jsonl", snapshot::write(&built.snapshot).as_bytes())]);
    let place = cache.path_of(SNAPSHOT).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("made.jsonl"), &place).unwrap();
    let loaded = load(None, &cache).unwrap();
    assert_eq!(loaded.database.origin, Origin::Embedded);
    assert!(loaded.diagnostics[0].message.contains("no regular file"), "{:?}", loaded.diagnostics);
    assert!(!left.exists());
    fs::remove_file(&place).unwrap();
    fs::copy(elsewhere.path().join("made.jsonl"), &place).unwrap();
    let loaded = load(None, &cache).unwrap();
    assert_eq!((loaded.database.origin, loaded.diagnostics.as_slice()), (Origin::Updated, &[][..]));
}
