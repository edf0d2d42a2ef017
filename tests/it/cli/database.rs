//! The advisory database by command: built, updated from a repository, described.

use std::process::Command;

use super::world::{World, assert_contains};

/// Makes the advisories of a world a git repository, as its address.
pub(super) fn repository(world: &World) -> String {
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

    let failed = world.run("db update --advisories-only --url file:///nowhere/at/all");
    assert_eq!(failed.exit, 4, "{}", failed.stderr);
    assert_contains(&failed.stderr, &["error: ", "/nowhere/at/all"], "");
    assert_contains(&world.run("db status").stdout, &["embedded"], "");

    let updated = world.run(&format!("db update --advisories-only --url {url}"));
    assert_eq!(updated.exit, 0, "{}", updated.stderr);
    assert_contains(&updated.stdout, &["copy       updated", "advisories 8"], "");

    // What is in use survives a later failure, and an audit uses it.
    assert_eq!(world.run("db update --advisories-only --url file:///nowhere/at/all").exit, 4);
    assert_eq!(world.run("db status").stdout, updated.stdout);
    std::fs::remove_dir_all(world.path("advisories")).unwrap();
    let ran = world.run("audit --all w --quiet");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_contains(&ran.stdout, &["RUSTSEC-2024-0001", "8 from RustSec"], "");
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
    let audit = |as_of: &str| world.run(&format!("audit --all w --as-of {as_of}"));
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

/// What the verdict needs of the advisories and lacks is no pass.
#[test]
fn advisories_that_cannot_be_read_or_do_not_count_are_no_pass() {
    const GOOD: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"else\"\n\
                        date = \"2024-02-03\"\n[versions]\npatched = []\n```\n# T\n";
    let world = || {
        let world = World::small();
        world.write("advisories/crates/else/RUSTSEC-2024-0001.md", GOOD);
        world
    };
    let day = "--as-of 2024-06-01";
    let plain = world();
    assert_eq!(plain.run(&format!("audit w {day}")).exit, 0);

    let about_others = world();
    about_others.write("advisories/crates/more/RUSTSEC-2024-0002.md", "broken");
    assert_eq!(about_others.run(&format!("audit w {day}")).exit, 0);

    let about_locked = world();
    about_locked.write("advisories/crates/app/RUSTSEC-2024-0002.md", "broken");
    let unread = "unreadable advisories about locked packages: 1, first `RUSTSEC-2024-0002.md`";
    // A compiled copy still says so.
    let built = about_locked.run("db build --from advisories -o made");
    assert_eq!(built.exit, 0, "{}", built.stderr);
    for arguments in [format!("audit w {day}"), format!("audit w {day} --advisory-db made")] {
        let ran = about_locked.run(&arguments);
        assert_eq!(ran.exit, 4, "{arguments}\n{}", ran.stdout);
        let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_contains(&words, &[unread], &arguments);
    }

    let early = world();
    repository_of(&early, "2090-01-01T12:00:00Z");
    assert_eq!(early.run(&format!("audit w {day}")).exit, 0);
    let ran = early.run("audit w");
    assert_eq!(ran.exit, 4, "{}", ran.stdout);
    assert_contains(&ran.stdout, &["the clock says 2"], &ran.stderr);

    let hollow = World::small();
    hollow.write("made", "{\"format\":2,\"name\":\"RustSec\",\"commit\":null,\"date\":null,\"licence\":\"\",\"skipped\":0,\"advisories\":0,\"crc32\":0}\n");
    let ran = hollow.run("audit w --advisory-db made");
    assert_eq!((ran.exit, ran.stdout.as_str()), (4, ""));
    assert_contains(&ran.stderr, &["holds no advisory"], "");
}

/// A record with an entry for Windows and one for all platforms, about different versions.
#[test]
fn entries_of_one_record_keep_their_own_limits() {
    let world = World::small();
    world.write(
        "advisories/A-1.json",
        r#"{"id":"A-1","modified":"2024-01-01T00:00:00Z","affected":[
        {"package":{"ecosystem":"crates.io","name":"dep"},"versions":["2.0.0"],
         "ecosystem_specific":{"affects":{"os":["windows"]}}},
        {"package":{"ecosystem":"crates.io","name":"dep"},"versions":["1.0.0"]}]}"#,
    );
    let registry = tame_index::CRATES_IO_INDEX;
    let locked = |version: &str| {
        format!(
            "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = \
             [\"dep\"]\n[[package]]\nname = \"dep\"\nversion = \"{version}\"\n\
             source = \"registry+{registry}\"\n"
        )
    };
    let manifest = |version: &str| {
        format!(
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\n[dependencies]\ndep = \"{version}\"\n"
        )
    };
    for (version, exit) in [("1.0.0", 1), ("2.0.0", 0)] {
        world.write("w/Cargo.lock", locked(version));
        world.write("w/Cargo.toml", manifest(version));
        let ran = world.run("audit w --target x86_64-unknown-linux-gnu");
        assert_eq!(ran.exit, exit, "{version}\n{}\n{}", ran.stdout, ran.stderr);
    }
    // The host builds for itself, so that Windows counts there too.
    let ran = world.run("audit w --target x86_64-pc-windows-msvc");
    assert_eq!(ran.exit, 1, "{}", ran.stdout);
}
