//! Clones that the user keeps.

use std::path::{Path, PathBuf};

/// The clone of a repository in a folder of mirrors. The repository is `host/owner/name` or
/// `owner/name`; looked for are `host/owner/name`, `owner/name`, each with and without `.git`,
/// and `owner+name`, in any case of letters, since forges do not tell them apart.
pub fn mirror(folder: &Path, repository: &str) -> Option<PathBuf> {
    let parts: Vec<&str> = repository.split('/').collect();
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    // A name from a manifest must not lead out of the folder.
    if !parts.iter().copied().all(plain) {
        return None;
    }
    let [.., owner, name] = parts.as_slice() else { return None };
    let joined = format!("{owner}+{name}");
    let ways = [parts.clone(), vec![owner, name], vec![&joined]];
    let endings = ["", ".git"];
    let tries = ways.iter().flat_map(|way| endings.map(|ending| descend(folder, way, ending)));
    tries.flatten().find(|path| is_repository(path))
}

/// The folder at the end of a way of names, the last with an ending.
fn descend(folder: &Path, way: &[&str], ending: &str) -> Option<PathBuf> {
    let mut at = folder.to_owned();
    for (position, part) in way.iter().enumerate() {
        let last = position + 1 == way.len();
        at = entry(&at, &format!("{part}{}", if last { ending } else { "" }))?;
    }
    Some(at)
}

/// The entry of a folder with this name: spelt so, or else in another case of letters.
fn entry(folder: &Path, name: &str) -> Option<PathBuf> {
    let exact = folder.join(name);
    if exact.exists() {
        return Some(exact);
    }
    let entries = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let same = |path: &PathBuf| {
        path.file_name().is_some_and(|found| found.to_string_lossy().eq_ignore_ascii_case(name))
    };
    entries.filter(same).min()
}

fn is_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").is_file() && path.join("objects").is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_found_by_each_convention_and_only_inside_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mirrors = folder.path().join("mirrors");
        for bare in ["o/bare.git", "o+plus", "../outside/o/x"] {
            std::fs::create_dir_all(mirrors.join(bare).join("objects")).unwrap();
            std::fs::write(mirrors.join(bare).join("HEAD"), "").unwrap();
        }
        std::fs::create_dir_all(mirrors.join("forge.example/o/work/.git")).unwrap();
        std::fs::create_dir_all(mirrors.join("o/empty")).unwrap();
        let cases = [
            ("forge.example/o/bare", Some("o/bare.git")),
            ("o/bare", Some("o/bare.git")),
            ("forge.example/o/plus", Some("o+plus")),
            ("forge.example/o/work", Some("forge.example/o/work")),
            ("Forge.example/O/Bare", Some("o/bare.git")),
            ("O/PLUS", Some("o+plus")),
            ("o/work", None),
            ("o/empty", None),
            ("../outside/o/x", None),
            ("o/../bare", None),
            ("/o/bare", None),
            ("bare", None),
            ("", None),
        ];
        for (repository, expected) in cases {
            let expected = expected.map(|path| mirrors.join(path));
            assert_eq!(mirror(&mirrors, repository), expected, "{repository}");
        }
    }
}
