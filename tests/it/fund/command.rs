//! `headwater fund` as a user runs it.

use std::process::Command;

use crate::case::write;

const LOCK: &str = r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["gitty"]

[[package]]
name = "gitty"
version = "0.1.0"
source = "git+https://git.example/owner/gitty#0123456789abcdef0123456789abcdef01234567"
"#;

#[test]
fn runs_come_out_as_written() {
    // Arguments, exit code, fragments of standard output and of standard error.
    let cases: [(&str, i32, &[&str], &[&str]); 9] = [
        // No release history speaks for a git dependency: no amount can be told.
        (
            "--budget 1000 --cap 100",
            0,
            &[
                "Fund: 1000.00 USD",
                "no payments",
                "left            1000.00",
                "Not assessed: 1 project",
                "1 project: not from a registry: owner/gitty",
            ],
            &[],
        ),
        ("--budget 1000 --currency eur --developers 9", 0, &["not comparable without a rate"], &[]),
        (
            "--budget 1000 --format csv",
            0,
            &["not assessed,,,,,,owner/gitty,https://git.example/owner/gitty", "left,1000.00,USD"],
            &[],
        ),
        (
            "--budget 1000 --format json --include-maintained",
            0,
            &["\"left_hundredths\": 100000", "\"include_maintained\": true", "\"payees\": null"],
            &[],
        ),
        (
            "--budget 1000 --exclude gitty --exclude other",
            0,
            &["Fund: 1000.00 USD", "no payments", "excluded        owner/gitty"],
            &["`--exclude other` matches no upstream project"],
        ),
        ("--budget 0", 2, &[], &["`--budget` is zero"]),
        ("--budget 20", 2, &[], &["`--floor`"]),
        ("--budget 12.345", 2, &[], &["write it as 5000 or 5000.00"]),
        ("", 2, &[], &["--budget <AMOUNT>"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("Cargo.lock"), LOCK);
    for (arguments, exit, stdout, stderr) in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_headwater"))
            .current_dir(folder.path())
            .arg("fund")
            .args(arguments.split_whitespace())
            .args(["Cargo.lock", "--cargo-home", "home", "--cache-dir", "cache", "--offline"])
            .args(["--as-of", "2026-08-21"])
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        assert_eq!(output.status.code(), Some(exit), "{arguments}: {told:?}");
        for (expected, text) in [stdout, stderr].into_iter().zip(&told) {
            let absent: Vec<_> = expected.iter().filter(|it| !text.contains(**it)).collect();
            assert!(absent.is_empty(), "{arguments}: no {absent:?} in\n{text}");
        }
    }
}
