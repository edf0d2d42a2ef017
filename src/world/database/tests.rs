mod age;
mod first_seen;
mod kept;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::*;

/// A RustSec advisory about all versions of `demo`.
fn advisory_text(id: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"demo\"\ndate = \"2024-02-03\"\n\
         [versions]\npatched = []\n```\n# Title\n\nText\n"
    )
}

fn osv_text(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"modified\":\"2024-05-01T00:00:00Z\",\"affected\":[{{\"package\":\
         {{\"ecosystem\":\"crates.io\",\"name\":\"demo\"}},\"versions\":[\"1.0.0\"]}}]}}"
    )
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn checkout(ids: &[&str]) -> TempDir {
    let files: Vec<(String, String)> =
        ids.iter().map(|id| (format!("crates/demo/{id}.md"), advisory_text(id))).collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    folder(&files)
}

/// An empty cache directory, to be kept alive beside the description of it.
fn empty_cache() -> (TempDir, CacheDir) {
    let folder = tempfile::tempdir().unwrap();
    let cache = CacheDir::locate(Some(folder.path().join("cache")));
    (folder, cache)
}

fn ids(loaded: &Loaded) -> Vec<&str> {
    loaded.index.iter().map(|advisory| advisory.id.as_str()).collect()
}

#[test]
fn one_malformed_file_is_reported_and_the_rest_loads() {
    let good = advisory_text("RUSTSEC-2024-0001");
    let half = &good.as_bytes()[..60];
    let large = vec![b'x'; (1 << 20) + 1];
    let given = folder(&[
        ("crates/demo/RUSTSEC-2024-0001.md", good.as_bytes()),
        ("crates/demo/RUSTSEC-2024-0002.md", half),
        ("crates/demo/RUSTSEC-2024-0003.md", b"\xff\xfe\x00"),
        ("crates/demo/RUSTSEC-2024-0004.md", b"```toml\n\n= 1\n```\n# T\n"),
        ("crates/demo/RUSTSEC-2024-0005.md", &large),
        ("crates/demo/RUSTSEC-0000-0000.md", b"a draft"),
        ("crates/demo/.hidden.md", b""),
        ("crates/demo/notes.txt", b""),
        ("README.md", b""),
        ("rust/std/CVE-2024-1.md", b"about the toolchain"),
    ]);
    let (_keep, cache) = empty_cache();
    let loaded = load(Some(given.path()), &cache).unwrap();
    assert_eq!(ids(&loaded), ["RUSTSEC-2024-0001"]);
    assert_eq!(loaded.database.skipped, 4);
    let path = |number: u32| {
        given.path().join(format!("crates/demo/RUSTSEC-2024-000{number}.md")).display().to_string()
    };
    let expected = [
        (path(2), None, "end of TOML front matter"),
        (path(3), None, "is not UTF-8 text"),
        (path(4), Some(3), "not valid TOML"),
        (path(5), None, "is larger than 1024 KiB"),
    ];
    assert_eq!(loaded.diagnostics.len(), expected.len());
    for (diagnostic, (path, line, message)) in loaded.diagnostics.iter().zip(expected) {
        assert_eq!((&diagnostic.path, diagnostic.line), (&Some(path), line));
        assert!(diagnostic.message.contains(message), "{}", diagnostic.message);
        assert_eq!(diagnostic.level, Level::Warning);
    }
}

#[test]
fn a_given_place_is_described() {
    let (_keep, cache) = empty_cache();
    let rustsec = checkout(&["RUSTSEC-2024-0001", "RUSTSEC-2024-0002"]);
    let osv = folder(&[
        ("a.json", osv_text("DEMO-1").as_bytes()),
        ("deep/er/b.json", osv_text("DEMO-2").as_bytes()),
    ]);
    let built = build(rustsec.path(), Some("abc".into()), Some(date(2024, 7, 8))).unwrap();
    let text = snapshot::write(&built.snapshot);
    let compiled = folder(&[("made.jsonl", text.as_bytes())]);
    let made = compiled.path().join("made.jsonl");
    let cases: [(&Path, &str, Option<&str>, Date, &str); 3] = [
        (rustsec.path(), "RustSec", None, date(2024, 2, 3), "CC0-1.0"),
        (osv.path(), "OSV", None, date(2024, 5, 1), "NOASSERTION"),
        (&made, "RustSec", Some("abc"), date(2024, 7, 8), "CC0-1.0"),
    ];
    for (path, name, commit, day, licence) in cases {
        let expected = Database {
            name: name.into(),
            origin: Origin::Given,
            path: Some(path.display().to_string()),
            commit: commit.map(str::to_owned),
            date: Some(day),
            licence: licence.into(),
            advisories: 2,
            skipped: 0,
        };
        assert_eq!(load(Some(path), &cache).unwrap().database, expected);
    }
}

#[test]
fn a_place_without_advisories_is_an_error_that_names_it() {
    let garbage = folder(&[("a.md", b"\x00"), ("b.json", b"{")]);
    let empty = folder(&[]);
    let other = folder(&[("file", b"no\nsnapshot")]);
    let cases: [(PathBuf, &str); 4] = [
        (garbage.path().into(), "2 could not be read, first"),
        (empty.path().into(), "holds no advisories"),
        (empty.path().join("absent"), "cannot be read"),
        (other.path().join("file"), "not a sound advisory snapshot"),
    ];
    let (_keep, cache) = empty_cache();
    for (path, reason) in cases {
        let error = load(Some(&path), &cache).unwrap_err();
        assert!(error.message.contains(reason), "{error}");
        assert_eq!((error.failure, &error.path), (Failure::Source, &Some(path)));
        assert!(error.help.is_some());
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let given = checkout(&["RUSTSEC-2024-0001"]);
    let crates = given.path().join("crates");
    std::os::unix::fs::symlink(&crates, crates.join("loop")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", crates.join("RUSTSEC-2024-0002.md")).unwrap();
    let (_keep, cache) = empty_cache();
    let loaded = load(Some(given.path()), &cache).unwrap();
    // Each is told of, since an advisory may be missed by it.
    assert_eq!((ids(&loaded).len(), loaded.diagnostics.len()), (1, 2));
}

#[test]
fn without_an_updated_database_the_embedded_one_is_used() {
    let (_keep, cache) = empty_cache();
    let loaded = load(None, &cache).unwrap();
    assert_eq!((loaded.database.origin, loaded.diagnostics), (Origin::Embedded, Vec::new()));
    assert!(loaded.index.len() > 1_000);
}

#[test]
fn a_damaged_updated_database_is_never_trusted() {
    let built = build(checkout(&["RUSTSEC-2024-0001"]).path(), None, None).unwrap();
    let good = snapshot::write(&built.snapshot);
    let flipped = good.replace("demo", "dem0");
    let claims_twenty = flipped.replace("\"advisories\":1,", "\"advisories\":20,");
    // Damaged content, whether a checkout lies beside it, what is then used, what is said.
    let cases: [(&[u8], bool, Origin, &str); 5] = [
        (flipped.as_bytes(), false, Origin::Embedded, "using the embedded one"),
        (flipped.as_bytes(), true, Origin::Updated, "made again from its checkout"),
        (b"\xff", true, Origin::Updated, "is not UTF-8 text"),
        (b"", false, Origin::Embedded, "ends in its first line"),
        // The checkout has lost most of what the damaged copy says it had.
        (claims_twenty.as_bytes(), true, Origin::Embedded, "using the embedded one"),
    ];
    for (content, with_checkout, origin, message) in cases {
        let (_keep, cache) = empty_cache();
        cache.write(SNAPSHOT, content).unwrap();
        if with_checkout {
            let text = advisory_text("RUSTSEC-2024-0009");
            cache.write("advisory-db/crates/demo/RUSTSEC-2024-0009.md", text.as_bytes()).unwrap();
        }
        let loaded = load(None, &cache).unwrap();
        assert_eq!(loaded.database.origin, origin);
        assert!(loaded.diagnostics[0].message.contains(message), "{:?}", loaded.diagnostics);
        if with_checkout && origin == Origin::Updated {
            assert_eq!(ids(&loaded), ["RUSTSEC-2024-0009"]);
            assert_eq!(load(None, &cache).unwrap().diagnostics, []);
        }
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    git_on("2024-03-04", folder, arguments);
}

fn git_on(day: &str, folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["-c", "user.name=n", "-c", "user.email=n@host.example"]);
    git.args(["-c", "init.defaultBranch=main"]).env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_COMMITTER_DATE", format!("{day}T23:00:00Z"));
    let output = git.args(arguments).output().expect("this test needs the `git` program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn commit(folder: &Path) {
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "content"]);
}

#[test]
fn an_update_replaces_the_database_and_a_failed_one_leaves_it() {
    let first = checkout(&["RUSTSEC-2024-0001"]);
    let second = checkout(&["RUSTSEC-2024-0001", "RUSTSEC-2024-0002"]);
    let hollow = folder(&[("crates/demo/note.txt", b"")]);
    for repository in [&first, &second, &hollow] {
        commit(repository.path());
    }
    let (_keep, cache) = empty_cache();
    let url = |folder: &TempDir| format!("file://{}", folder.path().display());

    update(&cache, &url(&first), Shrink::Refused).unwrap();
    let loaded = load(None, &cache).unwrap();
    assert_eq!(loaded.database.origin, Origin::Updated);
    assert_eq!(loaded.database.date, Some(date(2024, 3, 4)));
    assert_eq!(loaded.database.commit.map(|commit| commit.len()), Some(40));

    update(&cache, &url(&second), Shrink::Refused).unwrap();
    assert_eq!(load(None, &cache).unwrap().index.len(), 2);

    let absent = first.path().join("absent");
    for (bad, reason) in [
        (format!("file://{}", absent.display()), "`git` could not clone"),
        (url(&hollow), "holds no advisories"),
        ("--upload-pack=false".to_owned(), "`git` could not clone"),
    ] {
        let error = update(&cache, &bad, Shrink::Refused).unwrap_err();
        assert!(error.message.contains(reason), "{error}");
        assert_eq!(error.failure, Failure::Source);
        assert_eq!(load(None, &cache).unwrap().index.len(), 2);
    }
    let left: Vec<_> = fs::read_dir(cache.path().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn an_update_that_loses_advisories_keeps_the_old_database() {
    let all = ["RUSTSEC-2024-0001", "RUSTSEC-2024-0002", "RUSTSEC-2024-0003"];
    let (full, less) = (checkout(&all), checkout(&all[..2]));
    for repository in [&full, &less] {
        commit(repository.path());
    }
    let (_keep, cache) = empty_cache();
    let url = |folder: &TempDir| format!("file://{}", folder.path().display());
    update(&cache, &url(&full), Shrink::Refused).unwrap();
    let error = update(&cache, &url(&less), Shrink::Refused).unwrap_err();
    assert!(error.message.contains("2 advisories, the one in use 3"), "{error}");
    assert_eq!(error.failure, Failure::Source);
    assert_eq!(load(None, &cache).unwrap().index.len(), 3);
    assert!(cache.path_of("advisory-db/crates/demo/RUSTSEC-2024-0003.md").unwrap().exists());
    update(&cache, &url(&less), Shrink::Accepted).unwrap();
    assert_eq!(load(None, &cache).unwrap().index.len(), 2);
}

#[test]
fn what_cannot_be_read_says_which_package_it_may_be_about() {
    let good = advisory_text("RUSTSEC-2024-0001");
    let broken = "```toml\n[advisory]\npackage = \"named\"\n```\n# T\n";
    let entry = osv_text("D-1").replace("[\"1.0.0\"]", "7");
    let given = |files: &[(&str, &str)]| {
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let given = folder(&files);
        fs::write(given.path().join("good.md"), &good).unwrap();
        given
    };
    type Case<'a> = (&'a str, &'a str, Option<Option<&'a [&'a str]>>);
    // File, text; the packages it may be about where it counts.
    let cases: [Case<'_>; 8] = [
        ("a.md", broken, Some(Some(&["named"]))),
        ("x/a.md", "", Some(None)),
        ("a.json", "{", Some(None)),
        ("a.json", "{\"some\":\"list\"}", Some(Some(&[]))),
        ("a.json", &entry, Some(Some(&["demo"]))),
        // A broken copy of an advisory that is there.
        ("RUSTSEC-2024-0001.md", broken, None),
        ("RUSTSEC-2024-0001.json", "{", None),
        // An entry of it that is lost is no copy.
        ("RUSTSEC-2024-0001.json", &entry, Some(Some(&["demo"]))),
    ];
    for (name, text, expected) in cases {
        let (_keep, cache) = empty_cache();
        let given = given(&[(name, text)]);
        let loaded = load(Some(given.path()), &cache).unwrap();
        let found: Vec<_> = loaded.unread.iter().map(|it| it.packages.clone()).collect();
        let owned = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        let expected: Vec<_> = expected.into_iter().map(|names| names.map(owned)).collect();
        assert_eq!(found, expected, "{name}: {text}");
        assert_eq!(loaded.diagnostics.len(), 1, "{name}: {text}");
    }
    let checkout = folder(&[
        ("crates/demo/RUSTSEC-2024-0001.md", good.as_bytes()),
        ("crates/other/RUSTSEC-2024-0002.md", broken.as_bytes()),
        ("crates/third/RUSTSEC-2024-0003.md", b"\xff"),
    ]);
    let built = build(checkout.path(), None, None).unwrap();
    let names: Vec<_> = built.snapshot.unread.iter().map(|it| it.packages.clone()).collect();
    let owned = |names: &[&str]| Some(names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>());
    assert_eq!(names, [owned(&["named", "other"]), owned(&["third"])]);
}

#[test]
fn a_given_folder_is_compiled_again_when_a_file_changes_or_the_kept_copy_is_damaged() {
    let given = checkout(&["RUSTSEC-2024-0001"]);
    let (_folder, cache) = empty_cache();
    let kept = || {
        let entries = std::fs::read_dir(cache.path().unwrap()).unwrap();
        let entries = entries.map(|entry| entry.unwrap().path());
        let given = |path: &std::path::PathBuf| {
            path.file_name().unwrap().to_string_lossy().starts_with("given-")
        };
        entries.filter(given).collect::<Vec<_>>()
    };
    let first = load(Some(given.path()), &cache).unwrap();
    assert_eq!(kept().len(), 1);
    let again = load(Some(given.path()), &cache).unwrap();
    assert_eq!((ids(&again), &again.database), (ids(&first), &first.database));

    std::fs::write(&kept()[0], "damaged").unwrap();
    assert_eq!(ids(&load(Some(given.path()), &cache).unwrap()), ids(&first));

    let more = given.path().join("crates/other/RUSTSEC-2024-0002.md");
    std::fs::create_dir_all(more.parent().unwrap()).unwrap();
    std::fs::write(&more, advisory_text("RUSTSEC-2024-0002")).unwrap();
    assert_eq!(load(Some(given.path()), &cache).unwrap().index.len(), 2);
    assert_eq!(kept().len(), 1, "the former copy is removed");

    std::fs::write(given.path().join("crates/other/RUSTSEC-2024-0003.md"), "garbage").unwrap();
    for _ in 0..2 {
        assert_eq!(load(Some(given.path()), &cache).unwrap().diagnostics.len(), 1);
    }
}
