//! Member patterns of a workspace: `crates/*`, `plugins/**/api`.
//!
//! As Cargo reads them, but within bounds: a pattern comes from the audited repository and may
//! span the whole file system.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use glob::Pattern;

/// The most folder entries that are looked at for all patterns of a workspace.
pub(super) const MOST_ENTRIES: usize = 200_000;

/// Whether a member is written as a pattern and not as a path.
pub(super) fn is_pattern(member: &str) -> bool {
    member.contains(['*', '?', '['])
}

/// The folders that a pattern matches, from the workspace's. Links are followed where a part of
/// the pattern matches them, but not by `**`. Entries that are looked at are taken from `entries_left`.
///
/// # Errors
/// Where the pattern is malformed or matches too much; a lowercase fragment.
pub(super) fn expand(
    folder: &Path,
    pattern: &str,
    entries_left: &mut usize,
) -> Result<BTreeSet<PathBuf>, String> {
    let mut matched = BTreeSet::from([folder.to_owned()]);
    for part in Path::new(pattern).components() {
        let name = match part {
            Component::Normal(name) => name.to_str().filter(|name| is_pattern(name)),
            Component::Prefix(_)
            | Component::RootDir
            | Component::CurDir
            | Component::ParentDir => None,
        };
        matched = match name {
            None => matched.iter().map(|folder| folder.join(part)).collect(),
            Some("**") => below(matched, entries_left)?,
            Some(name) => {
                let name = Pattern::new(name).map_err(|error| error.to_string())?;
                matching(&matched, &name, entries_left)?
            }
        };
    }
    Ok(matched)
}

/// The folders and all folders in them.
fn below(
    mut found: BTreeSet<PathBuf>,
    entries_left: &mut usize,
) -> Result<BTreeSet<PathBuf>, String> {
    let mut pending: Vec<PathBuf> = found.iter().cloned().collect();
    while let Some(folder) = pending.pop() {
        for entry in entries(&folder, entries_left)? {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && found.insert(entry.path()) {
                pending.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// The folders directly in others whose name matches.
fn matching(
    folders: &BTreeSet<PathBuf>,
    name: &Pattern,
    entries_left: &mut usize,
) -> Result<BTreeSet<PathBuf>, String> {
    let mut found = BTreeSet::new();
    let matches = |text: &OsStr| text.to_str().is_some_and(|text| name.matches(text));
    for folder in folders {
        let entries = entries(folder, entries_left)?.into_iter();
        let named = entries.filter(|entry| matches(&entry.file_name()));
        found.extend(named.map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    Ok(found)
}

/// The entries of a folder; none where it cannot be read, as then it holds no member either.
fn entries(folder: &Path, entries_left: &mut usize) -> Result<Vec<fs::DirEntry>, String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let entries: Vec<_> = entries.take(*entries_left + 1).flatten().collect();
    *entries_left = entries_left
        .checked_sub(entries.len())
        .ok_or("it spans too many folders; name the members one by one")?;
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a/x", "a/y/z", "b/x", "b/.hidden"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        fs::write(folder.path().join("a/file"), "").unwrap();
        folder
    }

    #[test]
    fn folders_match_part_by_part() {
        let folder = tree();
        let cases: [(&str, &[&str]); 8] = [
            ("*", &["a", "b"]),
            ("a/*", &["a/x", "a/y"]),
            ("*/x", &["a/x", "b/x"]),
            ("./[b-c]/*", &["b/.hidden", "b/x"]),
            ("a/../b/?", &["a/../b/x"]),
            ("**/z", &["a/y/z"]),
            ("a/**", &["a", "a/x", "a/y", "a/y/z"]),
            ("none/*", &[]),
        ];
        for (pattern, expected) in cases {
            let found = expand(folder.path(), pattern, &mut { MOST_ENTRIES }).unwrap();
            let found = found.iter().filter(|path| path.is_dir());
            let expected: BTreeSet<_> = expected.iter().map(|it| folder.path().join(it)).collect();
            assert_eq!(found.cloned().collect::<BTreeSet<_>>(), expected, "{pattern}");
        }
    }

    #[test]
    fn malformed_and_boundless_patterns_are_refused() {
        let folder = tree();
        assert!(expand(folder.path(), "a/[", &mut { MOST_ENTRIES }).is_err());
        assert!(expand(folder.path(), "a**", &mut { MOST_ENTRIES }).is_err());
        assert!(expand(folder.path(), "**/**", &mut 3).unwrap_err().contains("too many"));
        assert!(expand(folder.path(), "*", &mut 2).is_ok());
        assert!(expand(folder.path(), "*", &mut 1).is_err());
        // One limit holds for all patterns.
        let mut entries_left = 3;
        assert!(expand(folder.path(), "*", &mut entries_left).is_ok());
        assert!(expand(folder.path(), "*", &mut entries_left).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_into_a_loop() {
        let folder = tree();
        std::os::unix::fs::symlink("..", folder.path().join("a/loop")).unwrap();
        assert_eq!(expand(folder.path(), "a/**", &mut { MOST_ENTRIES }).unwrap().len(), 4);
        assert_eq!(expand(folder.path(), "a/*", &mut { MOST_ENTRIES }).unwrap().len(), 3);
    }
}
