//! Asking for repositories that lie elsewhere.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::run::run_until;
use super::{git, not_run};
use crate::model::{Error, Failure};

/// How long a clone may take.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
/// The most that is read of what git says, in bytes.
const MOST_SAID_BYTES: u64 = 64 << 10;

/// Variables by which git finds a repository, its files and its settings: those of the one it may
/// have been called from.
pub(super) const OF_A_REPOSITORY: [&str; 14] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_TRACE",
    "GIT_WORK_TREE",
];

/// A git that speaks the protocol of the address and no other, except that the user may have
/// configured `ssh` in the place of `https`. It runs in a folder of ours, since git takes the
/// settings of the repository it is started in; the user's own hold. `None` for an address of
/// another protocol.
pub(in crate::world) fn remote(url: &str, ours: &Path) -> Option<Command> {
    let protocols = match url.split_once("://") {
        Some(("https" | "ssh", _)) => "https:ssh",
        Some(("file", _)) => "file",
        _ => return None,
    };
    Some(speaking(protocols, ours))
}

fn speaking(protocols: &str, ours: &Path) -> Command {
    let mut git = git();
    for variable in OF_A_REPOSITORY {
        git.env_remove(variable);
    }
    // Git looks for a repository in the folders above, but not in those beyond a ceiling.
    let ours = ours.canonicalize().unwrap_or_else(|_| ours.to_owned());
    git.env("GIT_CEILING_DIRECTORIES", ours.parent().unwrap_or(&ours)).current_dir(&ours);
    git.env("GIT_ALLOW_PROTOCOL", protocols).env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    for setting in [
        "core.hooksPath=/dev/null",
        "credential.interactive=false",
        "gc.auto=0",
        "maintenance.auto=false",
        // A transfer that stalls for half a minute is given up.
        "http.lowSpeedLimit=1",
        "http.lowSpeedTime=30",
    ] {
        git.args(["-c", setting]);
    }
    git
}

/// Clones the default branch of a repository into a new folder inside one of ours, with its
/// history. Links in it are written as files that hold where they lead.
///
/// # Errors
/// Where there is no `git` program or it fails; the message carries what it said.
pub(in crate::world) fn clone_branch(url: &str, ours: &Path, into: &Path) -> Result<(), Error> {
    let mut git = speaking(protocols_of_clone(url), ours);
    git.args(["-c", "core.symlinks=false", "clone", "--quiet", "--single-branch", "--no-tags"]);
    git.args(["--template=", "--"]);
    // A folder is named from where the program was started.
    let folder = std::path::absolute(url).ok().filter(|path| path.is_dir());
    match folder {
        Some(folder) => git.arg(folder),
        None => git.arg(url),
    };
    let deadline = Instant::now() + PATIENCE;
    let said = match run_until(git.arg(into), deadline, MOST_SAID_BYTES).map_err(not_run)? {
        Some(said) if said.status.success() => return Ok(()),
        Some(said) => said.stderr,
        None => format!("it took longer than {} minutes", PATIENCE.as_secs() / 60),
    };
    let message = format!("`git` could not clone `{url}`: {}", said.trim());
    Err(Error::new(Failure::Source, message)
        .help("check the address and the network, then run `headwater db update` again"))
}

/// The protocols that a clone may speak, by the address that the user gave.
fn protocols_of_clone(url: &str) -> &'static str {
    match url.split_once("://") {
        Some(("https" | "ssh", _)) => "https:ssh",
        Some(("http", _)) => "http:https",
        Some(("git", _)) => "git",
        Some(("file", _)) => "file",
        Some(_) => "none",
        None if url.contains("::") => "none",
        None => "file:ssh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_asked_by_its_protocol_and_the_others_are_not_asked() {
        let cases = [
            ("https://git.example/x", Some("https:ssh"), "https:ssh"),
            ("ssh://git.example/x", Some("https:ssh"), "https:ssh"),
            ("file:///x", Some("file"), "file"),
            ("http://git.example/x", None, "http:https"),
            ("git://git.example/x", None, "git"),
            ("ftp://git.example/x", None, "none"),
            ("ext::sh -c x", None, "none"),
            ("ext::sh -c https://git.example/x", None, "none"),
            ("git.example:x", None, "file:ssh"),
            ("folder/x", None, "file:ssh"),
        ];
        let ours = tempfile::tempdir().unwrap();
        for (url, asked, cloned) in cases {
            let git = remote(url, ours.path());
            let allowed = git.as_ref().map(|git| {
                let mut set = git.get_envs();
                let (_, value) = set.find(|(name, _)| *name == "GIT_ALLOW_PROTOCOL").unwrap();
                value.unwrap().to_str().unwrap()
            });
            assert_eq!((allowed, protocols_of_clone(url)), (asked, cloned), "{url}");
        }
    }
}
