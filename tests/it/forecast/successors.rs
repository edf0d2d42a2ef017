//! `headwater forecast successors`, and the table it made.

use std::path::Path;
use std::process::{Command, Output};

use headwater::source::successors::Successors;
use headwater::world;
use jiff::civil::date;

use crate::data;

#[test]
fn the_shipped_table_is_what_the_command_prints() {
    let Some(data) = data::folder("the test of successors against the index") else { return };
    let table = |name: &str| data.join("backtest").join(name);
    let repositories = table("crate-meta.tsv.zst");
    let printed =
        world::successors::table(&table("index-slim.jsonl.zst"), Some(&repositories)).unwrap();
    assert_eq!(printed, include_str!("../../../rules/successors.tsv"));
}

#[test]
fn well_known_successors_are_known_from_their_day() {
    let end = date(2026, 11, 1);
    for (from, to) in [
        ("atty", "is-terminal"),
        ("failure", "thiserror"),
        ("lazy_static", "once_cell"),
        ("tempdir", "tempfile"),
        ("structopt", "clap"),
        ("net2", "socket2"),
        ("proc-macro-error", "proc-macro-error2"),
    ] {
        let found = Successors::shipped().of(from, end);
        assert_eq!(found.first().map(|it| it.name.as_str()), Some(to), "{from}");
    }
    for healthy in ["serde", "libc", "log", "tokio", "syn", "is-terminal"] {
        assert_eq!(Successors::shipped().of(healthy, end), [], "{healthy}");
    }
    let of_failure = |year| -> Vec<_> {
        let found = Successors::shipped().of("failure", date(year, 1, 1));
        found.into_iter().map(|it| it.name).collect()
    };
    assert_eq!(of_failure(2019), [""; 0]);
    assert_eq!(of_failure(2021), ["thiserror", "anyhow"]);
}

fn headwater(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_headwater"))
        .args(["forecast", "successors"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn the_command_prints_a_table_and_complains() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for (number, name) in ["wash", "rinse", "dry"].into_iter().enumerate() {
        let day = number + 1;
        for (version, year, dependency) in [("1.0.0", 2020, "lye"), ("1.1.0", 2021, "soap")] {
            let time = format!("{year}-01-0{day}T00:00:00Z");
            lines += &format!(
                r#"{{"n":"{name}","v":"{version}","t":"{time}","d":[["{dependency}","^1",""]]}}"#
            );
            lines.push('\n');
        }
    }
    for number in 0..40 {
        for (version, dependency) in [("1.0.0", "old"), ("1.1.0", "new")] {
            lines += &format!(
                r#"{{"n":"other{number}","v":"{version}","t":"2020-06-01T00:00:00Z","d":[["{dependency}{number}","^1",""]]}}"#
            );
            lines.push('\n');
        }
    }
    std::fs::write(folder.path().join("all.jsonl"), lines).unwrap();
    std::fs::write(folder.path().join("none.jsonl"), "").unwrap();
    let output = headwater(folder.path(), &["--dependencies", "all.jsonl"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "# Which packages dependents dropped for which others: since when that is credible (until when,\n\
         # since when again), and the days on which they did. With `-`: how many had depended on the\n\
         # package by the end of a year, and the days on which any dropped it\n\
         # command: headwater forecast successors --dependencies all.jsonl\n\
         # data: 86 releases of 43 packages, up to 2021-01-03\n\
         from\tto\tcredible\tdays\n\
         lye\t-\t2020:3\t2021-01-01 2021-01-02 2021-01-03\n\
         lye\tsoap\t2021-01-03\t2021-01-01 2021-01-02 2021-01-03\n"
    );
    for (arguments, expected) in [
        (&["--dependencies", "none.jsonl"][..], "the table has no release"),
        (&["--dependencies", "absent.jsonl"], "cannot read"),
        (&["--dependencies", "all.jsonl", "--repositories", "all.jsonl"], "no column `crate`"),
        (&[], "--dependencies <FILE>"),
    ] {
        let output = headwater(folder.path(), arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}
