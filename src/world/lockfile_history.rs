//! The commits of a git repository that changed a lockfile, and the lockfile at each.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use crate::audit::trend::{LockfileHistory, Snapshot};
use crate::model::{Diagnostic, Error, Failure, Level};
use crate::read::cargo_lock;
use crate::world::files::LARGEST_TEXT_BYTES;
use crate::world::git::{Repository, Said, not_run};

/// How long git may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest list of commits that is read, in bytes: five million commits.
const LARGEST_LIST_BYTES: u64 = 256 << 20;
/// The most that lockfiles may come to together, in bytes: a thousand of half a mebibyte.
const LARGEST_TOTAL_BYTES: u64 = 512 << 20;
/// Digits of a commit that is told of in a complaint.
const SHORT: usize = 10;

/// Reads the commits that changed the lockfile from the day `since` to the day `until`, both
/// included, by the day (UTC) they were committed, on the way from `HEAD` to its first parents;
/// where there are more than `most`, as many at even steps, the newest and the oldest among them.
/// Lockfiles that cannot be read are left out with a complaint.
///
/// # Errors
/// Where there is no git, no repository, or no such commit.
pub fn read(
    lockfile: &Path,
    since: Date,
    until: Date,
    most: usize,
) -> Result<(LockfileHistory, Vec<Diagnostic>), Error> {
    let place = Place::of(lockfile)?;
    let commits = place.commits(since, until)?;
    let Some((_, oldest)) = commits.last() else {
        return Err(Error::new(Failure::Nothing, format!("no commit since {since} changed it"))
            .at(lockfile)
            .help("name an earlier day, or commit the lockfile"));
    };
    let mut diagnostics = place.cut_off(oldest)?;
    let mut snapshots = Vec::new();
    let mut bytes_left = LARGEST_TOTAL_BYTES;
    for at in even_steps(commits.len(), most) {
        let (day, commit) = &commits[at];
        let text = place.text_at(commit, bytes_left.min(LARGEST_TEXT_BYTES))?;
        bytes_left -= text.as_ref().map_or(0, |text| text.len() as u64);
        match text.and_then(|text| cargo_lock::parse(&text).map_err(|error| error.message)) {
            Ok(lockfile) => {
                snapshots.push(Snapshot { commit: commit.clone(), day: *day, lockfile });
            }
            Err(why) => diagnostics.push(place.left_out(commit, *day, &why)),
        }
    }
    if snapshots.is_empty() {
        return Err(Error::new(Failure::Nothing, "no commit holds a lockfile that can be read")
            .at(lockfile));
    }
    Ok((LockfileHistory { since, commits: commits.len(), snapshots }, diagnostics))
}

/// Positions in a list of this length: all, or `most` of them at even steps from first to last.
fn even_steps(length: usize, most: usize) -> Vec<usize> {
    match most {
        most if most >= length => (0..length).collect(),
        1 => vec![0],
        _ => (0..most).map(|step| step * (length - 1) / (most - 1)).collect(),
    }
}

/// A lockfile in a folder of a checkout.
struct Place<'a> {
    lockfile: &'a Path,
    repository: Repository,
    /// The way to it from the root of the checkout.
    path: String,
}

impl<'a> Place<'a> {
    fn of(lockfile: &'a Path) -> Result<Self, Error> {
        // The parent of a bare file name is empty, which is no path to anything.
        let parent = lockfile.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new("."));
        let name = lockfile.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::input("the name is not UTF-8").at(lockfile))?;
        let found = Repository::around(folder);
        let found = found.map_err(|error| Error::input(format!("{error}")).at(lockfile))?;
        let (repository, way) = found.ok_or_else(|| {
            Error::input("the lockfile is in no git repository")
                .at(lockfile)
                .help("a trend is told from the commits of a repository: give one of its own")
        })?;
        Ok(Self { lockfile, repository, path: format!("{way}{name}") })
    }

    /// Days and names of the commits, newest first.
    fn commits(&self, since: Date, until: Date) -> Result<Vec<(Date, String)>, Error> {
        let from = format!("--max-age={}", seconds(since).max(0));
        let next = until.saturating_add(Span::new().days(1));
        let to = format!("--min-age={}", (seconds(next) - 1).max(0));
        let list = ["rev-list", "--first-parent", "--timestamp", &from, &to, "HEAD", "--"];
        let said = self.ask(&[&list[..], &[&self.path]].concat(), LARGEST_LIST_BYTES)?;
        if said.stderr.contains("bad revision 'HEAD'") {
            return Err(
                Error::new(Failure::Nothing, "the repository has no commits yet").at(self.lockfile)
            );
        }
        if !said.status.success() {
            return Err(self.failed(&said));
        }
        let text = String::from_utf8_lossy(&said.stdout);
        let read = |line: &str| {
            let (seconds, commit) = line.split_once(' ')?;
            let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
            Some((Offset::UTC.to_datetime(time).date(), commit.to_owned()))
        };
        Ok(text.lines().filter_map(read).collect())
    }

    /// Why there may be no earlier commits than the oldest.
    fn cut_off(&self, oldest: &str) -> Result<Vec<Diagnostic>, Error> {
        if self.repository.is_shallow() {
            return Ok(vec![
                self.complaint(
                    Level::Warning,
                    "the repository is a shallow clone, whose history ends early; run \
                 `git fetch --unshallow` to have all of it"
                        .to_owned(),
                ),
            ]);
        }
        let exists = |object: &str| {
            self.ask(&["cat-file", "-e", object], LARGEST_TEXT_BYTES).map(|it| it.status.success())
        };
        let parent = format!("{oldest}^1");
        if !exists(&parent)? || exists(&format!("{parent}:{}", self.path))? {
            return Ok(Vec::new());
        }
        let message = format!(
            "it was added, or moved here, by commit {}: what it was before has another path",
            short(oldest)
        );
        Ok(vec![self.complaint(Level::Note, message)])
    }

    /// The lockfile's text at a commit, or why it is not read.
    fn text_at(&self, commit: &str, most_bytes: u64) -> Result<Result<String, String>, Error> {
        let object = format!("{commit}:{}", self.path);
        let said = self.ask(&["cat-file", "blob", &object], most_bytes + 1)?;
        if said.stdout.len() as u64 > most_bytes {
            return Ok(Err("it is too large, or all are together: lower `--most`".to_owned()));
        }
        if !said.status.success() {
            let absent = ["does not exist in", "exists on disk, but not in"];
            let is_absent = absent.iter().any(|phrase| said.stderr.contains(phrase));
            let why = said.stderr.lines().next().unwrap_or_default().to_owned();
            return Ok(Err(if is_absent { "it was deleted there".to_owned() } else { why }));
        }
        Ok(String::from_utf8(said.stdout).map_err(|_| "it is not UTF-8 text".to_owned()))
    }

    fn left_out(&self, commit: &str, day: Date, why: &str) -> Diagnostic {
        let message = format!("commit {} of {day} is left out: {why}", short(commit));
        self.complaint(Level::Warning, message)
    }

    fn complaint(&self, level: Level, message: String) -> Diagnostic {
        Diagnostic { level, path: Some(self.lockfile.display().to_string()), line: None, message }
    }

    fn ask(&self, arguments: &[&str], most_bytes: u64) -> Result<Said, Error> {
        let said = self.repository.ask(arguments, Instant::now() + PATIENCE, most_bytes);
        let said = said.map_err(|error| not_run(error).help("a trend needs git: install it"))?;
        said.ok_or_else(|| {
            let seconds = PATIENCE.as_secs();
            Error::new(Failure::Source, format!("`git` gave no answer within {seconds} seconds"))
                .at(self.lockfile)
                .help("run `git gc` in the repository, or try again when the machine is idle")
        })
    }

    fn failed(&self, said: &Said) -> Error {
        let first = said.stderr.lines().next().unwrap_or("it did not say why");
        Error::new(Failure::Source, format!("`git` could not read the repository: {first}"))
            .at(self.lockfile)
            .help("run `git log` beside the lockfile to see the same")
    }
}

/// Whether a folder is a bare repository, which holds no lockfile.
pub fn is_bare(folder: &Path) -> bool {
    !folder.join(".git").exists() && Repository::at(folder).is_ok_and(|found| found.is_some())
}

/// The first second of a day (UTC).
fn seconds(day: Date) -> i64 {
    Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_or(i64::MAX, Timestamp::as_second)
}

fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_even_and_keep_both_ends() {
        for (length, most, expected) in [
            (3, 24, vec![0, 1, 2]),
            (3, 3, vec![0, 1, 2]),
            (100, 1, vec![0]),
            (101, 5, vec![0, 25, 50, 75, 100]),
            (4, 3, vec![0, 1, 3]),
        ] {
            assert_eq!(even_steps(length, most), expected, "{length} {most}");
        }
    }
}
