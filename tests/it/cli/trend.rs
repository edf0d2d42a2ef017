//! `headwater trend` on repositories made for a test.

use std::process::Command;

use serde_json::{Value, json};
use tame_index::CRATES_IO_INDEX;

use super::world::{World, assert_contains};

const APP: &str = "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";

/// A lockfile of the app and these packages of the public registry, which it depends on.
fn lockfile(packages: &[(&str, &str)]) -> String {
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let mut text = format!("{APP}dependencies = {names:?}\n");
    for (name, version) in packages {
        text += &format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+{CRATES_IO_INDEX}\"\n"
        );
    }
    text
}

fn git(world: &World, day: &str, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(world.path("w")).env("GIT_CONFIG_GLOBAL", "/dev/null");
    git.env("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z");
    git.env("GIT_COMMITTER_DATE", format!("{day}T23:30:00-05:00"));
    git.args(["-c", "user.name=a", "-c", "user.email=a@a.example"]);
    assert!(git.args(arguments).status().unwrap().success(), "git {arguments:?}");
}

/// Commits all there is; the day in UTC is the one after.
fn commit(world: &World, day: &str) {
    git(world, day, &["add", "--all"]);
    git(world, day, &["commit", "--quiet", "--allow-empty", "-m", "a"]);
}

fn release(name: &str, version: &str, day: &str) -> String {
    format!(
        r#"{{"name":"{name}","vers":"{version}","deps":[],"features":{{}},"cksum":"00","yanked":false,"pubtime":"{day}T00:00:00Z"}}"#
    ) + "\n"
}

fn advise(world: &World, id: &str, package: &str, head: &str, patched: &str) {
    let text = format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\n{head}\n\
         [versions]\npatched = [{patched}]\n```\n\n# Made for a test\n"
    );
    world.write(&format!("advisories/crates/{package}/{id}.md"), text);
}

/// A repository whose lockfile lies in a folder and was changed three times, with a detour on a
/// branch, and the advisories as a file of 31 August 2022.
fn world() -> World {
    let world = World::empty();
    world.publish(
        "soap",
        &(release("soap", "1.0.0", "2020-01-01") + &release("soap", "1.1.0", "2021-03-01")),
    );
    world.publish("lye", &release("lye", "0.1.0", "2019-01-01"));
    advise(&world, "RUSTSEC-2021-0001", "soap", "date = \"2021-01-15\"", "\">= 1.1.0\"");
    advise(&world, "RUSTSEC-2021-0002", "lye", "date = \"2021-06-01\"", "");
    let withdrawn = "date = \"2021-05-01\"\nwithdrawn = \"2021-05-05\"";
    advise(&world, "RUSTSEC-2021-0003", "soap", withdrawn, "");
    world.write("w/read.me", "soap");
    git(&world, "2019-12-31", &["init", "--quiet", "--initial-branch=main"]);
    commit(&world, "2019-12-31");
    world.write("w/deep/Cargo.lock", lockfile(&[("soap", "1.0.0")]));
    commit(&world, "2020-05-31");
    git(&world, "2020-06-30", &["checkout", "--quiet", "-b", "detour"]);
    world.write("w/deep/Cargo.lock", lockfile(&[("lye", "0.1.0")]));
    commit(&world, "2020-06-30");
    world.write("w/deep/Cargo.lock", lockfile(&[("lye", "0.1.0"), ("soap", "1.0.0")]));
    commit(&world, "2020-07-31");
    git(&world, "2021-03-31", &["checkout", "--quiet", "main"]);
    git(&world, "2021-03-31", &["merge", "--quiet", "--no-ff", "-m", "a", "detour"]);
    world.write("w/read.me", "more soap");
    commit(&world, "2021-06-30");
    world.write("w/deep/Cargo.lock", lockfile(&[("lye", "0.1.0"), ("soap", "1.1.0")]));
    commit(&world, "2022-07-31");
    let built =
        world.run("db build --from advisories --commit 0123456 --date 2022-08-31 -o snapshot");
    assert_eq!(built.exit, 0, "{}", built.stderr);
    world
}

fn report(world: &World, arguments: &str) -> Value {
    let ran = world
        .run(&format!("trend w/deep --format json --advisory-db snapshot --quiet {arguments}"));
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    serde_json::from_str(&ran.stdout).unwrap()
}

/// Day, packages, vulnerabilities, those without a fix, what came.
fn rows(report: &Value) -> Vec<Value> {
    let row = |row: &Value| {
        json!([
            row["day"],
            row["packages"],
            row["findings"]["vulnerability"],
            row["without_fix"],
            row["outcome"]
        ])
    };
    report["rows"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn risk_and_what_came_by_hand() {
    let world = world();
    let all = report(&world, "--since 2020-01-01 --as-of 2022-09-30");
    let expected = [
        // No fixed release of lye; what comes is not known yet.
        json!(["2022-08-01", 3, 1, 1, null]),
        // The merge: soap could be updated; lye was disclosed two months later and never fixed.
        json!(["2021-04-01", 3, 1, 0, {"disclosed": 1, "unfixed": 1, "undecided": 0}]),
        // Soap was disclosed and fixed within 45 days; what was withdrawn did not come.
        json!(["2020-06-01", 2, 0, 0, {"disclosed": 1, "unfixed": 0, "undecided": 0}]),
    ];
    assert_eq!(rows(&all), expected);
    assert_eq!(all["known_until"], "2022-08-31");
    assert_eq!(all["commits"], 3);
    let schema: Value = serde_json::from_str(&world.run("schema trend").stdout).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&all));

    let thinned = report(&world, "--since 2020-01-01 --as-of 2022-09-30 --most 2");
    assert_eq!(rows(&thinned), [expected[0].clone(), expected[2].clone()]);
    assert_eq!(thinned["commits"], 3);
    let later = report(&world, "--since 2021-04-01 --as-of 2022-07-31");
    // The last day is before what is known, and the merge is more than a year before it.
    assert_eq!(rows(&later), [expected[1].clone()]);
}

/// The same, and soap's vulnerability of January 2021 was entered in July: the merge in April knew
/// nothing of it, it came in the year after, and was fixed on the day it came.
#[test]
fn an_advisory_counts_from_the_day_it_was_entered() {
    let world = world();
    world.write(
        "days.tsv",
        "id\tpackage\tkind\tadvisory_date\tfirst_seen_in_db\twithdrawn\n\
         RUSTSEC-2021-0001\tsoap\tvulnerability\t2021-01-15\t2021-07-01\t\n",
    );
    let build = "db build --from advisories --commit 0123456 --date 2022-08-31 -o snapshot";
    let built = world.run(&format!("{build} --first-seen days.tsv"));
    assert_eq!(built.exit, 0, "{}", built.stderr);
    let all = report(&world, "--since 2020-01-01 --as-of 2022-09-30");
    let expected = [
        json!(["2022-08-01", 3, 1, 1, null]),
        json!(["2021-04-01", 3, 0, 0, {"disclosed": 2, "unfixed": 1, "undecided": 0}]),
        json!(["2020-06-01", 2, 0, 0, {"disclosed": 0, "unfixed": 0, "undecided": 0}]),
    ];
    assert_eq!(rows(&all), expected);
    let arguments = "trend w/deep --advisory-db snapshot --since";
    let ran = world.run(&format!("{arguments} 2020-01-01 --as-of 2022-09-30"));
    assert_contains(&ran.stderr, &["2 advisories about locked packages count from their own"], "");
}

#[test]
fn a_row_knows_nothing_of_what_came_later() {
    let world = world();
    let row = |as_of: &str| {
        let mut report = report(&world, &format!("--since 2020-01-01 --as-of {as_of}"));
        let mut row = report["rows"].as_array_mut().unwrap().pop().unwrap();
        let outcome = row["outcome"].take();
        (row, outcome)
    };
    let (on_the_day, nothing) = row("2020-06-01");
    let (later, outcome) = row("2022-09-30");
    assert_eq!(on_the_day, later);
    assert!(nothing.is_null() && outcome.is_object());
    let value = |name: &str| later["expected"][name]["value"].as_f64().unwrap();
    assert_eq!(later["expected"]["packages"], 1);
    assert!(value("unfixed") <= value("disclosed") && value("unfixed") > 0.0);
}

#[test]
fn people_are_told_in_any_width() {
    let world = world();
    let arguments = "trend w/deep/Cargo.lock --since 2020-01-01 --advisory-db snapshot";
    let ran = world.run(&format!("{arguments} --as-of 2022-09-30"));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let expected = [
        "Trend of w/deep/Cargo.lock since 2020-01-01",
        "3 commits changed it by 2022-09-30",
        "2022-08-01",
        "1 row of which it is not known: what came is known until 2022-08-31",
        "earlier rows test nothing",
    ];
    assert_contains(&ran.stdout, &expected, "");
    assert_contains(&ran.stderr, &["from the lockfile alone", "it was added, or moved here"], "");
    for width in [20, 40, 80, 120] {
        let mut command = world.command(&format!("{arguments} --as-of 2022-09-30 --most 2"));
        let output = command.env("COLUMNS", width.to_string()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width.max(40)), "{width}: {widest:?}\n{text}");
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let world = World::small();
    let cases = |expected: &[(&str, i32, &str)]| {
        for (arguments, exit, message) in expected {
            let ran = world.run(&format!("trend {arguments}"));
            assert_eq!((ran.exit, ran.stdout.as_str()), (*exit, ""), "{arguments}: {}", ran.stderr);
            assert_contains(&ran.stderr, &["error: ", message], arguments);
        }
    };
    let since = "--since 2020-01-01";
    cases(&[
        ("w", 2, "--since <YYYY-MM-DD>"),
        ("w --since soon", 2, "invalid value"),
        ("w --since 9999-01-01", 2, "after the last day"),
        ("w --since 2020-01-01 --most 0", 2, "0 is not in 1..=1000"),
        ("w --since 2020-01-01", 2, "the lockfile is in no git repository"),
    ]);
    git(&world, "2020-01-01", &["init", "--quiet", "--initial-branch=main"]);
    cases(&[(&format!("w {since}"), 3, "no commits yet")]);
    world.write("w/.gitignore", "Cargo.lock\n");
    commit(&world, "2020-01-01");
    cases(&[(&format!("w {since}"), 3, "no commit since 2020-01-01 changed it")]);
    git(&world, "2020-01-01", &["clone", "--quiet", "--bare", ".", "../bare"]);
    cases(&[(&format!("bare {since}"), 2, "a bare repository has no checkout")]);
    let mut without_git = world.command(&format!("trend w {since}"));
    let output = without_git.env("PATH", "/nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_contains(&String::from_utf8(output.stderr).unwrap(), &["`git` program"], "");
}

#[test]
fn a_commit_without_a_lockfile_that_can_be_read_is_left_out_aloud() {
    let world = World::small();
    git(&world, "2020-01-01", &["init", "--quiet", "--initial-branch=main"]);
    commit(&world, "2020-01-01");
    std::fs::remove_file(world.path("w/Cargo.lock")).unwrap();
    commit(&world, "2020-02-01");
    world.write("w/Cargo.lock", "<<<<<<< HEAD");
    commit(&world, "2020-03-01");
    world.write("w/Cargo.lock", lockfile(&[("soap", "1.0.0")]));
    commit(&world, "2020-04-01");
    let arguments = "--since 2020-01-01 --as-of 2020-05-01 --format json";
    let ran = world.run(&format!("trend w {arguments}"));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_contains(
        &ran.stderr,
        &["2020-03-02 is left out: unresolved merge", "2020-02-02 is left out: it was deleted"],
        "",
    );
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((report["rows"].as_array().unwrap().len(), &report["commits"]), (2, &json!(4)));
    assert_eq!(report["rows"][0]["without_history"], 1);

    let url = format!("file://{}", world.path("w").display());
    git(&world, "2020-05-01", &["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let ran = world.run(&format!("trend shallow {arguments}"));
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_contains(&ran.stderr, &["shallow clone", "git fetch --unshallow"], "");
}
