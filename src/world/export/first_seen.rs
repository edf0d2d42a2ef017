//! The day an advisory first appeared, from the history of a checkout.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::model::{Error, Failure};
use crate::world::git;

/// The time of the commit that added each advisory, by identifier.
pub(super) type FirstSeen = BTreeMap<String, Timestamp>;

/// Marks the line of a commit among those of files; no file name has it.
const COMMIT: char = '\u{1}';

/// Reads the history of a checkout: for each advisory the earliest commit, by commit time, that
/// added a file with its identifier for a name. Files were moved and renamed from `.toml` to `.md`
/// over time, so only the name without its ending counts.
///
/// # Errors
/// Where the folder is no git checkout, or one without its history.
pub(super) fn read(checkout: &Path) -> Result<FirstSeen, Error> {
    let help = "name a full clone, made without `--depth`; `git fetch --unshallow` completes one";
    let failed = |why: String| Error::new(Failure::Source, why).at(checkout).help(help);
    if !checkout.join(".git").exists() {
        return Err(failed("is no git checkout, so that nobody knows when advisories came".into()));
    }
    if checkout.join(".git/shallow").exists() {
        return Err(failed("is a git checkout without its history".into()));
    }
    let format = format!("--format={COMMIT}%ct");
    let mut command = git::git();
    command.arg("-C").arg(checkout).args(["log", "--no-show-signature", "--no-ext-diff"]);
    command.args(["--no-textconv", "--no-renames", "--diff-filter=A", "--name-only", &format]);
    let output = command.output().map_err(|error| failed(format!("`git` cannot run: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(format!("`git` cannot read the history: {}", said.trim())));
    }
    Ok(earliest(&String::from_utf8_lossy(&output.stdout)))
}

fn earliest(log: &str) -> FirstSeen {
    let mut first_seen = FirstSeen::new();
    let mut time = None;
    for line in log.lines() {
        if let Some(seconds) = line.strip_prefix(COMMIT) {
            time = seconds.parse().ok().and_then(|it| Timestamp::from_second(it).ok());
        } else if let (Some(time), Some(id)) = (time, Path::new(line).file_stem()) {
            let known = first_seen.entry(id.to_string_lossy().into_owned()).or_insert(time);
            *known = time.min(*known);
        }
    }
    first_seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_commit_counts() {
        let log = "\u{1}300\n\ncrates/soap/RUSTSEC-1.md\n\u{1}100\n\nsoap/RUSTSEC-1.toml\n\
                   \u{1}200\n\nREADME.md\n";
        let seen = earliest(log);
        assert_eq!(seen["RUSTSEC-1"], Timestamp::from_second(100).unwrap());
    }
}
