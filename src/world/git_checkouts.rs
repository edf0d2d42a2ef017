//! Packages from git repositories, read from the checkouts Cargo keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::model::{Package, PackageIndex, Registry, Source};
use crate::world::files::checkout_of;
use crate::world::manifests::{LocalPackage, Manifests, Role};

/// The most folders that are looked at in one checkout.
const MOST_FOLDERS: usize = 20_000;

/// Reads what git packages declare, by position, from `<cargo home>/git/checkouts`. Packages
/// whose checkout is not there are absent. `registries` have the names that manifests use.
pub fn load(
    packages: &[Package],
    cargo_home: &Path,
    registries: &BTreeMap<String, Registry>,
) -> BTreeMap<PackageIndex, LocalPackage> {
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
        read_checkout(&checkout, &wanted, registries, &mut found);
    }
    found
}

/// Reads the wanted packages of one checkout: first what lies in its folders, then what the
/// packages found there lead to by path.
fn read_checkout(
    checkout: &Path,
    wanted: &[(PackageIndex, &Package)],
    registries: &BTreeMap<String, Registry>,
    found: &mut BTreeMap<PackageIndex, LocalPackage>,
) {
    let mut manifests = Manifests::new(registries, checkout, checkout_of(checkout));
    let names: BTreeSet<&str> = wanted.iter().map(|(_, package)| package.name.as_str()).collect();
    let mut seen = BTreeSet::new();
    let mut pending = manifest_folders(checkout);
    while !pending.is_empty() {
        let mut led_to = Vec::new();
        for folder in std::mem::take(&mut pending) {
            let is_new = folder.starts_with(checkout) && seen.insert(folder.clone());
            let manifest = if is_new { manifests.read(&folder) } else { None };
            if !manifest.is_some_and(|it| it.name().is_some_and(|name| names.contains(name))) {
                continue;
            }
            let workspace = manifests.workspace_of(&folder);
            let declared = manifests.declare(&folder, workspace.as_deref(), Role::Other);
            let Some(declared) = declared else { continue };
            // One commit may be locked by several of its names, a branch and a tag.
            for (position, package) in wanted {
                if package.name == declared.name && package.version.to_string() == declared.version
                {
                    found.entry(*position).or_insert_with(|| declared.local.clone());
                }
            }
            led_to.extend(declared.path_dependencies);
        }
        pending = led_to;
    }
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

/// Folders of a checkout that hold a manifest, nearest to the root first. As Cargo does, this
/// leaves out submodules, hidden folders, and `target` beside a manifest.
fn manifest_folders(checkout: &Path) -> Vec<PathBuf> {
    let mut pending = vec![checkout.to_owned()];
    let mut found = Vec::new();
    let mut at = 0;
    while at < pending.len() && at < MOST_FOLDERS {
        let folder = pending[at].clone();
        at += 1;
        let has_manifest = folder.join("Cargo.toml").is_file();
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let is_looked_into = |entry: &std::fs::DirEntry| match entry.file_name().to_str() {
            None => false,
            Some("target") => !has_manifest,
            Some(name) => !name.starts_with('.'),
        };
        let mut below: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter(is_looked_into)
            .map(|entry| entry.path())
            .filter(|path| !path.join(".git").exists())
            .collect();
        below.sort();
        pending.append(&mut below);
        if has_manifest {
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
        let found = load(&packages, home.path(), &BTreeMap::new());
        assert_eq!(found.keys().collect::<Vec<_>>(), [&PackageIndex(0), &PackageIndex(1)]);
        let local = &found[&PackageIndex(0)];
        assert!(local.proc_macro && local.build_script);
        assert_eq!(local.declaration.dependencies[0].name, "x");
    }
}
