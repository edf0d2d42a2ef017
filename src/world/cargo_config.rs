//! What Cargo's configuration files say about registries and patches. Cargo is not run.

mod build;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::{Diagnostic, Registry, canonical_address};
use crate::world::files::{checkout_of, read_bytes};
use crate::world::manifests::normalise;
pub use build::Build;

/// Largest Cargo configuration that is read.
pub(super) const MOST_CONFIG_BYTES: u64 = 1 << 20;

/// The configuration of one workspace: its own, that of the folders above it, and the user's.
#[derive(Debug, Default)]
pub struct CargoConfig {
    /// The registries that have a name.
    pub registries: BTreeMap<String, Registry>,
    /// Folders that `[patch]` puts in the place of packages, by source and name.
    pub patches: BTreeMap<(String, String), PathBuf>,
    /// What changes what is built.
    pub build: Build,
    /// Complaints about files.
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Default, Deserialize)]
struct Wire {
    #[serde(default)]
    registries: BTreeMap<String, WireRegistry>,
    #[serde(default)]
    patch: BTreeMap<String, BTreeMap<String, toml::Value>>,
    #[serde(flatten)]
    build: build::Wire,
}

#[derive(Deserialize)]
struct WireRegistry {
    index: Option<String>,
}

impl CargoConfig {
    /// Reads the files for a workspace folder, given as an absolute path. What a nearer file says
    /// holds.
    pub(super) fn read(workspace: &Path, home: Option<&Path>) -> Self {
        let mut config = Self::default();
        config.registries.insert("crates-io".to_owned(), Registry::CratesIo);
        let variables = std::env::vars_os();
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        config.build.add_environment(variables.filter_map(text));
        let checkout = checkout_of(workspace);
        let folders = workspace.ancestors().map(|folder| (folder.join(".cargo"), folder));
        let home = home.and_then(|home| Some((home.to_owned(), home.parent()?)));
        for (folder, base) in folders.chain(home) {
            // Where both are there Cargo takes the one with the older name.
            let files = ["config", "config.toml"].map(|name| folder.join(name));
            if let Some(path) = files.iter().find(|path| path.symlink_metadata().is_ok()) {
                match parse(path, &checkout) {
                    Ok(wire) => {
                        config.build.add(&wire.build, &path.display().to_string());
                        config.add(wire, base);
                    }
                    Err(why) => config.diagnostics.push(complaint(path, &why)),
                }
            }
        }
        config
    }

    /// Adds what a file says; its paths are relative to `base`.
    fn add(&mut self, wire: Wire, base: &Path) {
        for (name, registry) in wire.registries {
            if let Some(index) = registry.index {
                self.registries.entry(name).or_insert_with(|| Registry::at(&index));
            }
        }
        for (source, patches) in wire.patch {
            for (name, patch) in patches {
                if let Some(path) = patch.get("path").and_then(toml::Value::as_str) {
                    let folder = normalise(&base.join(path));
                    self.patches.entry((patched_source(&source), name)).or_insert(folder);
                }
            }
        }
    }
}

/// The source that the key of a `[patch]` speaks of, in the form in which Cargo compares it.
pub(super) fn patched_source(key: &str) -> String {
    match key {
        "crates-io" => canonical_address(tame_index::CRATES_IO_INDEX),
        other => canonical_address(other),
    }
}

fn parse(path: &Path, checkout: &Path) -> Result<Wire, String> {
    if leads_out(path, checkout) {
        return Err("it leads out of the checkout".to_owned());
    }
    let bytes = read_bytes(path, MOST_CONFIG_BYTES).map_err(|error| error.message)?;
    let text = String::from_utf8(bytes).map_err(|_| "the file is not UTF-8 text".to_owned())?;
    toml::from_str(&text).map_err(|error| error.message().to_owned())
}

/// Whether a configuration of a checkout is a link, or lies in a folder that is one, which leads out
/// of it. Whoever made the checkout could have put it there.
pub(super) fn leads_out(path: &Path, checkout: &Path) -> bool {
    let place = path.parent().and_then(Path::parent).map(Path::canonicalize);
    let is_of_checkout = place.is_some_and(|it| it.is_ok_and(|it| it.starts_with(checkout)));
    is_of_checkout && path.canonicalize().is_ok_and(|real| !real.starts_with(checkout))
}

fn complaint(path: &Path, why: &str) -> Diagnostic {
    let message = format!(
        "the Cargo configuration cannot be read, so that registries and patches in it are not \
         known: {why}; correct the file"
    );
    Diagnostic::warning(path.display().to_string(), message)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_out_of_the_checkout_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("w");
        let secret = folder.path().join("secret");
        write(&secret, "[registries.taken]\nindex = 'sparse+https://taken.example/'\n");
        for (link, to) in
            [(".cargo/config.toml", secret.clone()), (".cargo", folder.path().join("x"))]
        {
            write(&folder.path().join("x/config.toml"), &fs::read_to_string(&secret).unwrap());
            let link = root.join(link);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(to, &link).unwrap();
            let config = CargoConfig::read(&root.canonicalize().unwrap(), None);
            assert!(!config.registries.contains_key("taken"));
            assert!(config.diagnostics[0].message.contains("leads out of the checkout"));
            fs::remove_dir_all(&root).unwrap();
        }
    }

    #[test]
    fn a_nearer_file_holds_and_paths_are_relative_to_the_folder_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("above/w");
        let home = folder.path().join("home/cargo");
        write(
            &root.join(".cargo/config.toml"),
            "[patch.crates-io]\na = { path = 'x/a' }\nb = { git = 'https://git.example/b' }\n",
        );
        write(
            &folder.path().join("above/.cargo/config"),
            "[registries]\nmine = { index = 'sparse+https://r.example/' }\n\
             [patch.crates-io]\na = { path = 'y' }\nc = { path = '../c' }\n",
        );
        write(
            &home.join("config.toml"),
            &"[registries]\nmine = { index = 'https://other.example' }\n\
             odd = { token = 'x' }\n\
             [patch.\"INDEX.git\"]\na = { path = 'z' }\n[patch.\"https://git.example/d\"]\nd = { path = 'd' }\n"
                .replace("INDEX", tame_index::CRATES_IO_INDEX),
        );
        let config = CargoConfig::read(&root, Some(&home));
        let mine = Registry::Other("sparse+https://r.example/".into());
        assert_eq!(config.registries.get("mine"), Some(&mine));
        assert_eq!(config.registries.get("crates-io"), Some(&Registry::CratesIo));
        assert_eq!(config.registries.get("odd"), None);
        let patches: Vec<_> =
            config.patches.iter().map(|((_, name), path)| (name.as_str(), path.clone())).collect();
        let expected = [
            ("d", folder.path().join("home/d")),
            ("a", root.join("x/a")),
            ("c", folder.path().join("c")),
        ];
        assert_eq!(patches, expected);
        assert_eq!(config.diagnostics, []);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_complained_about_and_the_others_hold() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("w");
        write(&folder.path().join(".cargo/config.toml"), "[registries.r]\nindex = 'https://r'\n");
        for text in ["[registries", "registries = 7", &"#".repeat(MOST_CONFIG_BYTES as usize + 1)] {
            write(&root.join(".cargo/config.toml"), text);
            let config = CargoConfig::read(&root, None);
            assert_eq!(config.diagnostics.len(), 1);
            assert!(config.diagnostics[0].message.contains("patches in it are not known"));
            assert!(config.registries.contains_key("r"));
        }
    }
}
