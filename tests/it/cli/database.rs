//! The advisory database by command: built, updated from a repository, described.

use std::process::Command;

use super::world::{World, assert_contains};

/// Makes the advisories of a world a git repository, as its address.
fn repository(world: &World) -> String {
    repository_of(world, "2024-05-09T12:00:00Z")
}

/// The same, committed at a time.
fn repository_of(world: &World, time: &str) -> String {
    let folder = world.path("advisories");
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@a.example", "commit", "--quiet", "-m", "a"],
    ] {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(&folder).env("GIT_COMMITTER_DATE", time);
        assert!(git.status().unwrap().success(), "git {arguments:?}");
    }
    format!("file://{}", folder.display())
}

#[test]
fn an_update_takes_the_place_of_the_embedded_copy_and_a_failed_one_of_nothing() {
    let world = World::named("demo");
    let url = repository(&world);
    assert_contains(&world.run("db status").stdout, &["RustSec", "CISA KEV", "embedded"], "");

    let refused = world.run(&format!("db update --offline --url {url}"));
    assert_eq!((refused.exit, refused.stdout.as_str()), (2, ""));
    assert_contains(&refused.stderr, &["`--offline` forbids it"], "");

    let failed = world.run("db update --url file:///nowhere/at/all");
    assert_eq!(failed.exit, 4, "{}", failed.stderr);
    assert_contains(&failed.stderr, &["error: ", "/nowhere/at/all"], "");
    assert_contains(&world.run("db status").stdout, &["embedded"], "");

    let updated = world.run(&format!("db update --url {url}"));
    assert_eq!(updated.exit, 0, "{}", updated.stderr);
    assert_contains(&updated.stdout, &["copy       updated", "advisories 6"], "");

    // What is in use survives a later failure, and an audit uses it.
    assert_eq!(world.run("db update --url file:///nowhere/at/all").exit, 4);
    assert_eq!(world.run("db status").stdout, updated.stdout);
    std::fs::remove_dir_all(world.path("advisories")).unwrap();
    let ran = world.run("audit w --quiet");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_contains(&ran.stdout, &["RUSTSEC-2024-0001", "6 from RustSec"], "");
    let left: Vec<_> = std::fs::read_dir(world.path("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("update-"))
        .collect();
    assert_eq!(left, [""; 0], "temporary folders stay behind");
}

/// `RUSTSEC-2024-0001` is dated 1 May 2024, and its checkout got it in June.
#[test]
fn an_advisory_is_not_found_before_the_day_its_checkout_got_it() {
    let world = World::named("demo");
    let audit = |as_of: &str| world.run(&format!("audit w --as-of {as_of}"));
    let (id, note) = ("RUSTSEC-2024-0001", "count from their own dates");
    let own = audit("2024-05-10");
    assert_contains(&own.stdout, &[id], "");
    repository_of(&world, "2024-06-03T12:00:00Z");
    let before = audit("2024-06-02");
    assert!(!before.stdout.contains("RUSTSEC-"), "{}", before.stdout);
    let after = audit("2024-06-03");
    assert_contains(&after.stdout, &[id], "");
    assert!(!after.stderr.contains(note) && !before.stderr.contains(note), "{}", after.stderr);
    let explained = world.run(&format!("explain {id} w --as-of 2024-06-03")).stdout;
    assert_contains(&explained, &["2024-06-03, when the database first had it"], "");
}

#[test]
fn a_snapshot_file_gives_the_verdict_of_the_folder_it_was_made_from() {
    let world = World::named("demo");
    let built =
        world.run("db build --from advisories --commit 0123456 --date 2024-05-01 -o snapshot");
    assert_eq!((built.exit, built.stdout.as_str()), (0, ""), "{}", built.stderr);
    let arguments = "explain RUSTSEC-2024-0001 w --as-of 2024-05-01";
    let findings = |text: String| text.split("Sources").next().unwrap().to_owned();
    let from_folder = findings(world.run(arguments).stdout);
    let from_file = findings(world.run(&format!("{arguments} --advisory-db snapshot")).stdout);
    assert!(from_file.contains("CVE-2024-1111"));
    assert_eq!(from_file, from_folder);

    let nothing = world.run("db build --from nowhere");
    assert_eq!(nothing.exit, 4, "{}", nothing.stderr);
    assert_contains(&nothing.stderr, &["nowhere", "help: "], "");
}

#[test]
fn a_list_of_exploited_vulnerabilities_is_made_from_the_catalogue() {
    let world = World::named("demo");
    let built = world.run("db build --kev kev.json");
    let expected = "CISA KEV\t2024-05-10\nCVE-2024-1111\t2024-05-07\n";
    assert_eq!((built.exit, built.stdout.as_str()), (0, expected), "{}", built.stderr);
    for (arguments, reason) in [
        ("db build", "--from <DIR>"),
        ("db build --kev kev.json --from advisories", "cannot be used with"),
    ] {
        let refused = world.run(arguments);
        assert_eq!(refused.exit, 2, "{arguments}");
        assert_contains(&refused.stderr, &[reason], arguments);
    }
    assert_eq!(world.run("db build --kev nowhere").exit, 4);
}
