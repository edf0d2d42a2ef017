//! Asking a remote repository with the `git` program.
//!
//! The clone is bare and treeless: commits, tags and the mailmap, no file. Nothing of the remote
//! is executed: no template, no hook, no checkout, and no transport but the one of the address.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::read;
use super::salt::Salt;
use crate::model::{History, Missing};
use crate::world::cache::CacheDir;
use crate::world::git::{remote, run_until};
use crate::world::work_folder::WorkFolder;

/// The most that is read of what git says, in bytes. A repository of a million tags says less.
const MOST_SAID_BYTES: u64 = 128 * 1024 * 1024;
/// How the folder of a clone begins.
const PREFIX: &str = "clone-";
/// The same where the cache directory cannot be used.
const TEMPORARY: &str = "headwater-clone-";

/// `HEAD` and the tags of a remote repository with what they point at; nothing where it is
/// empty. Git runs in a folder of ours.
pub(super) fn refs(
    url: &str,
    ours: &Path,
    deadline: Instant,
) -> Result<Vec<(String, String)>, Missing> {
    let mut git = remote(url, ours).ok_or(Missing::Refused)?;
    git.args(["ls-remote", "--quiet", "--", url, "HEAD", "refs/tags/*"]);
    let said = run(&mut git, deadline)?;
    let text = String::from_utf8_lossy(&said);
    let references = text.lines().filter_map(|line| line.split_once('\t'));
    let unpeeled = references.filter(|(_, name)| !name.ends_with("^{}"));
    Ok(unpeeled.map(|(id, name)| (name.to_owned(), id.to_owned())).collect())
}

/// The history of a remote repository, by way of a clone in an empty folder of ours.
pub(super) fn history(
    url: &str,
    ours: &Path,
    salt: &Salt,
    deadline: Instant,
) -> Result<History, Missing> {
    clone(url, ours, deadline)?;
    read::read(ours, salt)
}

fn clone(url: &str, ours: &Path, deadline: Instant) -> Result<(), Missing> {
    let mut init = remote(url, ours).ok_or(Missing::Refused)?;
    init.args(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", "."]);
    run(&mut init, deadline)?;
    let mut fetch = git_in(ours, url)?;
    fetch.args(["fetch", "--quiet", "--filter=tree:0", "--no-write-fetch-head", "origin"]);
    run(fetch.args(["+HEAD:refs/heads/main", "+refs/tags/*:refs/tags/*"]), deadline)?;
    // Git fetches what it shows, and most repositories have none: nothing is missed then.
    let mut mailmap = git_in(ours, url)?;
    let _ = run(mailmap.args(["cat-file", "blob", "HEAD:.mailmap"]), deadline);
    Ok(())
}

/// Runs git for what it says.
fn run(git: &mut Command, deadline: Instant) -> Result<Vec<u8>, Missing> {
    let said = run_until(git, deadline, MOST_SAID_BYTES).map_err(|error| {
        let absent = error.kind() == io::ErrorKind::NotFound;
        if absent { Missing::NoGit } else { Missing::Refused }
    })?;
    let said = said.ok_or(Missing::OutOfTime)?;
    if said.status.success() { Ok(said.stdout) } else { Err(why(&said.stderr)) }
}

/// What git's complaint, in English, comes to. Forges hide what one may not see behind a
/// question for a user name.
fn why(complaint: &str) -> Missing {
    const UNREACHABLE: [&str; 12] = [
        "could not resolve",
        "couldn't resolve",
        "failed to connect",
        "couldn't connect",
        "connection",
        "certificate",
        "timed out",
        "redirect",
        "early eof",
        "rpc failed",
        "network",
        "disconnect",
    ];
    const NOT_FOUND: [&str; 3] =
        ["not found", "does not exist", "does not appear to be a git repository"];
    let complaint = complaint.to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| complaint.contains(phrase));
    if says(&NOT_FOUND) {
        Missing::NotFound
    } else if says(&UNREACHABLE) {
        Missing::Unreachable
    } else {
        Missing::Refused
    }
}

/// A git inside a clone of ours that misses what the remote can still be asked for.
fn git_in(clone: &Path, url: &str) -> Result<Command, Missing> {
    let mut git = remote(url, clone).ok_or(Missing::Refused)?;
    git.arg("-c").arg(format!("remote.origin.url={url}"));
    git.args(["-c", "remote.origin.promisor=true"]);
    git.args(["-c", "remote.origin.partialCloneFilter=tree:0"]);
    Ok(git)
}

/// An empty private folder that is deleted in the end.
pub(super) fn temporary(cache: &CacheDir) -> io::Result<WorkFolder> {
    let elsewhere = || WorkFolder::new_in(&std::env::temp_dir(), TEMPORARY);
    match cache.path_of("history") {
        // A cache that cannot be written must not keep the history from being learned.
        Some(folder) => WorkFolder::new_in(&folder, PREFIX).or_else(|_| elsewhere()),
        None => elsewhere(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn complaints_are_told_apart() {
        let cases = [
            ("fatal: repository 'https://host.example/o/n/' not found", Missing::NotFound),
            ("fatal: '/x' does not appear to be a git repository", Missing::NotFound),
            ("fatal: could not read Username for 'https://host.example': no", Missing::Refused),
            ("fatal: transport 'file' not allowed", Missing::Refused),
            ("The requested URL returned error: 403", Missing::Refused),
            ("fatal: unable to access: Could not resolve host: host.example", Missing::Unreachable),
            ("fatal: SSL certificate problem: self-signed certificate", Missing::Unreachable),
            ("fatal: unable to access: Maximum (20) redirects followed", Missing::Unreachable),
        ];
        for (complaint, expected) in cases {
            assert_eq!(why(complaint), expected, "{complaint}");
        }
    }

    #[test]
    fn only_safe_protocols_are_spoken() {
        let soon = Instant::now() + Duration::from_secs(5);
        for url in ["ext::sh -c true", "http://host.example/o/n", "/srv/n", "git://h.example/n"] {
            let folder = tempfile::tempdir().unwrap();
            assert_eq!(refs(url, folder.path(), soon), Err(Missing::Refused), "{url}");
        }
    }
}
