//! Keeping the cache of answers small.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::cache::FOLDER;
use crate::world::cache::CacheDir;

/// Age after which an answer is removed: nobody asked for it again.
const OLDEST: Duration = Duration::from_secs(180 * 24 * 3_600);

/// Most that is kept, in bytes; 500 projects and 1,000 packages need some 30 MB.
const MOST_BYTES: u64 = 500 << 20;

/// Least time between two looks.
const BETWEEN: Duration = Duration::from_secs(24 * 3_600);

/// Notes by its age when the last look was.
const MARK: &str = "http-pruned";

/// Removes answers that nobody asked for in half a year, and the oldest ones where all are too
/// large, at most once a day. A cache that cannot be written stays as it is.
pub(super) fn prune(cache: &CacheDir) {
    let (Some(folder), Some(mark)) = (cache.path_of(FOLDER), cache.path_of(MARK)) else { return };
    let now = SystemTime::now();
    if age(&mark, now).is_some_and(|age| age < BETWEEN) || !folder.is_dir() {
        return;
    }
    if cache.write(MARK, b"").is_ok() {
        remove(&folder, now, MOST_BYTES);
    }
}

fn remove(folder: &Path, now: SystemTime, most_bytes: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let file = |entry: fs::DirEntry| {
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        let age = now.duration_since(metadata.modified().ok()?).unwrap_or_default();
        Some((age, metadata.len(), entry.path()))
    };
    let mut files: Vec<(Duration, u64, PathBuf)> = entries.flatten().filter_map(file).collect();
    files.sort_unstable();
    let mut kept_bytes = 0;
    for (age, bytes, path) in files {
        kept_bytes += bytes;
        if age > OLDEST || kept_bytes > most_bytes {
            // One that cannot be removed is looked at again tomorrow.
            let _ = fs::remove_file(path);
        }
    }
}

/// The age of a file; `None` where it is not there.
fn age(path: &Path, now: SystemTime) -> Option<Duration> {
    let modified = fs::metadata(path).ok()?.modified().ok()?;
    Some(now.duration_since(modified).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    fn put(folder: &Path, name: &str, bytes: usize, days: u32) {
        let path = folder.join(name);
        fs::write(&path, vec![0; bytes]).unwrap();
        let file = fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - DAY * days).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_very_old_goes_and_then_the_oldest_until_the_rest_is_small_enough() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name, bytes, days| put(folder.path(), name, bytes, days);
        put("new", 10, 0);
        put("old", 10, 30);
        put("older", 10, 170);
        put("ancient", 0, 181);
        fs::create_dir(folder.path().join("folder")).unwrap();
        remove(folder.path(), SystemTime::now(), 30);
        assert_eq!(names(folder.path()), ["folder", "new", "old", "older"]);
        remove(folder.path(), SystemTime::now(), 20);
        assert_eq!(names(folder.path()), ["folder", "new", "old"]);
    }

    #[test]
    fn it_is_looked_at_once_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().to_owned()));
        prune(&cache);
        assert_eq!(names(folder.path()), [""; 0], "nothing to look at");
        let http = folder.path().join("http");
        fs::create_dir(&http).unwrap();
        for (mark_days, expected) in [(None, 0), (Some(0), 1), (Some(2), 0)] {
            put(&http, "ancient", 1, 400);
            if let Some(days) = mark_days {
                put(folder.path(), MARK, 0, days);
            }
            prune(&cache);
            assert_eq!(names(&http).len(), expected, "{mark_days:?}");
        }
    }
}
