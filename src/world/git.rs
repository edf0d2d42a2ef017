//! The `git` program, the only one that is started besides GitHub's `gh`.
//!
//! A repository that others may have made is read as data ([`Repository`]): of its folder only
//! `HEAD`, references and objects are looked at, never its settings, hooks or attributes, which
//! can name programs. Other repositories are asked for ([`remote`]) from a folder of our own.
//! Every run is bounded in time, memory and the size of files.

mod local;
mod remote;
mod run;

pub(super) use local::{Object, Repository};
pub(super) use remote::{clone_branch, remote};
pub(super) use run::{Said, run_until};

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::model::{Error, Failure};

/// No object larger than this is read, in bytes: a commit or tag beyond it is an attack.
const LARGEST_OBJECT: &str = "64m";

/// How long git may take to tell of one commit.
const PATIENCE: Duration = Duration::from_secs(10);

/// The commit a checkout stands at, where it is one, and whether its history is cut off.
pub(super) fn head_and_depth(checkout: &Path) -> Option<(Option<String>, bool)> {
    let shallow = Repository::at(checkout).ok()??.is_shallow();
    Some((head(checkout).map(|(commit, _)| commit), shallow))
}

/// The commit a checkout stands at, and its day. `None` for a folder that is not the root of a
/// checkout, and where there is no `git` program.
pub(super) fn head(checkout: &Path) -> Option<(String, Date)> {
    let repository = Repository::at(checkout).ok()??;
    let arguments = ["rev-list", "--max-count=1", "--timestamp", "HEAD", "--"];
    let said = repository.ask(&arguments, Instant::now() + PATIENCE, 1_024).ok()??;
    let text = String::from_utf8(said.stdout).ok().filter(|_| said.status.success())?;
    let (seconds, commit) = text.trim().split_once(' ')?;
    let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some((commit.to_owned(), Offset::UTC.to_datetime(time).date()))
}

/// A git that asks nothing.
fn git() -> Command {
    let mut git = Command::new("git");
    git.stdin(Stdio::null()).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    // An empty program is none: no window asks for a password either.
    git.env("GIT_ASKPASS", "").env("GIT_ALLOC_LIMIT", LARGEST_OBJECT);
    git
}

/// Why the program did not start.
pub(super) fn not_run(error: io::Error) -> Error {
    let message = if error.kind() == io::ErrorKind::NotFound {
        "the `git` program is not installed".to_owned()
    } else {
        format!("the `git` program could not be run: {error}")
    };
    Error::new(Failure::Source, message)
        .help("install git, or name a downloaded database with `--advisory-db`")
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
