//! The user's cache directory.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

use super::files::read_bytes;

/// The largest file that is read, in bytes; the memo of the whole public index would have a third
/// of it.
const LARGEST_FILE_BYTES: u64 = 256 << 20;

/// A directory for files that can be made again. It may be absent or read-only: reading then
/// finds nothing and writing fails with an error the caller reports once.
#[derive(Debug, Clone)]
pub struct CacheDir {
    path: Option<PathBuf>,
}

impl CacheDir {
    /// The given directory, or the platform's cache directory for this user
    /// (`$XDG_CACHE_HOME/headwater` on Linux).
    pub fn locate(given: Option<PathBuf>) -> Self {
        let platform = || Some(choose_base_strategy().ok()?.cache_dir().join("headwater"));
        Self { path: given.or_else(platform) }
    }

    /// Full path of a file in the directory; `None` where the user has no cache directory.
    pub fn path_of(&self, name: &str) -> Option<PathBuf> {
        Some(self.path.as_ref()?.join(name))
    }

    /// The directory itself.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The content of a file. `None` where there is none or it cannot be used: it is then made
    /// again. Only a regular file of bounded size counts, and one that this user or the
    /// superuser made: another's would say what they like.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.path_of(name)?;
        if is_own(&path) { read_bytes(&path, LARGEST_FILE_BYTES).ok() } else { None }
    }

    /// Replaces a file in one step: a reader sees the old content or the new, never a part.
    ///
    /// # Errors
    /// Where the directory cannot be made or written.
    pub fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.path_of(name).ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "no cache directory is known for this user")
        })?;
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.persist(&path)?;
        Ok(())
    }
}

/// Whether there is a regular file, no link, that this user or the superuser made.
pub(super) fn is_own(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|file| file.is_file() && is_of_user(&file))
}

#[cfg(unix)]
fn is_of_user(file: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    is_trusted(file.uid(), rustix::process::geteuid().as_raw())
}

/// Whether a user believes a file of an owner.
#[cfg(unix)]
fn is_trusted(owner: u32, user: u32) -> bool {
    owner == 0 || owner == user
}

/// Elsewhere the folder of the user is theirs alone.
#[cfg(not(unix))]
fn is_of_user(_: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_regular_files_of_the_user_and_of_bounded_size_are_read() {
        use std::os::unix::fs::{chown, symlink};
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().to_owned()));
        let path = |name: &str| folder.path().join(name);
        cache.write("own", b"own").unwrap();
        symlink(path("own"), path("link")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        std::fs::File::create(path("large")).unwrap().set_len(LARGEST_FILE_BYTES + 1).unwrap();
        for (name, expected) in
            [("own", Some(&b"own"[..])), ("link", None), ("pipe", None), ("large", None)]
        {
            assert_eq!(cache.read(name).as_deref(), expected, "{name}");
        }
        // Only the superuser can give a file away.
        if chown(path("own"), Some(65_534), None).is_ok() {
            assert_eq!(cache.read("own"), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_superuser_and_the_user_are_trusted() {
        let cases = [(0, 1_000, true), (1_000, 1_000, true), (0, 0, true), (1_000, 0, false)];
        for (owner, user, expected) in cases {
            assert_eq!(is_trusted(owner, user), expected, "{owner} {user}");
        }
        assert!(!is_trusted(1_001, 1_000));
    }

    #[test]
    fn what_was_written_is_read_and_a_missing_file_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().join("not/yet/there")));
        assert_eq!(cache.read("a"), None);
        assert_eq!(cache.path(), Some(folder.path().join("not/yet/there").as_path()));
        cache.write("a", b"one").unwrap();
        cache.write("a", b"two").unwrap();
        assert_eq!(cache.read("a").as_deref(), Some(b"two".as_slice()));
    }
}
