//! The user's cache directory.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

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

    /// The content of a file. `None` where there is none or it cannot be read: a cache that
    /// cannot be read is made again.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.path_of(name)?).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_a_missing_file_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().join("not/yet/there")));
        assert_eq!(cache.read("a"), None);
        cache.write("a", b"one").unwrap();
        cache.write("a", b"two").unwrap();
        assert_eq!(cache.read("a").as_deref(), Some(b"two".as_slice()));
    }
}
