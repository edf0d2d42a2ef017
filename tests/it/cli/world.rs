//! A folder of its own for each test: workspace, Cargo home, advisories, cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tame_index::{CRATES_IO_HTTP_INDEX, CRATES_IO_INDEX};
use tempfile::TempDir;

use crate::case::{Case, cases, write};

/// What the program did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { exit: output.status.code().unwrap(), stdout, stderr }
    }
}

/// A folder with all that the program reads and writes.
pub(crate) struct World {
    folder: TempDir,
    /// Address of the index of the public registry.
    index: String,
}

impl World {
    /// Nothing but the folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), index: CRATES_IO_HTTP_INDEX.to_owned() }
    }

    /// A workspace of one package, without dependencies.
    pub(crate) fn small() -> Self {
        let world = Self::empty();
        let identity = "name = \"app\"\nversion = \"0.1.0\"\n";
        world.write("w/Cargo.toml", format!("[package]\n{identity}"));
        world.write("w/Cargo.lock", format!("version = 4\n[[package]]\n{identity}"));
        world
    }

    /// The files of a case. `index/<name>` goes into the registry index and `sources/<path>` to
    /// the unpacked sources of the Cargo home; `{registry}` is the source of a public package.
    pub(crate) fn of(case: &Case) -> Self {
        let world = Self::empty();
        for (path, text) in &case.files {
            let text = text.replace("{registry}", &format!("registry+{CRATES_IO_INDEX}"));
            if let Some(name) = path.strip_prefix("index/") {
                world.publish(name, &text);
            } else if let Some(path) = path.strip_prefix("sources/") {
                world.unpack(path, &text);
            } else {
                world.write(path, text);
            }
        }
        world
    }

    /// The case of that name.
    pub(crate) fn named(name: &str) -> Self {
        let case = cases("cli").into_iter().find(|case| case.name == name);
        Self::of(&case.unwrap_or_else(|| panic!("no case `{name}`")))
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        write(&self.path(path), content);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Makes a server the interface of the registry whose index lies in the Cargo home.
    pub(crate) fn connect(&self, api: &str) {
        let config = format!(r#"{{"dl":"https://dl.example","api":"{api}"}}"#);
        write(&self.registry("index").join("config.json"), config);
    }

    /// Replaces the public registry by one whose sparse index is at an address.
    pub(crate) fn replace_registry(&mut self, index: &str) {
        self.index = format!("sparse+{index}");
        let source = format!("[source.m]\nregistry = '{}'\n", self.index);
        let config = format!("[source.crates-io]\nreplace-with = 'm'\n{source}");
        self.write(".cargo/config.toml", config);
    }

    /// Writes a file of the unpacked sources of the public registry.
    pub(crate) fn unpack(&self, path: &str, text: &str) {
        write(&self.registry("src").join(path), text);
    }

    /// The folder of the public registry in Cargo's home, of its `index` or its `src`.
    pub(crate) fn registry(&self, kind: &str) -> PathBuf {
        let address = tame_index::utils::url_to_local_dir(&self.index, true).unwrap();
        self.path("home/registry").join(kind).join(address.dir_name)
    }

    /// Writes the index file of a package, one line of JSON for each release.
    pub(crate) fn publish(&self, name: &str, lines: &str) {
        let folder = match name.len() {
            1 => "1".to_owned(),
            2 => "2".to_owned(),
            3 => format!("3/{}", &name[..1]),
            _ => format!("{}/{}", &name[..2], &name[2..4]),
        };
        // Format 3, index version 2, then the revision and pairs of version and entry.
        let mut content = b"\x03\x02\0\0\0Unknown\0".to_vec();
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            let version = entry["vers"].as_str().unwrap();
            content.extend([version.as_bytes(), b"\0", line.as_bytes(), b"\0"].concat());
        }
        write(&self.registry("index").join(".cache").join(folder).join(name), content);
    }

    /// The program with arguments as on a command line, started in the folder. `audit`,
    /// `check`, `explain`, `fund` and `trend` get the Cargo home of the world, and its advisories where it has some and the
    /// arguments name none.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_headwater"));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for variable in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CARGO_HOME"] {
            command.env_remove(variable);
        }
        // Nobody but servers of the tests is asked: those speak plain HTTP.
        command.env("HTTPS_PROXY", "http://127.0.0.1:9");
        command.env("HEADWATER_ALLOW_HOST", "127.0.0.1");
        command.env_remove("HEADWATER_CACHE_DIR").env("HOME", self.path("user"));
        command.args(arguments.split_whitespace()).args(["--cache-dir", "cache"]);
        if ["audit", "check", "explain", "fund", "trend"]
            .iter()
            .any(|name| arguments.starts_with(name))
        {
            if !arguments.contains("--cargo-home") {
                command.args(["--cargo-home", "home"]);
            }
            if !arguments.contains("--advisory-db") && self.path("advisories").is_dir() {
                command.args(["--advisory-db", "advisories"]);
            }
        }
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.command(arguments).output().unwrap().into()
    }
}

/// Asserts that every fragment is in a text.
pub(crate) fn assert_contains(text: &str, fragments: &[&str], context: &str) {
    for fragment in fragments {
        assert!(text.contains(fragment), "no `{fragment}` {context} in:\n{text}");
    }
}

/// Whether folders can be made unreadable here; the superuser reads them all.
pub(crate) fn permissions_count(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let probe = folder.join("probe");
    fs::create_dir(&probe).unwrap();
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o0)).unwrap();
    let counts = fs::read_dir(&probe).is_err();
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o700)).unwrap();
    counts
}
