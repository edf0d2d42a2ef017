//! Where Cargo keeps its registry index and package sources.

use std::path::{Path, PathBuf, absolute};

use tame_index::utils::{cargo_home, url_to_local_dir};
use tame_index::{CRATES_IO_HTTP_INDEX, CRATES_IO_INDEX, IndexUrl};

use super::cargo_config::{MOST_CONFIG_BYTES, leads_out};
use crate::model::{Diagnostic, Registry};
use crate::world::files::checkout_of;

/// A Cargo new enough to use the sparse protocol by default. Naming it keeps the look-up of the
/// configuration from asking an installed Cargo for its version.
const SPARSE_BY_DEFAULT: &str = "1.85.0";

/// Cargo's home directory, and which index stands for the public registry in one workspace.
#[derive(Debug, Clone)]
pub struct CargoHome {
    path: Option<PathBuf>,
    /// Addresses the public registry may be cached under, preferred first.
    crates_io: Vec<String>,
}

/// The folders of one registry in Cargo's home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryFolder {
    /// The index: `registry/index/<folder>`.
    pub index: PathBuf,
    /// The unpacked sources: `registry/src/<folder>`, where there are any.
    pub sources: Option<PathBuf>,
}

impl CargoHome {
    /// The given directory, or the one Cargo uses (`CARGO_HOME`, else `.cargo` in the user's home
    /// directory). The directory need not exist.
    ///
    /// Source replacement and protocol of the public registry are read from the Cargo
    /// configuration of the workspace, its parents and the home. Where that
    /// cannot be read the diagnostic says so and the default holds. Cargo is not run.
    pub fn locate(given: Option<PathBuf>, workspace: &Path) -> (Self, Option<Diagnostic>) {
        let path = Self::directory(given);
        let (crates_io, diagnostic) = match configured_index(workspace, path.as_deref()) {
            Ok(url) => (addresses(&url), None),
            Err(why) => {
                let message = format!(
                    "the Cargo configuration cannot be read, so that source replacement is not \
                     known: {why}; correct the file"
                );
                let at = workspace.display().to_string();
                (addresses(&IndexUrl::CratesIoSparse), Some(Diagnostic::warning(at, message)))
            }
        };
        (Self { path, crates_io }, diagnostic)
    }

    /// The given directory, or the one Cargo uses; `None` where the user has no home directory.
    pub fn directory(given: Option<PathBuf>) -> Option<PathBuf> {
        let path = given.or_else(|| Some(cargo_home().ok()?.into_std_path_buf()))?;
        // An absolute path, as the memo tells two homes apart by it.
        Some(absolute(&path).unwrap_or(path))
    }

    /// The host of the index that the user's own configuration, beside no workspace, puts in the
    /// place of the public registry.
    pub fn own_index_host(given: Option<PathBuf>) -> Option<String> {
        let home = Self::directory(given)?;
        let root = home.ancestors().last()?;
        let addresses = addresses(&configured_index(root, Some(&home)).ok()?);
        let url = addresses.iter().find_map(|address| address.strip_prefix("sparse+"))?;
        let host = reqwest::Url::parse(url).ok()?.host_str()?.to_owned();
        Some(host)
    }

    /// The directory itself; `None` where the user has no home directory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The address of the public registry's index over HTTP, `sparse+` kept; `None` where the
    /// configuration replaces the registry by one without.
    pub fn sparse_index(&self) -> Option<&str> {
        let mut addresses = self.crates_io.iter();
        addresses.find(|address| address.starts_with("sparse+")).map(String::as_str)
    }

    /// The folders of a registry; `None` where Cargo has cached nothing of it.
    ///
    /// Cargo 1.85 changed how it derives the name of the folder from the address: the new name
    /// is tried before the old one.
    pub fn folder(&self, registry: &Registry) -> Option<RegistryFolder> {
        let registries = self.path.as_ref()?.join("registry");
        let candidates = match registry {
            Registry::CratesIo => self.crates_io.as_slice(),
            Registry::Other(url) => std::slice::from_ref(url),
        };
        let names = candidates.iter().flat_map(|url| {
            [true, false].into_iter().filter_map(|stable| url_to_local_dir(url, stable).ok())
        });
        names
            .map(|name| {
                let sources = registries.join("src").join(&name.dir_name);
                RegistryFolder {
                    index: registries.join("index").join(&name.dir_name),
                    sources: sources.is_dir().then_some(sources),
                }
            })
            .find(|folder| folder.index.join(".cache").is_dir())
    }
}

impl RegistryFolder {
    /// The index file of a package; `None` for a name that no registry package can have.
    pub fn index_file(&self, name: &str) -> Option<PathBuf> {
        let name = is_package_name(name).then(|| name.to_ascii_lowercase())?;
        let cache = self.index.join(".cache");
        Some(match name.len() {
            1 => cache.join("1").join(name),
            2 => cache.join("2").join(name),
            3 => cache.join("3").join(&name[..1]).join(name),
            _ => cache.join(&name[..2]).join(&name[2..4]).join(name),
        })
    }

    /// The manifest of a package's unpacked source; `None` where no source is unpacked and for a
    /// name that no registry package can have.
    pub fn manifest(&self, name: &str, version: &str) -> Option<PathBuf> {
        let sources = self.sources.as_ref().filter(|_| is_package_name(name))?;
        Some(sources.join(format!("{name}-{version}")).join("Cargo.toml"))
    }
}

/// The index that stands for the public registry, by the Cargo configuration.
fn configured_index(workspace: &Path, home: Option<&Path>) -> Result<IndexUrl<'static>, String> {
    let workspace = absolute(workspace).map_err(|error| error.to_string())?;
    let in_parents = workspace.ancestors().map(|parent| parent.join(".cargo/config.toml"));
    let in_home = home.map(|home| home.join("config.toml"));
    // An audited repository may hold a link to an endless file under this name.
    let is_endless = |path: &PathBuf| {
        path.metadata().is_ok_and(|it| !it.is_file() || it.len() > MOST_CONFIG_BYTES)
    };
    let checkout = checkout_of(&workspace);
    if let Some(path) = in_parents.clone().find(|path| leads_out(path, &checkout)) {
        return Err(format!("`{}` leads out of the checkout", path.display()));
    }
    if let Some(path) = in_parents.chain(in_home).find(is_endless) {
        return Err(format!("`{}` is no file or a very large one", path.display()));
    }
    let home = home.and_then(tame_index::Path::from_path);
    let root = tame_index::PathBuf::from_path_buf(workspace).ok();
    IndexUrl::crates_io(root, home, Some(SPARSE_BY_DEFAULT)).map_err(|error| error.to_string())
}

/// ASCII letters, digits, `-` and `_` only, so that a name from a lockfile cannot lead out of
/// the folder.
fn is_package_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A replaced registry has one address. The public one has two, by protocol, and a home that
/// was filled with the other protocol serves as well.
fn addresses(url: &IndexUrl<'_>) -> Vec<String> {
    match url {
        IndexUrl::CratesIoSparse => vec![CRATES_IO_HTTP_INDEX.into(), CRATES_IO_INDEX.into()],
        IndexUrl::CratesIoGit => vec![CRATES_IO_INDEX.into(), CRATES_IO_HTTP_INDEX.into()],
        IndexUrl::NonCratesIo(url) => vec![url.to_string()],
        // A local registry keeps package archives beside an index without publication times.
        IndexUrl::Local(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn home_with(folders: &[String]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for folder in folders {
            fs::create_dir_all(home.path().join("registry/index").join(folder).join(".cache"))
                .unwrap();
        }
        home
    }

    fn name_of(url: &str, stable: bool) -> String {
        url_to_local_dir(url, stable).unwrap().dir_name
    }

    fn found(home: &Path, workspace: &Path, registry: &Registry) -> Option<String> {
        let (home, diagnostic) = CargoHome::locate(Some(home.to_owned()), workspace);
        assert_eq!(diagnostic, None);
        let folder = home.folder(registry)?;
        Some(folder.index.file_name().unwrap().to_str().unwrap().to_owned())
    }

    #[test]
    fn the_folder_is_found_by_the_new_name_then_the_old_one_then_the_other_protocol() {
        let workspace = tempfile::tempdir().unwrap();
        let [new, old] = [true, false].map(|stable| name_of(CRATES_IO_HTTP_INDEX, stable));
        let git = name_of(CRATES_IO_INDEX, true);
        // The well-known folder of the public registry since Cargo 1.85.
        assert!(new.ends_with("-1949cf8c6b5b557f"), "{new}");
        let cases = [
            (vec![&old, &new, &git], Some(&new)),
            (vec![&old, &git], Some(&old)),
            (vec![&git], Some(&git)),
            (vec![], None),
        ];
        for (present, expected) in cases {
            let home = home_with(&present.into_iter().cloned().collect::<Vec<_>>());
            let name = found(home.path(), workspace.path(), &Registry::CratesIo);
            assert_eq!(name.as_ref(), expected);
        }
    }

    #[test]
    fn source_replacement_in_the_workspace_decides_for_the_public_registry_only() {
        let mirror = "sparse+https://mirror.example/index/";
        let other = "https://git.example/index";
        let folders = [mirror, other, CRATES_IO_HTTP_INDEX].map(|address| name_of(address, true));
        let home = home_with(&folders);
        let workspace = tempfile::tempdir().unwrap();
        fs::create_dir(workspace.path().join(".cargo")).unwrap();
        let config =
            format!("[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = '{mirror}'\n");
        fs::write(workspace.path().join(".cargo/config.toml"), config).unwrap();
        let name = |registry| found(home.path(), workspace.path(), &registry);
        assert_eq!(name(Registry::CratesIo).as_ref(), Some(&folders[0]));
        let located = CargoHome::locate(Some(home.path().to_owned()), workspace.path()).0;
        assert_eq!(located.sparse_index(), Some(mirror));
        assert_eq!(name(Registry::Other(other.into())).as_ref(), Some(&folders[1]));
        assert_eq!(name(Registry::Other("https://unknown.example/".into())), None);
    }

    #[test]
    fn a_configuration_that_cannot_be_read_is_a_warning() {
        let folder = name_of(CRATES_IO_HTTP_INDEX, true);
        let home = home_with(std::slice::from_ref(&folder));
        let cases: [fn(&Path) -> std::io::Result<()>; 3] = [
            |path| fs::write(path, "[source"),
            |path| fs::write(path, vec![b'#'; MOST_CONFIG_BYTES as usize + 1]),
            |path| fs::create_dir(path),
        ];
        for write in cases {
            let workspace = tempfile::tempdir().unwrap();
            let path = workspace.path().join(".cargo/config.toml");
            fs::create_dir(path.parent().unwrap()).unwrap();
            write(&path).unwrap();
            let (home, diagnostic) =
                CargoHome::locate(Some(home.path().to_owned()), workspace.path());
            assert!(diagnostic.unwrap().message.contains("source replacement is not known"));
            assert!(home.folder(&Registry::CratesIo).unwrap().index.ends_with(&folder));
        }
    }

    #[test]
    fn index_files_lie_under_a_prefix_and_odd_names_have_none() {
        let folder = RegistryFolder { index: "i".into(), sources: Some("s".into()) };
        let cases = [
            ("a", Some("i/.cache/1/a")),
            ("ab", Some("i/.cache/2/ab")),
            ("Abc", Some("i/.cache/3/a/abc")),
            ("Inflector", Some("i/.cache/in/fl/inflector")),
            ("a-_9", Some("i/.cache/a-/_9/a-_9")),
            ("", None),
            ("..", None),
            ("a/b", None),
            ("abcdé", None),
        ];
        for (name, expected) in cases {
            assert_eq!(folder.index_file(name), expected.map(PathBuf::from), "{name}");
            assert_eq!(folder.manifest(name, "1.0.0").is_some(), expected.is_some(), "{name}");
        }
        let manifest = folder.manifest("Inflector", "1.0.0").unwrap();
        assert_eq!(manifest, Path::new("s/Inflector-1.0.0/Cargo.toml"));
    }

    proptest! {
        #[test]
        fn an_odd_registry_address_never_panics(
            url in "(sparse\\+|registry\\+|x\\+)?(https?)?(://)?[a-zé:/@.]{0,12}(\\.git)?/?",
        ) {
            let home = CargoHome { path: Some("none".into()), crates_io: Vec::new() };
            prop_assert_eq!(home.folder(&Registry::Other(url)), None);
        }
    }
}
