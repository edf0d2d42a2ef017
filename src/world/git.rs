//! The `git` program.

use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::model::{Error, Failure};

/// The commit a checkout stands at, and its day. `None` for a folder that is not the root of a
/// checkout, and where there is no `git` program.
pub(super) fn head(checkout: &Path) -> Option<(String, Date)> {
    // Without this, git would answer for a repository further up.
    if !checkout.join(".git").exists() {
        return None;
    }
    // `rev-list` obeys no setting of the repository, unlike `log`, which may run programs.
    let mut git = git();
    git.arg("-C").arg(checkout).args(["rev-list", "--max-count=1", "--timestamp", "HEAD"]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (seconds, commit) = text.trim().split_once(' ')?;
    let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some((commit.to_owned(), Offset::UTC.to_datetime(time).date()))
}

/// Clones the default branch of a repository into a new folder, with its history.
///
/// # Errors
/// Where there is no `git` program or it fails; the message carries what it said.
pub(super) fn clone_branch(url: &str, into: &Path) -> Result<(), Error> {
    let mut git = git();
    // A transfer that stalls for a minute is given up.
    git.args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"]);
    git.args(["clone", "--quiet", "--single-branch", "--no-tags", "--"]);
    let output = git.arg(url).arg(into).output().map_err(not_run)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let message = format!("`git` could not clone `{url}`: {}", said.trim());
    Err(Error::new(Failure::Source, message)
        .help("check the address and the network, then run `headwater db update` again"))
}

/// What a program said before it ended.
pub(super) struct Said {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// Runs a program until it ends, or until the deadline, when it is killed and `None` returned.
/// Of each stream at most `most` bytes are read.
///
/// # Errors
/// Where the program cannot be started or watched.
pub(super) fn run_until(
    command: &mut Command,
    deadline: Instant,
    most: u64,
) -> io::Result<Option<Said>> {
    // Files take what a pipe would block on, without a thread to drain it.
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = command.stdout(stdout.try_clone()?).stderr(stderr.try_clone()?).spawn()?;
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(pause.min(deadline.saturating_duration_since(Instant::now())));
        pause = (pause * 2).min(Duration::from_millis(50));
    };
    let read = |file: &mut std::fs::File| {
        let mut bytes = Vec::new();
        file.rewind()?;
        file.take(most).read_to_end(&mut bytes).map(|_| bytes)
    };
    let (stdout, stderr) = (read(&mut stdout)?, read(&mut stderr)?);
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    Ok(Some(Said { status, stdout, stderr }))
}

/// A git that asks nothing and is not led astray by the repository it may have been called from.
pub(super) fn git() -> Command {
    let mut git = Command::new("git");
    git.stdin(Stdio::null()).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    // An empty program is none: no window asks for a password either.
    git.env("GIT_ASKPASS", "");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        git.env_remove(variable);
    }
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
