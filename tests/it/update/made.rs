//! Small workspaces, each made for one rule of how Cargo chooses versions, with the plan expected.
//!
//! A case of `tests/cases/update` holds the manifests of a workspace in `w`, and of each line of
//!
//! - `releases`, a release: `NAME VERSION`, and after a `|` each a dependency
//!   (`NAME REQUIREMENT`, then `optional`, `dev`, `as OTHER` or `features=a,b`), or `@yanked`,
//!   `@links=x`, `@rust=1.80`, `@day=2024-01-01`, `@feature NAME=VALUE,VALUE`;
//! - `locked`, a package of the lockfile: `NAME VERSION -> NAME VERSION, NAME VERSION`;
//! - `advisories`, an advisory: `ID NAME PATCHED`, where `PATCHED` is a requirement or `none`;
//! - `lacks`, a name of which the local index has no entry, though the registry does;
//! - `plan`, a step: what it speaks of, what is to be done, and how it ends.
//!
//! Real Cargo then runs the commands of every step, each in a fresh copy, over the same releases
//! as a local registry, and the findings have to be gone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::case::{Case, cases, write};
use crate::cli::world::World;

const TODAY: &str = "2026-08-21";

fn section<'a>(case: &'a Case, name: &str) -> &'a str {
    let found = case.files.iter().find(|(path, _)| path == name);
    found.map_or("", |(_, text)| text.trim_end())
}

/// A line of the index.
fn release(line: &str) -> Value {
    let mut parts = line.split('|').map(str::trim);
    let (name, version) = parts.next().unwrap().split_once(' ').unwrap();
    let mut release = json!({
        "name": name, "vers": version, "deps": [], "features": {}, "features2": {}, "v": 2,
        "yanked": false, "cksum": "0".repeat(64), "pubtime": "2024-01-01T00:00:00Z",
    });
    for part in parts {
        match part.strip_prefix('@').map(|it| it.split_once('=').unwrap_or((it, ""))) {
            Some(("yanked", _)) => release["yanked"] = true.into(),
            Some(("links", library)) => release["links"] = library.into(),
            Some(("rust", version)) => release["rust_version"] = version.into(),
            Some(("day", day)) => release["pubtime"] = format!("{day}T00:00:00Z").into(),
            Some((feature, values)) => {
                let feature = feature.strip_prefix("feature ").unwrap();
                let values = values.split(',').filter(|it| !it.is_empty());
                release["features2"][feature] = values.collect::<Vec<_>>().into();
            }
            None => release["deps"].as_array_mut().unwrap().push(dependency(part)),
        }
    }
    release
}

fn dependency(text: &str) -> Value {
    let mut words = text.split_whitespace();
    let (package, requirement) = (words.next().unwrap(), words.next().unwrap());
    let mut dependency = json!({
        "name": package, "req": requirement.replace(',', ", "), "features": [], "optional": false,
        "default_features": true, "target": null, "kind": "normal",
    });
    while let Some(word) = words.next() {
        match word {
            "optional" => dependency["optional"] = true.into(),
            "dev" => dependency["kind"] = "dev".into(),
            "as" => {
                dependency["name"] = words.next().unwrap().into();
                dependency["package"] = package.into();
            }
            _ => {
                let features = word.strip_prefix("features=").unwrap();
                dependency["features"] = features.split(',').collect::<Vec<_>>().into();
            }
        }
    }
    dependency
}

/// The lockfile of a case; `app` and what the workspace holds have no source.
fn lockfile(case: &Case) -> String {
    let mut text = "version = 3\n".to_owned();
    let released: BTreeSet<String> = section(case, "releases")
        .lines()
        .map(|line| line.split('|').next().unwrap().trim().to_owned())
        .collect();
    for line in section(case, "locked").lines() {
        let (package, dependencies) = line.split_once("->").unwrap_or((line, ""));
        let (name, version) = package.trim().split_once(' ').unwrap();
        write!(text, "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n").unwrap();
        if released.contains(package.trim()) {
            writeln!(text, "source = \"registry+{}\"", tame_index::CRATES_IO_INDEX).unwrap();
        }
        let dependencies = dependencies.split(',').map(str::trim).filter(|it| !it.is_empty());
        let dependencies: Vec<_> = dependencies.map(|it| format!("\"{it}\"")).collect();
        writeln!(text, "dependencies = [{}]\n", dependencies.join(", ")).unwrap();
    }
    text
}

fn advisory(line: &str) -> (String, String) {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    let patched = match words[2] {
        "none" => "patched = []".to_owned(),
        patched => format!("patched = [\"{patched}\"]"),
    };
    let text = format!(
        "```toml\n[advisory]\nid = \"{}\"\npackage = \"{}\"\ndate = \"2026-01-01\"\n\n\
         [versions]\n{patched}\n```\n\n# Trouble\n\nText.\n",
        words[0], words[1]
    );
    (format!("advisories/crates/{}/{}.md", words[1], words[0]), text)
}

fn world(case: &Case) -> World {
    let world = World::empty();
    for (path, text) in case.files.iter().filter(|(path, _)| path.starts_with("w/")) {
        world.write(path, text);
        if path.ends_with("Cargo.toml") {
            world.write(&path.replace("Cargo.toml", "src/lib.rs"), "");
        }
    }
    world.write("w/Cargo.lock", lockfile(case));
    let mut names = BTreeSet::new();
    let releases: Vec<Value> = section(case, "releases").lines().map(release).collect();
    names.extend(releases.iter().map(|it| it["name"].as_str().unwrap()));
    for name in names {
        let lines = releases.iter().filter(|it| it["name"] == name);
        let lines: String = lines.map(|it| format!("{it}\n")).collect();
        if !section(case, "lacks").lines().any(|it| it == name) {
            world.publish(name, &lines);
        }
        let folder = match name.len() {
            1 => "1".to_owned(),
            2 => "2".to_owned(),
            3 => format!("3/{}", &name[..1]),
            _ => format!("{}/{}", &name[..2], &name[2..4]),
        };
        world.write(&format!("local/index/{folder}/{name}"), lines);
    }
    for (path, text) in section(case, "advisories").lines().map(advisory) {
        world.write(&path, text);
    }
    world
}

fn audit(world: &World, case: &Case, folder: &str) -> Value {
    let day = match section(case, "as-of") {
        "" => TODAY,
        day => day,
    };
    let ran = world.run(&format!("audit {folder} --format json --as-of {day}"));
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// A list of texts.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()
}

/// A step on one line.
fn shown(step: &Value) -> String {
    let mut parts = Vec::new();
    for change in step["changes"].as_array().unwrap() {
        let at = format!("{}:{}", change["manifest"].as_str().unwrap_or("?"), change["line"]);
        parts.push(format!(
            "{} = \"{}\" at {at}",
            change["dependency"].as_str().unwrap(),
            change["to"].as_str().unwrap()
        ));
    }
    parts.extend(texts(&step["commands"]).into_iter().map(str::to_owned));
    for by in step["blocked_by"].as_array().unwrap() {
        let accepts = by["accepts"].as_str().unwrap_or("itself");
        let since = by["last_release"].as_str().unwrap_or("unknown");
        parts.push(format!("{} {accepts} {since}", by["package"].as_str().unwrap()));
    }
    parts.extend(step["unknown"].as_str().map(str::to_owned));
    if let Some(rust) = step["needs_rust"].as_str() {
        parts.push(format!("needs Rust {rust}"));
    }
    if let Some(by) = step["covered_by"].as_u64() {
        parts.push(format!("covered by {by}"));
    }
    if step["to"].is_null() {
        parts.push("to a release not known".to_owned());
    }
    let lacks = texts(&step["index_lacks"]);
    if !lacks.is_empty() {
        parts.push(format!("lacks {}", lacks.join(" ")));
    }
    let findings = texts(&step["findings"]).join(" ");
    format!("{} {findings}: {}", step["outcome"].as_str().unwrap(), parts.join("; "))
}

/// Cargo over the releases of the case, without network.
fn cargo(world: &World, folder: &str, arguments: &str) -> Output {
    let local = world.path("local");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(world.path(folder)).stdin(Stdio::null());
    command.env("CARGO_HOME", world.path("cargo-home"));
    command.args(["--config", "source.crates-io.replace-with='local'"]);
    command.args(["--config", &format!("source.local.local-registry='{}'", local.display())]);
    command.args(arguments.split_whitespace().skip(1)).arg("--offline").output().unwrap()
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy(&from, &to),
            false => write(&to, std::fs::read(&from).unwrap()),
        }
    }
}

/// Writes the requirement that a step asks for; the lines of cases are of the form `a = "1"`.
fn change(world: &World, folder: &str, change: &Value) {
    let path = format!("{folder}/{}", change["manifest"].as_str().unwrap());
    let at = change["line"].as_u64().unwrap() as usize - 1;
    let text = world.read(&path);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (before, rest) = lines[at].split_once('"').unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    lines[at] = format!("{before}\"{}\"{after}", change["to"].as_str().unwrap());
    world.write(&path, lines.join("\n"));
}

/// Does what a step says with real Cargo, and tells what is wrong with it.
fn try_out(world: &World, case: &Case, step: &Value, at: usize) -> Option<String> {
    let folder = format!("try{at}");
    copy(&world.path("w"), &world.path(&folder));
    for it in step["changes"].as_array().unwrap() {
        change(world, &folder, it);
    }
    for command in texts(&step["commands"]) {
        let output = cargo(world, &folder, command);
        if !output.status.success() {
            return Some(format!("{command}: {}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    let after = audit(world, case, &folder);
    let left = after["findings"].as_array().unwrap().iter().find(|finding| {
        let is_it = |it: &Value| it["id"] == finding["id"];
        step["clears"].as_array().unwrap().iter().any(is_it)
    });
    left.map(|finding| format!("{} is still there: {}", finding["id"], shown(step)))
}

/// Takes all steps in order but those that another makes unnecessary, in one copy, and tells what
/// is promised and still there.
fn one_after_the_other(world: &World, case: &Case, steps: &[Value]) -> Option<String> {
    copy(&world.path("w"), &world.path("sequence"));
    let taken = || steps.iter().filter(|step| step["covered_by"].is_null());
    for step in taken() {
        for it in step["changes"].as_array().unwrap() {
            change(world, "sequence", it);
        }
        for command in texts(&step["commands"]) {
            let output = cargo(world, "sequence", command);
            let error = String::from_utf8_lossy(&output.stderr);
            if !output.status.success() && !error.contains("did not match any packages") {
                return Some(format!("in a row, {command}: {error}"));
            }
        }
    }
    let after = audit(world, case, "sequence");
    let found = after["findings"].as_array().unwrap().iter();
    let is_promised = |id: &Value| {
        taken().any(|step| step["clears"].as_array().unwrap().iter().any(|it| it["id"] == *id))
    };
    let left: Vec<&Value> = found.map(|it| &it["id"]).filter(|id| is_promised(id)).collect();
    (!left.is_empty()).then(|| format!("after all steps in a row there are still {left:?}"))
}

/// What the screen or the findings say of a step that the plan does not know.
fn unchecked(world: &World, report: &Value, steps: &[Value]) -> Option<String> {
    let mut unknown = steps.iter().filter(|step| step["outcome"] == "unknown").peekable();
    unknown.peek()?;
    let screen = world.run(&format!("audit w --as-of {TODAY} --all")).stdout;
    unknown.find_map(|step| {
        let package = step["package"].as_str().unwrap();
        let name = package.trim_start_matches("pkg:cargo/").split('@').next().unwrap();
        if screen.contains(&format!("cargo update -p {name}")) {
            return Some(format!("the screen has an unchecked command:\n{screen}"));
        }
        let found = report["findings"].as_array().unwrap().iter();
        let mut about = found.filter(|it| {
            it["package"] == package
                && texts(&step["findings"]).contains(&it["id"].as_str().unwrap())
        });
        let checked =
            |it: &&Value| it["fix"]["class"] == "update" || it["fix"]["class"] == "upgrade";
        about.find(checked).map(|it| format!("the plan does not know it, the fix does: {it}"))
    })
}

#[test]
fn plans_of_made_workspaces_are_as_expected_and_work_with_cargo() {
    let cases = cases("update");
    assert!(cases.len() > 10, "{}", cases.len());
    let mut problems = Vec::new();
    for case in cases {
        let world = world(&case);
        let report = audit(&world, &case, "w");
        let steps = report["plan"]["steps"].as_array().unwrap();
        let found: String = steps.iter().map(|step| shown(step) + "\n").collect();
        if found.trim_end() != section(&case, "plan") {
            problems.push(format!("{}: the plan is\n{found}", case.name));
        }
        for (at, step) in steps.iter().enumerate() {
            let wrong = try_out(&world, &case, step, at);
            problems.extend(wrong.map(|it| format!("{}: {it}", case.name)));
        }
        let wrong = one_after_the_other(&world, &case, steps);
        problems.extend(wrong.map(|it| format!("{}: {it}", case.name)));
        problems.extend(unchecked(&world, &report, steps).map(|it| format!("{}: {it}", case.name)));
        // Nothing that a plain update clears is called blocked.
        copy(&world.path("w"), &world.path("plain"));
        let output = cargo(&world, "plain", "cargo update");
        assert!(
            output.status.success(),
            "{}: {}",
            case.name,
            String::from_utf8_lossy(&output.stderr)
        );
        let after = audit(&world, &case, "plain");
        let left: Vec<&Value> =
            after["findings"].as_array().unwrap().iter().map(|finding| &finding["id"]).collect();
        // Without an entry of the index it is not known; with all of them it is.
        let is_whole = report["plan"]["index_lacks"].as_array().unwrap().is_empty();
        let without_step = |step: &&Value| {
            step["outcome"] == "blocked" || is_whole && step["outcome"] == "unknown"
        };
        for step in steps.iter().filter(without_step) {
            for id in step["findings"].as_array().unwrap().iter().filter(|id| !left.contains(id)) {
                problems.push(format!("{}: a plain update clears {id}", case.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
