//! Runs of the program as data: beside each case of `tests/cases/cli` lies a `.toml` with its runs.

use serde::Deserialize;

use super::world::World;
use crate::case::{case_path, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Runs {
    run: Vec<Run>,
}

/// One run and what comes of it. White space in texts counts as one space.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    arguments: String,
    exit: i32,
    /// Fragments of standard output.
    #[serde(default)]
    stdout: Vec<String>,
    /// Fragments that standard output lacks.
    #[serde(default)]
    not_stdout: Vec<String>,
    /// Fragments of standard error; without any it is empty.
    #[serde(default)]
    stderr: Vec<String>,
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_run_of_every_case_comes_out_as_written() {
    let validator = {
        let schema = World::empty().run("schema").stdout;
        jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap()
    };
    let mut problems = Vec::new();
    for case in cases("cli") {
        let world = World::of(&case);
        let runs = case_path(&format!("cli/{}.toml", case.name));
        let runs = std::fs::read_to_string(runs).unwrap();
        let runs: Runs = toml::from_str(&runs).unwrap();
        for expected in runs.run {
            let ran = world.run(&expected.arguments);
            let (stdout, stderr) = (words(&ran.stdout), words(&ran.stderr));
            let mut wrong = Vec::new();
            if ran.exit != expected.exit {
                wrong.push(format!("exit code is {}, not {}", ran.exit, expected.exit));
            }
            let lacks = |text: &str, fragment: &String| !text.contains(&words(fragment));
            let lacking = expected.stdout.iter().filter(|it| lacks(&stdout, it));
            wrong.extend(lacking.map(|it| format!("no `{it}` on standard output")));
            let there = expected.not_stdout.iter().filter(|it| !lacks(&stdout, it));
            wrong.extend(there.map(|it| format!("`{it}` on standard output")));
            let lacking = expected.stderr.iter().filter(|it| lacks(&stderr, it));
            wrong.extend(lacking.map(|it| format!("no `{it}` on standard error")));
            if expected.stderr.is_empty() && !stderr.is_empty() {
                wrong.push("standard error is not empty".to_owned());
            }
            if expected.arguments.contains("--format json") && ran.exit < 2 {
                let report = serde_json::from_str(&ran.stdout).unwrap();
                wrong.extend(validator.iter_errors(&report).map(|error| error.to_string()));
            }
            if !wrong.is_empty() {
                let output = [ran.stdout, ran.stderr];
                let [out, err] = output.map(|it| it.chars().take(2000).collect::<String>());
                problems.push(format!(
                    "{}: headwater {}\n{}\n--- stdout\n{out}\n--- stderr\n{err}",
                    case.name,
                    expected.arguments,
                    wrong.join("\n")
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
