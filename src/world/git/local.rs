//! Reading repositories that others may have made.

use std::fs;
use std::io::{self, BufRead, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use super::run::{Said, read_until};
use crate::world::files::read_bytes;

/// The longest `HEAD`, or file that names a folder, in bytes.
const LONGEST_NAME_BYTES: u64 = 4_096;
/// The largest file of settings that is looked at for the format, in bytes.
const LARGEST_SETTINGS_BYTES: u64 = 1 << 20;
/// The largest list of shallow commits, in bytes.
const LARGEST_SHALLOW_BYTES: u64 = 16 << 20;

/// The most that is read of objects asked for together, in bytes.
const LARGEST_TOTAL_BYTES: u64 = 256 << 20;

/// A repository on this machine, read as data and as it is on disk: no program that it names is
/// run, nothing is fetched for it, nothing is written to it, whoever made or owns it.
///
/// Git gets a folder of our own in place of the repository's, with its `HEAD`, its references and
/// its objects, and with settings that are ours. So it does not matter what the settings of the
/// repository are, which folder of hooks, attributes or work tree it has. Objects that it borrows
/// from other repositories of this machine are found.
pub(in crate::world) struct Repository {
    ours: TempDir,
    objects: PathBuf,
    shallow: bool,
}

/// An object, where there is one by that name.
pub(in crate::world) struct Object {
    /// `commit`, `tag`, `tree` or `blob`.
    pub(in crate::world) kind: String,
    /// The content; `None` where it is larger than was asked for.
    pub(in crate::world) content: Option<Vec<u8>>,
}

/// The folders of a repository: that of the checkout, and that shared by all its checkouts.
struct Places {
    own: PathBuf,
    common: PathBuf,
}

impl Repository {
    /// The repository whose checkout is a folder, or that is a folder itself. `None` where there
    /// is none.
    ///
    /// # Errors
    /// Where no temporary folder can be made.
    pub(in crate::world) fn at(folder: &Path) -> io::Result<Option<Self>> {
        let places = Places::of_checkout(folder).or_else(|| Places::of(folder.to_owned()));
        places.map(|places| Self::read(&places)).transpose()
    }

    /// The repository whose checkout a folder belongs to, and the way from its root to the
    /// folder, with `/` after each name. `None` where there is none, or the way is not UTF-8.
    ///
    /// # Errors
    /// Where no temporary folder can be made.
    pub(in crate::world) fn around(folder: &Path) -> io::Result<Option<(Self, String)>> {
        let folder = folder.canonicalize()?;
        let found = folder.ancestors().find_map(|root| Some((root, Places::of_checkout(root)?)));
        let Some((root, places)) = found else { return Ok(None) };
        let names = folder.strip_prefix(root).ok().and_then(Path::to_str);
        let Some(names) = names else { return Ok(None) };
        let names = names.split(std::path::MAIN_SEPARATOR).filter(|name| !name.is_empty());
        let way = names.map(|name| format!("{name}/")).collect();
        Ok(Some((Self::read(&places)?, way)))
    }

    fn read(places: &Places) -> io::Result<Self> {
        let ours = tempfile::tempdir()?;
        let put = |name: &str, content: &[u8]| fs::write(ours.path().join(name), content);
        let copied = |path: &Path, largest| read_bytes(path, largest).ok();
        put("config", settings(&places.common).as_bytes())?;
        put("HEAD", &copied(&places.own.join("HEAD"), LONGEST_NAME_BYTES).unwrap_or_default())?;
        let shallow = copied(&places.common.join("shallow"), LARGEST_SHALLOW_BYTES);
        let shallow = shallow.filter(|commits| !commits.is_empty());
        if let Some(commits) = &shallow {
            put("shallow", commits)?;
        }
        for name in ["refs", "packed-refs", "reftable"] {
            let theirs = places.common.join(name);
            if theirs.is_dir() || theirs.is_file() {
                link(&theirs, &ours.path().join(name))?;
            }
        }
        let objects = places.common.join("objects");
        Ok(Self { ours, objects, shallow: shallow.is_some() })
    }

    /// Whether earlier commits were left out when it was cloned.
    pub(in crate::world) fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// Whether a reference has a file of its own.
    pub(in crate::world) fn has_file(&self, reference: &str) -> bool {
        self.ours.path().join(reference).exists()
    }

    /// What git says, of which at most `most` bytes are read; `None` where it says nothing by the
    /// deadline.
    ///
    /// # Errors
    /// Where there is no git, or it cannot be watched.
    pub(in crate::world) fn ask(
        &self,
        arguments: &[&str],
        deadline: Instant,
        most: u64,
    ) -> io::Result<Option<Said>> {
        let take = |out: &mut dyn BufRead| {
            let mut bytes = Vec::new();
            out.take(most).read_to_end(&mut bytes).map(|_| bytes)
        };
        let said = read_until(&mut self.git(arguments), deadline, take)?;
        Ok(said.map(|(stdout, status, stderr)| Said { status, stdout, stderr }))
    }

    /// What `take` makes of what git says while it says it. `None` where git fails, or has not
    /// ended by the deadline.
    ///
    /// # Errors
    /// Where there is no git, it cannot be watched, or `take` fails.
    pub(in crate::world) fn read_out<T>(
        &self,
        arguments: &[&str],
        deadline: Instant,
        take: impl FnOnce(&mut dyn BufRead) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let said = read_until(&mut self.git(arguments), deadline, take)?;
        Ok(said.and_then(|(taken, status, _)| status.success().then_some(taken)))
    }

    /// Objects by id, or by any name of a revision that holds no line break; an entry for each
    /// name. Of one larger than `largest` bytes the content is left out. `None` where git fails,
    /// or has not ended by the deadline.
    ///
    /// # Errors
    /// Where there is no git, it cannot be watched, or all are too large together.
    pub(in crate::world) fn objects(
        &self,
        names: &[String],
        largest: u64,
        deadline: Instant,
    ) -> io::Result<Option<Vec<Option<Object>>>> {
        // A file, so that neither side waits for the other.
        let mut input = tempfile::tempfile()?;
        for name in names {
            writeln!(input, "{name}")?;
        }
        input.rewind()?;
        let mut git = self.git(&["cat-file", "--batch", "--buffer"]);
        git.stdin(Stdio::from(input));
        let take = |out: &mut dyn BufRead| {
            let mut left = LARGEST_TOTAL_BYTES;
            names.iter().map(|_| object(out, largest, &mut left)).collect::<io::Result<Vec<_>>>()
        };
        let said = read_until(&mut git, deadline, take)?;
        Ok(said.and_then(|(objects, status, _)| status.success().then_some(objects)))
    }

    /// The one way in which git is called on a folder that is not ours.
    pub(super) fn git(&self, arguments: &[&str]) -> Command {
        let mut git = super::git();
        // Git may be called from inside another repository, and with settings for that.
        for (variable, _) in std::env::vars_os() {
            let is_git = variable.to_str().is_some_and(|name| name.starts_with("GIT_"));
            if is_git && git.get_envs().all(|(own, _)| own != variable) {
                git.env_remove(variable);
            }
        }
        git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        git.env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_OPTIONAL_LOCKS", "0");
        git.env("GIT_DIR", self.ours.path()).env("GIT_OBJECT_DIRECTORY", &self.objects);
        git.current_dir(self.ours.path()).arg("--literal-pathspecs").args(arguments);
        git
    }
}

impl Places {
    /// Those of a checkout by the `.git` in it: a folder, or a file that names one.
    fn of_checkout(root: &Path) -> Option<Self> {
        let git = root.join(".git");
        if git.is_dir() {
            return Self::of(git);
        }
        let named = read_bytes(&git, LONGEST_NAME_BYTES).ok()?;
        let named = str::from_utf8(named.strip_prefix(b"gitdir: ")?).ok()?;
        Self::of(root.join(named.trim_end_matches(['\n', '\r'])))
    }

    /// Those of a repository by its own folder.
    fn of(own: PathBuf) -> Option<Self> {
        let shared = read_bytes(&own.join("commondir"), LONGEST_NAME_BYTES).ok();
        let common = match shared {
            Some(named) => own.join(str::from_utf8(&named).ok()?.trim_end_matches(['\n', '\r'])),
            None => own.clone(),
        };
        let common = std::path::absolute(common).ok()?;
        let is_repository = own.join("HEAD").is_file()
            && common.join("objects").is_dir()
            && common.join("refs").exists();
        is_repository.then_some(Self { own, common })
    }
}

/// One object as `git cat-file --batch` tells it.
fn object(out: &mut dyn BufRead, largest: u64, left: &mut u64) -> io::Result<Option<Object>> {
    let mut line = Vec::new();
    (&mut *out).take(LONGEST_NAME_BYTES).read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line);
    let Some(line) = line.strip_suffix('\n') else { return Err(io::ErrorKind::InvalidData.into()) };
    let [_, kind, size] = line.split(' ').collect::<Vec<_>>()[..] else { return Ok(None) };
    // A name that is not there is answered by itself and a word.
    let Ok(size) = size.parse::<u64>() else { return Ok(None) };
    let content = if size <= largest {
        *left = left.checked_sub(size).ok_or(io::ErrorKind::FileTooLarge)?;
        let mut content = Vec::new();
        (&mut *out).take(size).read_to_end(&mut content)?;
        Some(content)
    } else {
        io::copy(&mut (&mut *out).take(size), &mut io::sink())?;
        None
    };
    out.read_exact(&mut [0])?;
    Ok(Some(Object { kind: kind.to_owned(), content }))
}

/// Settings of our own: the format of references and names of objects is all that is taken over.
pub(super) fn settings(common: &Path) -> String {
    let theirs = read_bytes(&common.join("config"), LARGEST_SETTINGS_BYTES).unwrap_or_default();
    let theirs = String::from_utf8_lossy(&theirs).to_lowercase();
    let says = |key: &str, value: &str| {
        let pair =
            |line: &str| line.split_once('=').map(|(a, b)| (a.trim() == key, b.trim() == value));
        theirs.lines().any(|line| pair(line) == Some((true, true)))
    };
    let mut extensions = String::new();
    if says("objectformat", "sha256") {
        extensions.push_str("\tobjectFormat = sha256\n");
    }
    if says("refstorage", "reftable") {
        extensions.push_str("\trefStorage = reftable\n");
    }
    let version = u8::from(!extensions.is_empty());
    format!(
        "[core]\n\trepositoryformatversion = {version}\n\tbare = true\n[extensions]\n{extensions}"
    )
}

#[cfg(unix)]
fn link(theirs: &Path, ours: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(theirs, ours)
}

/// Where links need a permission, references are copied.
#[cfg(not(unix))]
fn link(theirs: &Path, ours: &Path) -> io::Result<()> {
    if theirs.is_file() {
        return fs::copy(theirs, ours).map(|_| ());
    }
    fs::create_dir(ours)?;
    for entry in fs::read_dir(theirs)? {
        let entry = entry?;
        if !entry.file_type()?.is_symlink() {
            link(&entry.path(), &ours.join(entry.file_name()))?;
        }
    }
    Ok(())
}
