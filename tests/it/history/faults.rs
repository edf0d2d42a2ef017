//! What happens where git or a repository fails.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use headwater::model::Missing;
use headwater::world::cache::CacheDir;
use headwater::world::history::{Asking, Salt, of_folder, of_remote, read};
use jiff::civil::{Date, date};

use super::built::{commit, make};

const TODAY: Date = date(2024, 6, 10);

fn cache(folder: &Path) -> CacheDir {
    CacheDir::locate(Some(folder.join("cache")))
}

fn asked(url: &str, seconds: u64) -> Result<usize, Missing> {
    let folder = tempfile::tempdir().unwrap();
    let time_limit = Duration::from_secs(seconds);
    let asking = Asking { today: TODAY, max_age_days: Some(7), time_limit };
    let answer = of_remote(url, &cache(folder.path()), &asking);
    let left = fs::read_dir(folder.path().join("cache/history")).unwrap().flatten();
    let clones = left.filter(|entry| entry.path().is_dir()).count();
    assert_eq!(clones, 0, "a clone was left behind");
    answer.map(|history| history.value.commits.len())
}

#[test]
fn a_remote_that_cannot_be_cloned_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = format!("file://{}/nothing", folder.path().display());
    assert_eq!(asked(&nothing, 20), Err(Missing::NotFound));
    assert_eq!(asked("ext::sh -c exit", 20), Err(Missing::Refused));
    // Nobody listens there any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = format!("https://127.0.0.1:{port}/owner/name");
    assert_eq!(asked(&closed, 20), Err(Missing::Unreachable));
}

#[test]
fn a_remote_that_never_answers_is_given_up_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/owner/name", silent.local_addr().unwrap());
    let begin = Instant::now();
    assert_eq!(asked(&url, 1), Err(Missing::OutOfTime));
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

/// The search path of a process is one for all threads, so the missing program is looked for in
/// a process of its own.
#[test]
fn without_git_the_reason_says_so() {
    const CHILD: &str = "HEADWATER_TEST_WITHOUT_GIT";
    if std::env::var_os(CHILD).is_some() {
        assert_eq!(asked("https://host.example/owner/name", 5), Err(Missing::NoGit));
        return;
    }
    let test = "history::faults::without_git_the_reason_says_so";
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test]).env(CHILD, "1").env("PATH", "");
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn what_is_no_repository_or_damaged_is_not_understood() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path());
    let salt = Salt::of(&cache);
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(read(&empty, &salt), Err(Missing::NotUnderstood));
    assert_eq!(read(&folder.path().join("absent"), &salt), Err(Missing::NotUnderstood));

    let mut stream = String::new();
    for mark in 1..=50 {
        let text = format!("a message of some length, number {mark}");
        commit(&mut stream, mark, "A <a@one.example>", 1_700_000_000 + mark as i64, &text, false);
    }
    let repository = folder.path().join("repository.git");
    make(&repository, &stream);
    // A pack of a few commits would be unpacked.
    let repack = ["repack", "-a", "-d", "-q"];
    assert!(
        Command::new("git").arg("-C").arg(&repository).args(repack).status().unwrap().success()
    );
    let packs = repository.join("objects/pack");
    let mut files = fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path());
    let pack = files.find(|path| path.extension().is_some_and(|it| it == "pack")).unwrap();
    let whole = fs::read(&pack).unwrap();
    let original = read(&repository, &salt).unwrap();
    let mut damaged = 0;
    for at in (12..whole.len()).step_by(whole.len() / 40) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        for content in [&flipped[..], &whole[..at]] {
            fs::remove_file(&pack).unwrap();
            fs::write(&pack, content).unwrap();
            match read(&repository, &salt) {
                Err(Missing::NotUnderstood) => damaged += 1,
                // A message may differ, of which nothing is kept.
                Ok(history) => assert!(history.commits.len() <= original.commits.len()),
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert!(damaged > 40, "{damaged}");
}

#[test]
fn a_shallow_clone_is_not_mistaken_for_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, part) = (folder.path().join("whole.git"), folder.path().join("part"));
    let mut stream = String::new();
    for mark in 1..=5 {
        commit(&mut stream, mark, "A <a@one.example>", 1_700_000_000, "text", false);
    }
    make(&whole, &stream);
    let url = format!("file://{}", whole.display());
    let mut clone = Command::new("git");
    clone.args(["clone", "--quiet", "--depth=2", &url]).arg(&part);
    assert!(clone.status().unwrap().success());
    assert_eq!(of_folder(&part, &cache(folder.path()), TODAY), Err(Missing::CutOff));
}
