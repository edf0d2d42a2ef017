//! Repositories made for a test with `git fast-import`, and what is read of them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use headwater::model::{Activity, History, Missing, Observed};
use headwater::signal::activity::activity;
use headwater::world::cache::CacheDir;
use headwater::world::history::{Salt, read};
use jiff::civil::date;

/// Makes a bare repository whose main branch is what a fast-import stream says.
pub(crate) fn make(folder: &Path, stream: &str) {
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).stdout(Stdio::null()).stderr(Stdio::inherit());
        git
    };
    let init = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main"];
    assert!(git(&init).arg(folder).status().unwrap().success());
    let mut import = git(&["-C"]);
    import.arg(folder).args(["fast-import", "--quiet", "--force"]);
    let mut child = import.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// One commit of a fast-import stream, with the same committer. A merge gets the first commit,
/// which has the mark 1, as its second parent.
pub(super) fn commit(
    stream: &mut String,
    mark: usize,
    who: &str,
    seconds: i64,
    message: &str,
    merge: bool,
) {
    write!(
        stream,
        "commit refs/heads/main\nmark :{mark}\nauthor {who} {seconds} +0200\n\
         committer {who} {seconds} +0200\ndata {}\n{message}\n",
        message.len()
    )
    .unwrap();
    if mark > 1 {
        writeln!(stream, "from :{}", mark - 1).unwrap();
    }
    if merge {
        // Marks 1 and 2 exist before any merge that matters.
        writeln!(stream, "merge :{}", if mark > 2 { 1 } else { mark - 1 }).unwrap();
    }
    stream.push('\n');
}

/// Puts a mailmap into the last commit.
pub(super) fn put_mailmap(stream: &mut String, mailmap: &str) {
    stream.truncate(stream.trim_end().len());
    let length = mailmap.len();
    write!(stream, "\nM 100644 inline .mailmap\ndata {length}\n{mailmap}\n").unwrap();
}

/// The history of a stream.
pub(super) fn history(stream: &str) -> Result<History, Missing> {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository.git");
    make(&repository, stream);
    read(&repository, &Salt::of(&CacheDir::locate(Some(folder.path().join("cache")))))
}

const A: &str = "A <a@one.example>";
const B: &str = "B <b@two.example>";
const DAY: i64 = 86_400;
/// 1 January 2024, 12:00 UTC.
const NOON: i64 = 1_704_110_400;

fn measured(stream: &str) -> Observed<Activity> {
    activity(&history(stream).unwrap(), date(2024, 12, 31))
}

#[test]
fn bots_that_made_most_commits_leave_the_human_figures() {
    let mut stream = String::new();
    for mark in 1..=100 {
        let who = match mark {
            1..=4 => A,
            5 => B,
            6..=60 => "dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>",
            _ => "bors <bors@bot.example>",
        };
        commit(&mut stream, mark, who, NOON + mark as i64 * DAY, "text", mark == 90);
    }
    let measured = measured(&stream);
    let measured = measured.known().unwrap();
    assert_eq!((measured.commits, measured.people, measured.bot_commits), (5, 2, 95));
    assert_eq!(measured.recent_commits, [0, 5, 5]);
    assert_eq!(measured.absence_factor, Observed::Known(1));
    assert_eq!(measured.last_commit.as_second(), NOON + 5 * DAY);
}

#[test]
fn co_authors_share_and_the_mailmap_joins() {
    let mut stream = String::new();
    commit(&mut stream, 1, A, NOON + DAY, "one\n\nCo-authored-by: B <b@two.example>", false);
    commit(&mut stream, 2, "A <a@home.example>", NOON + 2 * DAY, "two", false);
    commit(&mut stream, 3, B, NOON + 3 * DAY, "Co-authored-by: x[bot] <x@bot.example>", false);
    put_mailmap(&mut stream, "A <a@one.example> <a@home.example>\n");
    let history = history(&stream).unwrap();
    let people: Vec<_> =
        history.people.iter().map(|it| (it.organisation.as_deref(), it.bot)).collect();
    let (one, two, bot) = (Some("one.example"), Some("two.example"), Some("bot.example"));
    assert_eq!(people.len(), 3);
    for expected in [(one, false), (two, false), (bot, true)] {
        assert!(people.contains(&expected), "{people:?}");
    }
    let measured = activity(&history, date(2024, 12, 31));
    let measured = measured.known().unwrap();
    assert_eq!((measured.commits, measured.people), (3, 2));
    // Both are credited twice for three commits.
    assert_eq!(measured.absence_factor, Observed::Known(1));
    assert_eq!(measured.lead_share_12_months, Observed::Known(2.0 / 3.0));
    assert_eq!(measured.organisations_12_months, 2);
}

#[test]
fn little_or_nothing_is_a_history_too() {
    assert_eq!(history(""), Ok(History::default()));
    let mut one = String::new();
    commit(&mut one, 1, A, NOON, "one", false);
    assert_eq!(measured(&one).known().unwrap().commits, 1);
    let mut bots = String::new();
    commit(&mut bots, 1, "renovate <bot@renovateapp.com>", NOON, "one", false);
    commit(&mut bots, 2, "renovate <bot@renovateapp.com>", NOON, "two", false);
    commit(&mut bots, 3, A, NOON, "three", true);
    let measured = measured(&bots);
    let measured = measured.known().unwrap();
    assert_eq!((measured.commits, measured.merges, measured.bot_commits), (0, 1, 2));
}

#[test]
fn a_tag_is_of_its_tagger_or_of_the_author() {
    let mut stream = String::new();
    commit(&mut stream, 1, A, NOON, "one", false);
    commit(&mut stream, 2, B, NOON + DAY, "two", false);
    let tagged = NOON + 9 * DAY;
    for (name, tagger) in [("v2", "A <a@one.example>"), ("v3", "C <c@three.example>")] {
        write!(stream, "tag {name}\nfrom :2\ntagger {tagger} {tagged} +0000\ndata 1\nx\n").unwrap();
    }
    stream.push_str("reset refs/tags/v1\nfrom :2\n\n");
    let history = history(&stream).unwrap();
    let told: Vec<_> = history
        .tags
        .iter()
        .map(|tag| {
            let domain = |by: headwater::model::PersonIndex| {
                history.people[by.0 as usize].organisation.clone().unwrap()
            };
            (tag.name.as_str(), tag.made.as_second(), tag.by.map(domain))
        })
        .collect();
    let expected = [
        ("v1", NOON + DAY, Some("two.example".to_owned())),
        ("v2", tagged, Some("one.example".to_owned())),
        ("v3", tagged, None),
    ];
    assert_eq!(told, expected);
}

/// Dates from outside the calendar, authors without address, text that is no text.
#[test]
fn odd_commits_are_survived() {
    let mut stream = String::new();
    commit(&mut stream, 1, "A <>", NOON, "", false);
    commit(
        &mut stream,
        2,
        "<@>",
        0,
        "\u{1b}[31m\n\nCo-authored-by: <>\nCo-authored-by: a<b",
        false,
    );
    commit(&mut stream, 3, "A <a@one.example>", 4_102_444_800, "future", false);
    let history = history(&stream).unwrap();
    assert_eq!(history.commits.len(), 3);
    let measured = activity(&history, date(2024, 12, 31));
    assert_eq!(measured.known().unwrap().commits, 2);
}
