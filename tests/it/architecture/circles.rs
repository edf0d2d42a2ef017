//! Files that need one another in a circle: none can be understood, moved or tested without all.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, code};

/// What a file brings in, as whole paths from the crate, with the name it has in the file.
struct Import {
    path: Vec<String>,
    name: String,
    is_public: bool,
}

/// Path of the module that a file is, from the crate: `src/a/b.rs` and `src/a/b/mod.rs` are `a::b`.
fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// The paths of a tree of imports such as `a::{b, c::{self, d as e}}`, each with its last name.
fn expand(prefix: &[String], tree: &str, found: &mut Vec<(Vec<String>, String)>) {
    let mut depth = 0;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, character) in tree.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tree[start..]);
    for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        let words = |text: &str| -> Vec<String> {
            text.split("::").map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        if let Some((before, inside)) = part.split_once('{') {
            let prefix = [prefix, &words(before)].concat();
            expand(&prefix, inside.strip_suffix('}').unwrap_or(inside), found);
        } else {
            let (path, name) = part.split_once(" as ").map_or((part, None), |(a, b)| (a, Some(b)));
            let mut path = [prefix, &words(path)].concat();
            if path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            let last = path.last().cloned().unwrap_or_default();
            found.push((path, name.map_or(last, |name| name.trim().to_owned())));
        }
    }
}

/// What a file brings in, tests aside.
fn imports(module: &[String], text: &str) -> Vec<Import> {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    let text = code(text).collect::<Vec<_>>().join(" ");
    let mut imports = Vec::new();
    for statement in text.split(';') {
        let Some(at) =
            statement.find("use ").filter(|at| *at == 0 || statement[..*at].ends_with([' ', '}']))
        else {
            continue;
        };
        let is_public = statement[..at].trim_end().ends_with("pub")
            || statement[..at].trim_end().ends_with(')');
        let mut found = Vec::new();
        expand(&[], &statement[at + 4..], &mut found);
        for (path, name) in found {
            let path = match path.first().map(String::as_str) {
                Some("crate") => path[1..].to_vec(),
                Some("self") => [module, &path[1..]].concat(),
                Some("super") => {
                    let above = module.split_last().map_or(&[][..], |(_, above)| above);
                    [above, &path[1..]].concat()
                }
                // A child, or another crate, of which there is no file.
                _ => [module, &path[..]].concat(),
            };
            imports.push(Import { path, name, is_public });
        }
    }
    imports
}

/// The arrows between files, re-exports followed to the file that has the item. What a module takes
/// from the one it lies in is no arrow: the two are one unit.
fn arrows(files: &[File]) -> BTreeMap<&str, BTreeSet<&str>> {
    let files: Vec<&File> = files.iter().filter(|(path, _)| path.ends_with(".rs")).collect();
    let by_module: BTreeMap<Vec<String>, &File> =
        files.iter().map(|file| (module_of(&file.0), *file)).collect();
    let all: BTreeMap<&str, Vec<Import>> =
        files.iter().map(|(path, text)| (path.as_str(), imports(&module_of(path), text))).collect();
    let resolve = |path: &[String]| -> Option<&str> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let known =
                (1..=path.len()).rev().find(|length| by_module.contains_key(&path[..*length]))?;
            let file = by_module[&path[..known]].0.as_str();
            let Some(item) = path.get(known) else { return Some(file) };
            let again = all[file].iter().find(|it| it.is_public && it.name == *item);
            match again {
                Some(import) if import.path != path => path = import.path.clone(),
                _ => return Some(file),
            }
        }
        None
    };
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, imports) in &all {
        let from = module_of(path);
        for import in imports {
            let Some(to) = resolve(&import.path) else { continue };
            if to != *path && !from.starts_with(&module_of(to)) {
                arrows.entry(path).or_default().insert(to);
            }
        }
    }
    arrows
}

/// Each circle once, named by its files.
pub(super) fn no_circles(files: &[File]) -> Vec<String> {
    let arrows = arrows(files);
    let reached = |from: &str| {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = arrows.get(from).into_iter().flatten().copied().collect();
        while let Some(file) = open.pop() {
            if reached.insert(file) {
                open.extend(arrows.get(file).into_iter().flatten());
            }
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|file| (*file, reached(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, from) in reached.iter().filter(|(file, from)| from.contains(*file)) {
        let back = from.iter().filter(|it| reached.get(*it).is_some_and(|it| it.contains(file)));
        circles.insert(back.copied().collect::<Vec<_>>().join(", "));
    }
    circles.into_iter().map(|circle| format!("{circle}: need one another")).collect()
}

#[test]
fn circles_are_found_through_re_exports_and_a_child_may_use_its_parent() {
    let cases: [(&[(&str, &str)], usize); 4] = [
        (&[("src/a/b.rs", "use super::c::X;"), ("src/a/c.rs", "use super::b::Y;")], 1),
        (
            &[
                ("src/a/mod.rs", "pub use b::X;"),
                ("src/a/b.rs", "use super::c::{self, Y as Z};"),
                ("src/a/c.rs", "use super::{X, d};"),
            ],
            1,
        ),
        (&[("src/a/mod.rs", "mod b; use b::X; pub struct Y;"), ("src/a/b.rs", "use super::Y;")], 0),
        (
            &[
                ("src/a/b.rs", "use crate::a::c::X;"),
                ("src/a/c.rs", "#[cfg(test)]\nmod tests { use crate::a::b::Y; }"),
            ],
            0,
        ),
    ];
    for (files, expected) in cases {
        let files: Vec<File> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(no_circles(&files).len(), expected, "{files:?}");
    }
}
