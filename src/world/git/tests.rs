//! Repositories that git itself makes, read as data.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::civil::date;
use tempfile::TempDir;

use super::local::settings;
use super::remote::OF_A_REPOSITORY;
use super::{Repository, clone_branch, head, head_and_depth, not_run, remote};

/// Runs git in a folder and returns what it says.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_COMMITTER_DATE", "2024-05-06T23:30:00-01:00");
    let said = git.output().unwrap();
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// A checkout `w` of two commits, with files of 10 and 11 bytes.
fn checkout() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main", "w"]);
    let root = folder.path().join("w");
    for (name, content) in [("ten", "0123456789"), ("eleven", "0123456789a")] {
        fs::write(root.join(name), content).unwrap();
        git(&root, &["add", "."]);
        let identity = ["-c", "user.name=a", "-c", "user.email=a@a.example"];
        git(&root, &[&identity[..], &["commit", "--quiet", "-m", name]].concat());
    }
    folder
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

fn is_there(folder: &Path) -> bool {
    Repository::at(folder).unwrap().is_some()
}

#[test]
fn a_repository_is_found_by_its_checkout_its_folder_and_from_below() {
    let folder = checkout();
    let root = folder.path().join("w");
    assert!(is_there(&root) && is_there(&root.join(".git")) && !is_there(folder.path()));
    fs::create_dir_all(folder.path().join("other")).unwrap();
    fs::write(folder.path().join("other/.git"), "gitdir: ../w/.git\n").unwrap();
    assert!(is_there(&folder.path().join("other")));

    let way = |path: &str| {
        fs::create_dir_all(folder.path().join(path)).unwrap();
        Repository::around(&folder.path().join(path)).unwrap().map(|(_, way)| way)
    };
    let ways = ["w/a/b", "w", ""].map(way);
    assert_eq!(ways, [Some("a/b/".to_owned()), Some(String::new()), None]);
}

#[test]
fn a_repository_has_a_head_objects_and_references() {
    let parts: [&[&str]; 4] =
        [&["HEAD"], &["objects/", "refs/"], &["HEAD", "refs/"], &["HEAD", "objects/"]];
    let with = |parts: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        for part in parts {
            let path = folder.path().join(part);
            let made = if part.ends_with('/') { fs::create_dir(path) } else { fs::write(path, "") };
            made.unwrap();
        }
        is_there(folder.path())
    };
    assert_eq!(parts.map(with), [false; 4]);
    assert!(with(&["HEAD", "objects/", "refs/"]));
}

#[test]
fn the_commit_of_a_checkout_its_day_and_whether_its_history_is_cut_off() {
    let folder = checkout();
    let root = folder.path().join("w");
    let commit = git(&root, &["rev-parse", "HEAD"]);
    assert_eq!(head(&root), Some((commit.clone(), date(2024, 5, 7))));
    assert_eq!(head_and_depth(&root), Some((Some(commit.clone()), false)));
    let address = format!("file://{}", root.display());
    git(folder.path(), &["clone", "--quiet", "--depth=1", &address, "cut"]);
    assert_eq!(head_and_depth(&folder.path().join("cut")), Some((Some(commit), true)));
    git(folder.path(), &["init", "--quiet", "empty"]);
    assert_eq!(head_and_depth(&folder.path().join("empty")), Some((None, false)));
    assert_eq!(head_and_depth(folder.path()), None);
}

#[test]
fn what_git_says_is_bounded_and_failing_is_told() {
    let folder = checkout();
    let repository = Repository::at(&folder.path().join("w")).unwrap().unwrap();
    let ask = |arguments: &[&str], most| repository.ask(arguments, soon(), most).unwrap().unwrap();
    assert_eq!(ask(&["cat-file", "blob", "HEAD:ten"], 100).stdout, b"0123456789");
    assert_eq!(ask(&["cat-file", "blob", "HEAD:ten"], 4).stdout, b"0123");
    let failed = ask(&["cat-file", "blob", "HEAD:none"], 100);
    assert!(!failed.status.success() && failed.stderr.contains("none"), "{}", failed.stderr);

    let read = |arguments: &[&str]| {
        let take = |out: &mut dyn io::BufRead| {
            let mut text = String::new();
            out.take(100).read_to_string(&mut text).map(|_| text)
        };
        repository.read_out(arguments, soon(), take).unwrap()
    };
    assert_eq!(read(&["cat-file", "blob", "HEAD:ten"]).as_deref(), Some("0123456789"));
    assert_eq!(read(&["cat-file", "blob", "HEAD:none"]), None);
    let has = ["HEAD", "refs/heads/main", "refs/heads/other"].map(|it| repository.has_file(it));
    assert_eq!(has, [true, true, false]);
}

#[test]
fn objects_come_by_name_within_the_limit() {
    let folder = checkout();
    let repository = Repository::at(&folder.path().join("w")).unwrap().unwrap();
    let names = ["HEAD:ten", "HEAD:none", "HEAD:eleven", "HEAD"].map(str::to_owned);
    let objects = repository.objects(&names, 10, soon()).unwrap().unwrap();
    let objects: Vec<_> = objects
        .iter()
        .map(|it| it.as_ref().map(|it| (it.kind.as_str(), it.content.as_deref())))
        .collect();
    let expected = [
        Some(("blob", Some(&b"0123456789"[..]))),
        None,
        Some(("blob", None)),
        Some(("commit", None)),
    ];
    assert_eq!(objects, expected);
}

/// Of the settings of a repository only the formats are taken over.
#[test]
fn settings_are_ours() {
    let plain = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n[extensions]\n";
    let formats = plain.replace("= 0", "= 1");
    let cases = [
        ("", plain.to_owned()),
        ("[core]\n\thooksPath = x\n\tobjectformat2 = sha256\n", plain.to_owned()),
        ("[extensions]\n\tobjectFormat = sha1\n\tpartialClone = sha256\n", plain.to_owned()),
        ("\tobjectFormat = sha256\n", format!("{formats}\tobjectFormat = sha256\n")),
        ("\trefStorage=reftable\n", format!("{formats}\trefStorage = reftable\n")),
    ];
    for (theirs, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config"), theirs).unwrap();
        assert_eq!(settings(folder.path()), expected, "{theirs}");
    }
}

#[test]
fn a_branch_is_cloned_by_address_and_by_folder() {
    let folder = checkout();
    let address = format!("file://{}/w", folder.path().display());
    let from = folder.path().join("w").display().to_string();
    for (at, url) in [address, from].iter().enumerate() {
        let into = folder.path().join(format!("clone-{at}"));
        clone_branch(url, folder.path(), &into).unwrap();
        assert_eq!(fs::read(into.join("ten")).unwrap(), b"0123456789");
    }
    let absent = format!("file://{}/absent", folder.path().display());
    let failed = clone_branch(&absent, folder.path(), &folder.path().join("x")).unwrap_err();
    assert!(failed.message.contains("does not appear to be a git repository"), "{failed:?}");
}

#[test]
fn a_missing_program_is_told_apart() {
    let message = |kind: io::ErrorKind| not_run(kind.into()).message;
    assert!(message(io::ErrorKind::NotFound).contains("is not installed"));
    assert!(message(io::ErrorKind::PermissionDenied).contains("could not be run"));
}

/// The variables that a program gets beside those of this one, `None` for one that it does not
/// get.
fn variables(program: &Command) -> BTreeMap<&str, Option<&str>> {
    let text = |text: &OsStr| text.to_str().unwrap().to_owned().leak() as &str;
    program.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
}

/// What asks no user, speaks English and takes no object of any size, whoever it is asked for.
const ALWAYS: [(&str, &str); 4] = [
    ("GIT_ALLOC_LIMIT", "64m"),
    ("GIT_ASKPASS", ""),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

#[test]
fn a_folder_of_others_is_read_without_any_settings() {
    let folder = checkout();
    let repository = Repository::at(&folder.path().join("w")).unwrap().unwrap();
    let git = repository.git(&["rev-parse", "HEAD"]);
    let set = variables(&git);
    let own = [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
    ];
    for (name, value) in own.into_iter().chain(ALWAYS) {
        assert_eq!(set.get(name), Some(&Some(value)), "{name}");
    }
    assert_eq!(set["GIT_DIR"].map(Path::new), git.get_current_dir());
    // Variables that are not git's stay.
    assert!(set.keys().all(|name| name.starts_with("GIT_") || *name == "LC_ALL"), "{set:?}");
    let arguments: Vec<_> = git.get_args().collect();
    assert_eq!(arguments, ["--literal-pathspecs", "rev-parse", "HEAD"]);
}

#[test]
fn others_are_asked_from_a_folder_of_ours_without_questions() {
    let folder = tempfile::tempdir().unwrap();
    let ours = folder.path().join("ours");
    fs::create_dir(&ours).unwrap();
    let git = remote("https://git.example/x", &ours).unwrap();
    let set = variables(&git);
    let parent = folder.path().canonicalize().unwrap();
    let own = [
        ("GIT_ALLOW_PROTOCOL", "https:ssh"),
        ("GIT_CEILING_DIRECTORIES", parent.to_str().unwrap()),
        ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
    ];
    for (name, value) in own.into_iter().chain(ALWAYS) {
        assert_eq!(set.get(name), Some(&Some(value)), "{name}");
    }
    for name in OF_A_REPOSITORY {
        assert_eq!(set.get(name), Some(&None), "{name}");
    }
    assert_eq!(git.get_current_dir(), Some(parent.join("ours").as_path()));
    let arguments: Vec<_> = git.get_args().filter(|it| *it != "-c").collect();
    let expected = [
        "core.hooksPath=/dev/null",
        "credential.interactive=false",
        "gc.auto=0",
        "maintenance.auto=false",
        "http.lowSpeedLimit=1",
        "http.lowSpeedTime=30",
    ];
    assert_eq!(arguments, expected);
}

/// Neither its settings nor what it puts in the place of objects counts.
#[test]
fn what_a_repository_replaces_stays_as_it_is() {
    let folder = checkout();
    let root = folder.path().join("w");
    let commits = git(&root, &["rev-list", "HEAD"]);
    let (newest, oldest) = commits.split_once('\n').unwrap();
    git(&root, &["replace", newest, oldest]);
    assert_eq!(git(&root, &["rev-list", "--count", "HEAD"]), "1");
    let repository = Repository::at(&root).unwrap().unwrap();
    let said = repository.ask(&["rev-list", "--count", "HEAD"], soon(), 9).unwrap().unwrap();
    assert_eq!(said.stdout, b"2\n");
}

/// A link in a clone would lead to files of the user.
#[test]
fn links_of_a_clone_are_files() {
    let folder = checkout();
    let root = folder.path().join("w");
    std::os::unix::fs::symlink("/etc/passwd", root.join("link")).unwrap();
    git(&root, &["add", "."]);
    let identity = ["-c", "user.name=a", "-c", "user.email=a@a.example"];
    git(&root, &[&identity[..], &["commit", "--quiet", "-m", "link"]].concat());
    let into = folder.path().join("clone");
    clone_branch(&root.display().to_string(), folder.path(), &into).unwrap();
    assert!(into.join("link").symlink_metadata().unwrap().is_file());
    // An address is never taken for an option.
    let option = format!("--upload-pack=touch {}", folder.path().join("ran").display());
    let failed = clone_branch(&option, folder.path(), &folder.path().join("x")).unwrap_err();
    let absent = format!("repository '{option}' does not exist");
    assert!(failed.message.contains(&absent), "{failed:?}");
    assert!(!folder.path().join("ran").exists());
}
