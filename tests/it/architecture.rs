//! Rules that the sources keep, so that the next change has an obvious place.

mod circles;

use std::path::Path;

/// Layers from the bottom up. A module uses modules of lower layers and itself, never a sibling.
const LAYERS: [&[&str]; 9] = [
    &["model"],
    &["read", "source", "advisory", "graph", "resolve"],
    &["signal", "rule", "forecast"],
    &["lens"],
    &["report"],
    &["config", "audit"],
    &["world"],
    &["run"],
    &["cli"],
];

/// What only the outermost modules may speak of: files, environment, processes, threads,
/// network, clock.
const OUTSIDE: [&str; 9] = [
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::net",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
];

/// Most lines of a source file.
const LINES: usize = 400;

/// What lies beside the fuzz targets and is no source.
const FUZZED: [&str; 5] = [
    "tests/fuzz/seeds",
    "tests/fuzz/target",
    "tests/fuzz/corpus",
    "tests/fuzz/artifacts",
    "tests/fuzz/Cargo.lock",
];

/// A file: its path in the repository and its text.
type File = (String, String);

/// A check of the sources: what breaks the rule, one text each.
type Check = fn(&[File]) -> Vec<String>;

fn read(path: &str, files: &mut Vec<File>) {
    // Seeds are any bytes; the rest is what fuzzing leaves behind.
    if FUZZED.contains(&path) {
        return;
    }
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if !full.is_dir() {
        files.push((path.to_owned(), std::fs::read_to_string(full).unwrap()));
        return;
    }
    for entry in std::fs::read_dir(full).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        read(&format!("{path}/{name}"), files);
    }
}

fn read_all(paths: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    paths.iter().for_each(|path| read(path, &mut files));
    files.sort();
    files
}

/// Lines that are not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The module under `src/` that a file belongs to.
fn module(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let first = inside.split('/').next().unwrap_or(inside);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn one_way(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !matches!(module(path), "lib" | "main")) {
        let from = module(path);
        let Some(height) = layer(from) else {
            complaints.push(format!("{path}: `{from}` is in no layer"));
            continue;
        };
        for line in code(text) {
            for used in line.split("crate::").skip(1) {
                let used = used.split(|it: char| !it.is_alphanumeric() && it != '_').next();
                let used = used.unwrap_or_default();
                if used != from && layer(used).is_none_or(|below| below >= height) {
                    complaints.push(format!("{path}: `{from}` uses `{used}`"));
                }
            }
            if line.contains("super::super::") {
                complaints.push(format!("{path}: a path up two modules hides where it leads"));
            }
        }
    }
    complaints
}

fn only_the_edge_touches_the_world(files: &[File]) -> Vec<String> {
    let inner = files.iter().filter(|(path, _)| !matches!(module(path), "world" | "cli" | "main"));
    let mut complaints = Vec::new();
    for (path, text) in inner {
        for line in code(text) {
            let found = OUTSIDE.iter().filter(|outside| line.contains(**outside));
            complaints.extend(found.map(|outside| format!("{path}: speaks of `{outside}`")));
            if line.contains("std::{") {
                complaints.push(format!("{path}: a grouped import hides what it brings in"));
            }
        }
    }
    complaints
}

/// Programs are started in three places: git on repositories that are not ours in one, as data
/// and with settings of our own; git for what lies elsewhere in another; and GitHub's `gh`.
fn programs_start_in_three_places(files: &[File]) -> Vec<String> {
    const BASE: &str = "src/world/git.rs";
    const GH: &str = "src/world/http/token.rs";
    let mut complaints = Vec::new();
    let no_tests = |path: &str| !path.ends_with("/tests.rs") && !path.contains("/tests/");
    for (path, text) in files.iter().filter(|(path, _)| no_tests(path)) {
        // Tests at the end of a file may start what they need.
        let text = text.split("#[cfg(test)]\n").next().unwrap_or_default();
        let text = text.split("#[cfg(all(test").next().unwrap_or_default();
        let counts = |what: &str| code(text).filter(|line| line.contains(what)).count();
        let (starts, gits) = (counts("Command::new("), counts("super::git()") + counts("= git()"));
        let (most_starts, most_gits) = match path.as_str() {
            BASE | GH => (1, 0),
            "src/world/git/local.rs" | "src/world/git/remote.rs" => (0, 1),
            _ => (0, 0),
        };
        if starts > most_starts || gits > most_gits {
            complaints.push(format!("{path}: starts a program"));
        }
        if path == BASE && !text.contains("\nfn git() -> Command {") {
            complaints.push(format!("{path}: hands out a git that is not bounded"));
        }
    }
    complaints
}

/// Every file below `src/` is declared by the file that stands above it.
fn every_file_is_declared(files: &[File]) -> Vec<String> {
    let is_root = |path: &str| matches!(path, "src/lib.rs" | "src/main.rs");
    let undeclared = files.iter().filter(|(path, _)| {
        let own = path.strip_suffix("/mod.rs").or(path.strip_suffix(".rs")).unwrap_or(path);
        let (folder, name) = own.rsplit_once('/').unwrap_or(("", own));
        let above = match folder {
            "src" => vec!["src/lib.rs".to_owned()],
            _ => vec![format!("{folder}.rs"), format!("{folder}/mod.rs")],
        };
        let declaration = format!("mod {name};");
        let declares = |text: &str| {
            let visibility = |line: &str| line.strip_suffix(&declaration).map(str::to_owned);
            code(text).filter_map(visibility).any(|it| it.is_empty() || it.starts_with("pub"))
        };
        !is_root(path) && !files.iter().any(|(path, text)| above.contains(path) && declares(text))
    });
    undeclared.map(|(path, _)| format!("{path}: no `mod` names it")).collect()
}

/// Whether a module has the function that a format is: an audit and options to a text.
fn is_format(text: &str) -> bool {
    let parameters = text.split("fn render(").nth(1).and_then(|rest| rest.split(')').next());
    parameters.is_some_and(|it| it.starts_with("audit: &Audit, ") && it.matches(',').count() == 1)
}

/// Every module of `src/report/` that is a format is in the table of formats.
fn every_format_is_in_the_table(files: &[File]) -> Vec<String> {
    let table = files.iter().find(|(path, _)| path == "src/report/mod.rs");
    let table = table.map(|(_, text)| text.as_str()).unwrap_or_default();
    let renderers = files.iter().filter_map(|(path, text)| {
        let own = path.strip_prefix("src/report/")?;
        let name = own.strip_suffix("/mod.rs").or(own.strip_suffix(".rs"))?;
        is_format(text).then_some(name)
    });
    let absent = renderers.filter(|name| !table.contains(&format!("render: {name}::render,")));
    absent.map(|name| format!("src/report: `{name}` is not in `FORMATS`")).collect()
}

fn small_files(files: &[File]) -> Vec<String> {
    let count = files.iter().map(|(path, text)| (path, text.lines().count()));
    let large = count.filter(|(_, lines)| *lines > LINES);
    large.map(|(path, lines)| format!("{path}: {lines} lines, split it")).collect()
}

fn dependencies_say_what_for(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path == "Cargo.toml") {
        let mut in_dependencies = false;
        let mut above = "";
        for line in text.lines() {
            if line.starts_with('[') {
                in_dependencies = line.ends_with("dependencies]");
            } else if in_dependencies && line.contains(" = ") && !above.starts_with("# ") {
                complaints.push(format!("{path}: `{line}` has no comment above it"));
            }
            above = line;
        }
    }
    complaints
}

/// The public registry is named as the ecosystem of OSV records, never as a host.
fn no_registry_host(files: &[File]) -> Vec<String> {
    let name = ["crates", "io"].join(".");
    let ecosystem = |line: &str| line.to_lowercase().contains("ecosystem") && !line.contains("//");
    let mut complaints = Vec::new();
    for (path, text) in files {
        let found = text.lines().filter(|line| line.contains(&name) && !ecosystem(line));
        complaints.extend(found.map(|line| format!("{path}: names a registry host in `{line}`")));
    }
    complaints
}

/// Checks of what is below `src/`.
const OF_SOURCES: [Check; 6] = [
    circles::no_circles,
    one_way,
    only_the_edge_touches_the_world,
    programs_start_in_three_places,
    every_file_is_declared,
    every_format_is_in_the_table,
];

#[test]
fn the_sources_keep_the_rules() {
    let files = read_all(&["src"]);
    assert!(files.len() > 100, "{} files", files.len());
    for check in OF_SOURCES {
        assert_eq!(check(&files), [""; 0]);
    }
    let code = read_all(&["src", "tests", "benches"]);
    assert_eq!(small_files(&code), [""; 0]);
    let documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "Cargo.toml"];
    let all = [code, read_all(&documents)].concat();
    assert_eq!(dependencies_say_what_for(&all), [""; 0]);
    assert_eq!(no_registry_host(&all), [""; 0]);
}

#[test]
fn every_check_can_fail() {
    let host = ["index", "crates", "io"].join(".");
    let long = "\n".repeat(LINES + 1);
    let cases: [(Check, &str, &str, usize); 25] = [
        (one_way, "src/lens/x.rs", "use crate::signal::a;\nuse crate::lens::b;", 0),
        (one_way, "src/model/x.rs", "//! See [`crate::cli`].", 0),
        (one_way, "src/model/x.rs", "use crate::read::a;", 1),
        (one_way, "src/read/x.rs", "fn f(a: crate::source::A, b: crate::graph::B) {}", 2),
        (one_way, "src/lens.rs", "use crate::{cli, model};", 1),
        (one_way, "src/lens/x.rs", "use super::super::report::a;", 1),
        (one_way, "src/new/x.rs", "", 1),
        (only_the_edge_touches_the_world, "src/world/x.rs", "use std::fs;", 0),
        (only_the_edge_touches_the_world, "src/read/x.rs", "// like std::fs\nenv!(\"A\")", 0),
        (only_the_edge_touches_the_world, "src/read/x.rs", "use std::thread;", 1),
        (only_the_edge_touches_the_world, "src/audit.rs", "jiff::Timestamp::now()", 1),
        (only_the_edge_touches_the_world, "src/audit.rs", "use std::{fs, io};", 1),
        (programs_start_in_three_places, "src/world/x.rs", "Command::new(\"git\")", 1),
        (programs_start_in_three_places, "src/world/x.rs", "let it = git();", 1),
        (programs_start_in_three_places, "src/world/git/local.rs", "git = super::git();", 0),
        (
            programs_start_in_three_places,
            "src/world/git.rs",
            "\npub(super) fn git() -> Command {",
            1,
        ),
        (programs_start_in_three_places, "src/x.rs", "#[cfg(test)]\nCommand::new(\"sh\")", 0),
        (every_file_is_declared, "src/lib.rs", "pub mod x;", 0),
        (every_file_is_declared, "src/source/x.rs", "", 1),
        (
            every_format_is_in_the_table,
            "src/report/x/mod.rs",
            "fn render(audit: &Audit, _: &Options)",
            1,
        ),
        (small_files, "src/x.rs", &long[1..], 0),
        (small_files, "src/x.rs", &long, 1),
        (dependencies_say_what_for, "Cargo.toml", "[dependencies]\n# why\na = \"1\"\nb = \"1\"", 1),
        (no_registry_host, "src/x.rs", &format!("\"ecosystem\": \"{}\"", &host[6..]), 0),
        (no_registry_host, "README.md", &format!("see https://{host}/"), 1),
    ];
    for (check, path, text, expected) in cases {
        let complaints = check(&[(path.to_owned(), text.to_owned())]);
        assert_eq!(complaints.len(), expected, "{path}: {text:?}: {complaints:?}");
    }
}
