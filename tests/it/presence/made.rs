//! Small workspaces, each made for one rule of Cargo's.
//!
//! A case of `tests/cases/presence` is a workspace in the folder `w`. A line about it that begins
//! with `options:` adds a choice of platform and features, one with `refused:` a choice that Cargo
//! refuses, one with `unstable:` a feature of Cargo's that is not stable yet. Every package gets an
//! empty library.
//!
//! Dependencies are paths, git repositories made of the folders in `git/` (the address
//! `{git}/<name>`, with a branch `topic/main`), or from registries made of the folders in
//! `registry/<name>`: the `index`, in whose lines `{cksum}` is filled in, and package sources in
//! `crates/<name>-<version>` (the address of the index is `{registry}/<name>/index`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ring::digest::{SHA256, digest};

use crate::case::{Case, cases, write};

use super::compare::{Options, Workspace, accepted_by, cargo, compare};

fn write_files(case: &Case, root: &Path) {
    let git = format!("file://{}/git", root.display());
    let registry = format!("file://{}/registry", root.display());
    for (path, text) in &case.files {
        let path = root.join(path);
        write(&path, text.replace("{git}", &git).replace("{registry}", &registry));
        if path.ends_with("Cargo.toml") {
            let folder = path.parent().unwrap();
            write(&folder.join("src/lib.rs"), "");
            write(&folder.join("build.rs"), "fn main() {}");
        }
    }
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}

fn run(program: &str, arguments: &[&str], folder: &Path) {
    let status = Command::new(program).args(arguments).current_dir(folder).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

/// Makes a folder a repository with one commit.
fn make_repository(folder: &Path) {
    run("git", &["init", "--quiet", "--initial-branch=main"], folder);
    run("git", &["add", "--force", "."], folder);
    let name = ["-c", "user.name=a", "-c", "user.email=a@a.example"];
    run("git", &[&name[..], &["commit", "--quiet", "-m", "a"]].concat(), folder);
    run("git", &["branch", "topic/main"], folder);
}

/// Packs the sources of a registry, and completes its index, which becomes a repository.
fn make_registry(folder: &Path) {
    let crates = folder.join("crates");
    let mut checksums = BTreeMap::new();
    for source in folders(&crates) {
        let name = source.file_name().unwrap().to_str().unwrap();
        run("tar", &["-czf", &format!("{name}.crate"), name], &crates);
        let archive = fs::read(crates.join(format!("{name}.crate"))).unwrap();
        let digest = digest(&SHA256, &archive);
        let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        checksums.insert(name.to_owned(), hex);
    }
    let index = folder.join("index");
    for file in folders(&index).iter().flat_map(|folder| folders(folder)).flat_map(fs::read_dir) {
        for path in file.map(|entry| entry.unwrap().path()) {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| !line.is_empty()).map(|line| {
                let release: serde_json::Value = serde_json::from_str(line).unwrap();
                let [name, version] = ["name", "vers"].map(|key| release[key].as_str().unwrap());
                line.replace("{cksum}", &checksums[&format!("{name}-{version}")]) + "\n"
            });
            write(&path, lines.collect::<String>());
        }
    }
    let address = format!("file://{}/{{crate}}-{{version}}.crate", crates.display());
    write(&index.join("config.json"), serde_json::json!({ "dl": address }).to_string());
    make_repository(&index);
}

fn make_sources(root: &Path) {
    folders(&root.join("git")).iter().for_each(|folder| make_repository(folder));
    folders(&root.join("registry")).iter().for_each(|folder| make_registry(folder));
}

/// The choices of a case that a line begins with this word.
fn choices<'a>(about: &'a str, word: &str) -> Vec<Options<'a>> {
    let mut choices = Vec::new();
    for line in about.lines().filter_map(|line| line.strip_prefix(word)) {
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
        make_sources(folder.path());
        let unstable = case.about.lines().find_map(|line| line.strip_prefix("unstable: "));
        let workspace = Workspace {
            folder: folder.path().join("w"),
            cargo_home: Some(folder.path().join("cargo-home")),
            unstable: unstable.map(str::to_owned),
        };
        let output = cargo(&workspace, &["fetch", "--quiet"]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let mut distinct = BTreeSet::new();
        // The first choice is Cargo's default.
        let built = std::iter::once(Options::default()).chain(choices(&case.about, "options:"));
        for options in built {
            match compare(&workspace, options) {
                Ok(compared) => {
                    problems.extend(compared.differences.iter().map(|it| format!("{name}: {it}")));
                    distinct.extend(compared.sizes);
                }
                Err(why) => problems.push(format!("{name} {options:?}: {why}")),
            }
        }
        for options in choices(&case.about, "refused:") {
            if let Some(who) = accepted_by(&workspace, options) {
                problems.push(format!("{name}: {options:?} is not refused by {who}"));
            }
        }
        // A case where every set is the same would show nothing.
        if distinct.len() < 2 {
            problems.push(format!("{name}: every set has {distinct:?} packages"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
