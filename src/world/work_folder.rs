//! Folders for work under way, which do not outlive it even where the program is killed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

/// The file in it that is locked for as long as the work is under way; the system gives the lock
/// back however the program ends.
const LOCK: &str = "lock";
/// The folder in it for the work itself.
const WORK: &str = "work";
/// A folder without a lock that is older was left by a program that was killed in between.
const UNLOCKED: Duration = Duration::from_secs(60);

/// A private folder that is deleted in the end: by whoever made it, else by the next who does.
#[derive(Debug)]
pub(super) struct WorkFolder {
    path: PathBuf,
    // Dropped in this order: the folder is gone before others can lock it.
    _folder: TempDir,
    _lock: File,
}

impl WorkFolder {
    /// Makes one in a folder, and deletes what killed programs left there.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub(super) fn new_in(folder: &Path, prefix: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        remove_left_behind(folder, prefix);
        let made = tempfile::Builder::new().prefix(prefix).tempdir_in(folder)?;
        let lock = File::create(made.path().join(LOCK))?;
        lock.try_lock()?;
        let path = made.path().join(WORK);
        fs::create_dir(&path)?;
        Ok(Self { path, _folder: made, _lock: lock })
    }

    /// The folder for the work, empty at first.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Deletes the folders of this kind that nobody works in any more.
pub(super) fn remove_left_behind(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_ours = entry.file_name().to_string_lossy().starts_with(prefix);
        if is_folder && is_ours && is_abandoned(&entry.path()) {
            // What cannot be removed harms nobody.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_abandoned(folder: &Path) -> bool {
    let lock = folder.join(LOCK);
    if lock.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
        return File::open(lock).is_ok_and(|lock| lock.try_lock().is_ok());
    }
    let made = fs::metadata(folder).and_then(|metadata| metadata.modified());
    let age = made.ok().and_then(|made| SystemTime::now().duration_since(made).ok());
    age.is_some_and(|age| age > UNLOCKED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_works_in_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let long_ago = SystemTime::now() - 2 * UNLOCKED;
        for (name, locked) in
            [("work-killed", true), ("work-old", false), ("work-new", false), ("other", true)]
        {
            fs::create_dir_all(path(name).join("part")).unwrap();
            if locked {
                File::create(path(name).join(LOCK)).unwrap();
            }
            if !name.ends_with("new") {
                File::open(path(name)).unwrap().set_modified(long_ago).unwrap();
            }
        }
        fs::write(path("work-file"), "").unwrap();
        let under_way = WorkFolder::new_in(folder.path(), "work-").unwrap();
        remove_left_behind(folder.path(), "work-");
        let there = ["work-killed", "work-old", "work-new", "other", "work-file"];
        assert_eq!(there.map(|name| path(name).exists()), [false, false, true, true, true]);
        assert!(under_way.path().is_dir());
        let gone = under_way.path().to_owned();
        drop(under_way);
        assert!(!gone.exists());
    }
}
