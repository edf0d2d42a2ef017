//! How output looks and where it goes.

use std::io::Read;
use std::process::Stdio;

use super::world::{World, assert_contains};

const AUDIT: &str = "audit w --as-of 2024-05-01";

#[test]
fn several_reports_in_one_run_are_what_single_runs_print() {
    let world = World::named("demo");
    let ran = world.run(&format!("{AUDIT} -o json=report.json -o terminal=report.txt"));
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_eq!(world.read("report.txt"), ran.stdout);
    assert_eq!(world.read("report.json"), world.run(&format!("{AUDIT} --format json")).stdout);
}

#[test]
fn two_runs_print_the_same_bytes_with_and_without_the_memo() {
    let world = World::named("demo");
    for format in ["terminal", "json"] {
        let arguments = format!("{AUDIT} --format {format}");
        let _ = std::fs::remove_dir_all(world.path("cache"));
        let cold = world.run(&arguments);
        let memo = std::fs::read_dir(world.path("cache")).unwrap().count();
        assert!(memo > 0, "nothing is remembered");
        let remembered = world.run(&arguments);
        assert_eq!((cold.stdout, cold.stderr), (remembered.stdout, remembered.stderr));
    }
}

#[test]
fn colour_is_for_those_who_ask() {
    let world = World::named("demo");
    let cases = [
        ("", &[][..], false),
        ("--color always", &[], true),
        ("--color never", &[("CLICOLOR_FORCE", "1")], false),
        ("--color always", &[("NO_COLOR", "1")], true),
        ("", &[("CLICOLOR_FORCE", "1")], true),
        ("", &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
    ];
    for (arguments, variables, coloured) in cases {
        let mut command = world.command(&format!("{AUDIT} {arguments} -o terminal=report"));
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(stdout.contains('\u{1b}'), coloured, "{arguments} {variables:?}");
        assert!(!world.read("report").contains('\u{1b}'), "a file is never coloured");
    }
}

#[test]
fn a_report_fits_its_columns() {
    let world = World::named("demo");
    for arguments in
        [AUDIT, "explain parser w --as-of 2024-05-01", "explain class w", "explain disclosure"]
    {
        for columns in [40, 60, 100] {
            let mut command = world.command(arguments);
            let output = command.env("COLUMNS", columns.to_string()).output().unwrap();
            let stdout = String::from_utf8(output.stdout).unwrap();
            assert!(stdout.lines().count() > 10, "{stdout}");
            // A purl, address, vector or date range without a space is never broken.
            let long = |line: &&str| {
                line.chars().count() > columns
                    && line.split_whitespace().all(|word| word.chars().count() < columns - 16)
            };
            // Commands are copied whole.
            let is_command = |line: &&str| line.trim_start().starts_with("cargo update ");
            let long = stdout.lines().filter(|line| !is_command(line)).find(long);
            assert_eq!(long, None, "{arguments} in {columns}:\n{stdout}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let world = World::named("demo");
    for arguments in [&format!("{AUDIT} --format json"), "schema", "completions zsh", "--help"] {
        let mut command = world.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 1]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.code().is_some(), "{arguments}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
    }
}

#[test]
fn notes_are_silenced_and_warnings_are_not() {
    let world = World::named("demo");
    let later = "audit w --as-of 2024-07-01";
    assert_contains(&world.run(later).stderr, &["note: the given advisory database"], "");
    assert_eq!(world.run(&format!("{later} --quiet")).stderr, "");
    let much_later = world.run("audit w --as-of 2025-07-01 --quiet");
    assert_contains(&much_later.stderr, &["warning: the given advisory database"], "");
}

#[test]
fn completions_manual_help_and_version_are_printed() {
    let world = World::empty();
    for (arguments, expected) in [
        ("completions bash", "complete -F _headwater"),
        ("completions zsh", "#compdef headwater"),
        ("completions fish", "complete -c headwater"),
        ("man", ".TH headwater"),
        ("--help", "Exit codes:"),
        ("audit --help", "--advisory-db"),
        ("--version", concat!("headwater ", env!("CARGO_PKG_VERSION"))),
        ("schema", "urn:headwater:report:2"),
        ("schema audit", "urn:headwater:report:2"),
        ("schema fund", "urn:headwater:fund:2"),
        ("schema trend", "urn:headwater:trend:1"),
    ] {
        let ran = world.run(arguments);
        assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{arguments}");
        assert_contains(&ran.stdout, &[expected], arguments);
    }
}

#[test]
fn nothing_is_written_but_in_the_cache_directory() {
    let world = World::named("demo");
    let _ = world.run(AUDIT);
    let _ = world.run("db status");
    let mut names: Vec<String> = std::fs::read_dir(world.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.ends_with(".toml"));
    names.sort();
    assert_eq!(names, ["advisories", "cache", "home", "kev.json", "w"]);
}
