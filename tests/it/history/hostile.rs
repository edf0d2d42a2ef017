//! Repositories made to exhaust memory and time, or to stumble over.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use headwater::model::{History, Missing};
use headwater::world::cache::CacheDir;
use headwater::world::history::{Salt, read};

use super::built::{commit, make};

const A: &str = "A <a@one.example>";
const NOON: i64 = 1_704_110_400;

/// A repository of two commits and a tag `v1`, with more in the stream.
fn repository(folder: &Path, more: &str) -> PathBuf {
    let mut stream = String::new();
    commit(&mut stream, 1, A, NOON, "one", false);
    commit(&mut stream, 2, A, NOON + 1, "two", false);
    stream.push_str("reset refs/tags/v1\nfrom :1\n\n");
    stream.push_str(more);
    let repository = folder.join("repository.git");
    make(&repository, &stream);
    repository
}

fn history(repository: &Path) -> Result<History, Missing> {
    let cache = repository.parent().unwrap().join("cache");
    read(repository, &Salt::of(&CacheDir::locate(Some(cache))))
}

fn names(history: &History) -> Vec<&str> {
    history.tags.iter().map(|tag| tag.name.as_str()).collect()
}

/// Writes an object that git itself would not make, and points a tag at it.
fn tag_garbage(repository: &Path, name: &str, kind: &str, content: &[u8]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(repository).args(["hash-object", "-t", kind, "-w", "--stdin", "--literally"]);
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    let id = child.wait_with_output().unwrap();
    assert!(id.status.success());
    fs::create_dir_all(repository.join("refs/tags")).unwrap();
    fs::write(repository.join("refs/tags").join(name), id.stdout).unwrap();
}

#[test]
fn a_garbage_tag_costs_itself_only() {
    let folder = tempfile::tempdir().unwrap();
    let repository = repository(folder.path(), "");
    let garbage: [(&str, &[u8]); 6] = [
        ("tag", b""),
        ("tag", b"garbage"),
        ("tag", b"object 12\ntype commit\ntag x\n\n"),
        ("tag", b"\xff\0\n\n\ntagger A <a> 1 +0000"),
        ("commit", b"tree\n"),
        ("blob", b"a file"),
    ];
    for (at, (kind, content)) in garbage.into_iter().enumerate() {
        tag_garbage(&repository, &format!("g{at}"), kind, content);
    }
    fs::write(repository.join("refs/tags/absent"), format!("{:040}\n", 7)).unwrap();
    fs::write(repository.join("refs/tags/words"), "no id\n").unwrap();
    let history = history(&repository).unwrap();
    assert_eq!((history.commits.len(), names(&history)), (2, vec!["v1"]));
}

/// Both are highly compressed in the repository, and would be a thousand times as large in memory.
#[test]
fn objects_that_are_too_large_cost_the_project_and_no_memory() {
    let tag_of = |bytes: usize| {
        let mut tag = format!("tag large\nfrom :1\ntagger {A} {NOON} +0000\ndata {bytes}\n");
        tag.extend(std::iter::repeat_n('x', bytes));
        tag + "\n"
    };
    let commit_of = |bytes: usize| {
        let mut stream = String::new();
        write!(stream, "commit refs/heads/main\nmark :3\nauthor {A} {NOON} +0000\n").unwrap();
        write!(stream, "committer {A} {NOON} +0000\ndata {bytes}\n").unwrap();
        stream.extend(std::iter::repeat_n('x', bytes));
        stream + "\nfrom :2\n\n"
    };
    let cases = [
        (tag_of(1 << 20), Ok(2)),
        // Its content is not looked at.
        (tag_of(20 << 20), Ok(2)),
        // Git does not hold it either.
        (tag_of(80 << 20), Err(Missing::NotUnderstood)),
        (commit_of(1 << 20), Ok(3)),
        (commit_of(20 << 20), Err(Missing::NotUnderstood)),
        (commit_of(80 << 20), Err(Missing::NotUnderstood)),
    ];
    for (more, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let read = history(&repository(folder.path(), &more));
        assert_eq!(read.map(|history| history.commits.len()), expected, "{} bytes", more.len());
    }
}

#[test]
fn pipes_and_folders_in_place_of_files_hold_nothing_up() {
    let begin = Instant::now();
    for (name, expected) in [
        ("HEAD", Err(Missing::NotUnderstood)),
        ("packed-refs", Ok(2)),
        ("config", Ok(2)),
        ("shallow", Ok(2)),
        ("commondir", Ok(2)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let repository = repository(folder.path(), "");
        let _ = fs::remove_file(repository.join(name));
        assert!(Command::new("mkfifo").arg(repository.join(name)).status().unwrap().success());
        let read = history(&repository).map(|history| history.commits.len());
        assert_eq!(read, expected, "{name}");
    }
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
}

/// A branch without commits is an empty history; one that cannot be read is none.
#[test]
fn a_damaged_head_is_not_taken_for_an_empty_history() {
    let folder = tempfile::tempdir().unwrap();
    let repository = repository(folder.path(), "");
    for (head, expected) in [
        ("ref: refs/heads/main\n", Ok(2)),
        ("ref: refs/heads/new\n", Ok(0)),
        ("ref: refs/heads/damaged\n", Err(Missing::NotUnderstood)),
        ("ref: ../../etc/passwd\n", Err(Missing::NotUnderstood)),
        ("garbage\n", Err(Missing::NotUnderstood)),
        ("", Err(Missing::NotUnderstood)),
    ] {
        fs::write(repository.join("refs/heads/damaged"), "garbage\n").unwrap();
        fs::write(repository.join("HEAD"), head).unwrap();
        let read = history(&repository).map(|history| history.commits.len());
        assert_eq!(read, expected, "{head:?}");
    }
}

/// Further work trees keep their `HEAD` elsewhere than the objects; names of objects may be longer.
#[test]
fn every_form_of_a_repository_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let whole = repository(folder.path(), "");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(git.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["clone", "repository.git", "work"]);
    git(&["clone", "--shared", "repository.git", "shared"]);
    let mut pack = Command::new("git");
    pack.arg("-C").arg(&whole).args(["pack-refs", "--all"]);
    assert!(pack.status().unwrap().success());
    let mut tree = Command::new("git");
    tree.args(["-C", "work", "worktree", "add", "../tree", "HEAD~1"]).current_dir(folder.path());
    assert!(tree.output().unwrap().status.success());
    let length = |name: &str| history(&folder.path().join(name)).map(|it| it.commits.len());
    assert_eq!(["work", "shared", "tree"].map(length), [Ok(2), Ok(2), Ok(1)]);
    assert_eq!(names(&history(&whole).unwrap()), ["v1"]);

    let long = folder.path().join("long.git");
    let mut init = Command::new("git");
    init.args(["init", "--quiet", "--bare", "--object-format=sha256", "-b", "main"]).arg(&long);
    assert!(init.status().unwrap().success());
    let mut stream = String::new();
    commit(&mut stream, 1, A, NOON, "one", false);
    let mut import = Command::new("git");
    import.arg("-C").arg(&long).args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut child = import.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(length("long.git"), Ok(1));
}
