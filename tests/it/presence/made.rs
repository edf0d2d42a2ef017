//! Small workspaces, each made for one rule of Cargo's.
//!
//! A file in `tests/cases/presence` is a workspace: `-- path --` begins a file. Lines before the
//! first say what it is about; one that begins with `options:` adds a choice of platform and
//! features. Every package gets an empty library. All dependencies are paths, so that no registry
//! is needed, or git repositories made of the folders in `git/`, at the address `{git}/<name>`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compare::{Options, Workspace, cargo, compare};

fn write_files(text: &str, root: &Path) {
    let root_address = root.join("git").display().to_string();
    let mut file: Option<PathBuf> = None;
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            let path = root.join(path);
            let folder = path.parent().unwrap();
            fs::create_dir_all(folder).unwrap();
            if path.ends_with("Cargo.toml") {
                fs::create_dir(folder.join("src")).unwrap();
                fs::write(folder.join("src/lib.rs"), "").unwrap();
                fs::write(folder.join("build.rs"), "fn main() {}").unwrap();
            }
            fs::write(&path, "").unwrap();
            file = Some(path);
        } else if let Some(path) = &file {
            let line = line.replace("{git}", &format!("file://{root_address}"));
            let before = fs::read_to_string(path).unwrap();
            fs::write(path, format!("{before}{line}\n")).unwrap();
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
fn choices(text: &str) -> Vec<Options<'_>> {
    let mut choices = vec![Options::default()];
    let head = text.split("\n-- ").next().unwrap();
    for line in head.lines().filter_map(|line| line.strip_prefix("options:")) {
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
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/presence");
    let mut paths: Vec<_> =
        fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    let mut problems = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().display().to_string();
        let folder = tempfile::tempdir().unwrap();
        write_files(&text, folder.path());
        make_repositories(folder.path());
        let workspace = Workspace {
            folder: folder.path().join("w"),
            cargo_home: Some(folder.path().join("cargo-home")),
        };
        let output = cargo(&workspace, &["fetch", "--quiet"]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let mut distinct = BTreeSet::new();
        for options in choices(&text) {
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
