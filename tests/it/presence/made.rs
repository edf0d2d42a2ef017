//! Small workspaces, each made for one rule of Cargo's.
//!
//! A case of `tests/cases/presence` is a workspace in the folder `w`. A line about it that begins
//! with `options:` adds a choice of platform and features. Every package gets an empty library. All dependencies are paths, so that no registry
//! is needed, or git repositories made of the folders in `git/`, at the address `{git}/<name>`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::case::{Case, cases, write};

use super::compare::{Options, Workspace, cargo, compare};

fn write_files(case: &Case, root: &Path) {
    let address = format!("file://{}/git", root.display());
    for (path, text) in &case.files {
        let path = root.join(path);
        write(&path, text.replace("{git}", &address));
        if path.ends_with("Cargo.toml") {
            let folder = path.parent().unwrap();
            write(&folder.join("src/lib.rs"), "");
            write(&folder.join("build.rs"), "fn main() {}");
        }
    }
}

/// Makes each folder under `git` a repository with one commit.
fn make_repositories(root: &Path) {
    for entry in fs::read_dir(root.join("git")).into_iter().flatten() {
        let folder = entry.unwrap().path();
        for arguments in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "."],
            &["-c", "user.name=a", "-c", "user.email=a@a.example", "commit", "--quiet", "-m", "a"],
        ] {
            let status = Command::new("git").args(arguments).current_dir(&folder).status().unwrap();
            assert!(status.success(), "git {arguments:?}");
        }
    }
}

/// The choices of a case; the first is Cargo's default.
fn choices(about: &str) -> Vec<Options<'_>> {
    let mut choices = vec![Options::default()];
    for line in about.lines().filter_map(|line| line.strip_prefix("options:")) {
        let mut choice = Options::default();
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "--target" => choice.target = words.next(),
                "--features" => choice.features = words.next().unwrap(),
                "--all-features" => choice.all_features = true,
                "--no-default-features" => choice.no_default_features = true,
                _ => panic!("{word}"),
            }
        }
        choices.push(choice);
    }
    choices
}

#[test]
fn presence_in_made_workspaces_is_as_cargo_tree_says() {
    let cases = cases("presence");
    assert!(cases.len() > 10, "{cases:?}");
    let mut problems = Vec::new();
    for case in cases {
        let name = &case.name;
        let folder = tempfile::tempdir().unwrap();
        write_files(&case, folder.path());
        make_repositories(folder.path());
        let workspace = Workspace {
            folder: folder.path().join("w"),
            cargo_home: Some(folder.path().join("cargo-home")),
        };
        let output = cargo(&workspace, &["fetch", "--quiet"]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let mut distinct = BTreeSet::new();
        for options in choices(&case.about) {
            let compared = compare(&workspace, options);
            let compared = compared.unwrap_or_else(|why| panic!("{name} {options:?}: {why}"));
            problems.extend(compared.differences.iter().map(|it| format!("{name}: {it}")));
            distinct.extend(compared.sizes);
        }
        // A case where every set is the same would show nothing.
        if distinct.len() < 2 {
            problems.push(format!("{name}: every set has {distinct:?} packages"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
