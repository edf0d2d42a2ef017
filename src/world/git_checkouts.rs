//! Packages from git repositories, read from the checkouts Cargo keeps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::{Package, PackageIndex, Source};
use crate::world::files::checkout_of;
use crate::world::manifests::{LocalPackage, Manifests};

/// The most folders that are looked at in one checkout.
const MOST_FOLDERS: usize = 20_000;

/// Reads what git packages declare, by position, from `<cargo home>/git/checkouts`. Packages
/// whose checkout is not there are absent.
pub fn load(packages: &[Package], cargo_home: &Path) -> BTreeMap<PackageIndex, LocalPackage> {
    let mut by_checkout: BTreeMap<PathBuf, Vec<(PackageIndex, &Package)>> = BTreeMap::new();
    for (position, package) in (0..).map(PackageIndex).zip(packages) {
        if let Source::Git { url, commit, .. } = &package.source
            && let Some(checkout) = find(cargo_home, url, commit)
        {
            by_checkout.entry(checkout).or_default().push((position, package));
        }
    }
    let mut found = BTreeMap::new();
    for (checkout, wanted) in by_checkout {
        let mut manifests = Manifests::of(checkout_of(&checkout));
        for folder in manifest_folders(&checkout) {
            let Some(name) = manifests.read(&folder).and_then(|it| Some(it.name()?.to_owned()))
            else {
                continue;
            };
            // One commit may be locked by several of its names, a branch and a tag.
            let named: Vec<PackageIndex> = wanted
                .iter()
                .filter(|(_, package)| package.name == name)
                .map(|(position, _)| *position)
                .collect();
            if named.is_empty() {
                continue;
            }
            let workspace = manifests.workspace_of(&folder);
            if let Some(declared) = manifests.declare(&folder, workspace.as_deref()) {
                for position in named {
                    found.entry(position).or_insert_with(|| declared.local.clone());
                }
            }
        }
    }
    found
}

/// The checkout of a commit. Cargo names the folders `<repository name>-<hash of the address>`
/// and `<start of the commit>`; the commit alone identifies the content, so the hash of the
/// address is not needed.
pub(super) fn find(cargo_home: &Path, url: &str, commit: &str) -> Option<PathBuf> {
    let name = url.trim_end_matches('/').rsplit('/').next()?.trim_end_matches(".git");
    let databases = std::fs::read_dir(cargo_home.join("git/checkouts")).ok()?;
    let prefix = format!("{}-", name.to_lowercase());
    let mut checkouts: Vec<PathBuf> = databases
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().to_lowercase().starts_with(&prefix))
        .filter_map(|entry| std::fs::read_dir(entry.path()).ok())
        .flatten()
        .flatten()
        .filter(|entry| {
            let start = entry.file_name();
            start.len() >= 7 && commit.starts_with(&*start.to_string_lossy())
        })
        .map(|entry| entry.path())
        .collect();
    checkouts.sort();
    checkouts.into_iter().next()
}

/// Folders of a checkout that hold a manifest, nearest to the root first.
fn manifest_folders(checkout: &Path) -> Vec<PathBuf> {
    let mut pending = vec![checkout.to_owned()];
    let mut found = Vec::new();
    let mut at = 0;
    while at < pending.len() && at < MOST_FOLDERS {
        let folder = pending[at].clone();
        at += 1;
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut below: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter(|entry| !matches!(entry.file_name().to_str(), None | Some("target" | ".git")))
            .map(|entry| entry.path())
            .collect();
        below.sort();
        pending.append(&mut below);
        if folder.join("Cargo.toml").is_file() {
            found.push(folder);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use semver::Version;

    #[test]
    fn a_package_inside_a_checkout_is_found_with_inheritance() {
        let home = tempfile::tempdir().unwrap();
        let checkout = home.path().join("git/checkouts/tools-0123456789abcdef/abcdef1");
        std::fs::create_dir_all(checkout.join("inner")).unwrap();
        let root = "[workspace]\nmembers = [\"inner\"]\n[workspace.dependencies]\nx = \"1\"\n";
        std::fs::write(checkout.join("Cargo.toml"), root).unwrap();
        let inner = "[package]\nname = \"inner\"\nversion = \"0.1.0\"\n[lib]\nproc-macro = true\n\
                     [dependencies]\nx.workspace = true\n";
        std::fs::write(checkout.join("inner/Cargo.toml"), inner).unwrap();
        std::fs::write(checkout.join("inner/build.rs"), "").unwrap();
        let package = |reference: &str, commit: &str| Package {
            name: "inner".into(),
            version: Version::new(0, 1, 0),
            source: Source::Git {
                url: "https://git.example/Tools.git".into(),
                reference: reference.into(),
                commit: commit.into(),
            },
        };
        let packages = [
            package("", "abcdef1234567"),
            package("tag=v1", "abcdef1234567"),
            package("", "1234567abcdef"),
        ];
        let found = load(&packages, home.path());
        assert_eq!(found.keys().collect::<Vec<_>>(), [&PackageIndex(0), &PackageIndex(1)]);
        let local = &found[&PackageIndex(0)];
        assert!(local.proc_macro && local.build_script);
        assert_eq!(local.declaration.dependencies[0].name, "x");
    }
}
