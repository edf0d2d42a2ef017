//! The table of what real lockfiles held: what each commit added and removed.

use jiff::Timestamp;
use smol_str::SmolStr;

use super::{Cells, timestamp};
use crate::model::Error;

/// A line of the table of lockfile changes: columns `repo`, `commit_time`, `op` (`+` or `-`),
/// `crate`, `version`, `source` (`r` for a registry).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockChange {
    /// The repository whose `Cargo.lock` it is.
    pub repository: SmolStr,
    /// When it was committed.
    pub committed: Timestamp,
    /// Whether the lockfile gained or lost the version.
    pub change: Change,
    /// Name of the package.
    pub package: SmolStr,
    /// The locked version.
    pub version: SmolStr,
}

/// What a commit did to a version in a lockfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The lockfile holds it from then on.
    Added,
    /// The lockfile no longer holds it.
    Removed,
}

/// Reads the table of lockfile changes, the lines of a repository in the order of its commits.
/// Packages that come from a path or from git are left out: a name says nothing of them.
///
/// # Errors
/// Where a column is missing, a time is not one, or `op` is neither `+` nor `-`, with the line.
pub fn lock_changes(text: &str) -> Result<Vec<LockChange>, Error> {
    let cells = Cells::new(text, ["repo", "commit_time", "op", "crate", "version", "source"])?;
    let from_registry = cells.filter(|(_, [.., source])| *source == "r");
    let read = |(line, [repository, time, op, package, version, _]): (usize, [&str; 6])| {
        let change = match op {
            "+" => Change::Added,
            "-" => Change::Removed,
            _ => {
                let message = format!("`{op}` is no change of a lockfile; write `+` or `-`");
                return Err(Error::input(message).line(Some(line)));
            }
        };
        Ok(LockChange {
            repository: repository.into(),
            committed: timestamp(time, line)?,
            change,
            package: package.into(),
            version: version.into(),
        })
    };
    from_registry.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_registry_packages_are_read() {
        let text = "repo\tcommit\tcommit_time\top\tcrate\tversion\tsource\n\
                    wash/soap\tff\t2020-01-01T23:30:00-01:00\t+\tfoam\t1.0.0\tr\n\
                    wash/soap\tff\t2020-01-01T23:30:00-01:00\t+\tsoap\t1.0.0\tl\n\
                    wash/soap\tfe\t2020-01-03T00:00:00Z\t-\tfoam\t1.0.0\tr\n";
        let read = lock_changes(text).unwrap();
        let what = |it: &LockChange| (it.package.to_string(), it.change);
        assert_eq!(
            read.iter().map(what).collect::<Vec<_>>(),
            [("foam".to_owned(), Change::Added), ("foam".to_owned(), Change::Removed)]
        );
        assert_eq!(read[0].committed, "2020-01-02T00:30:00Z".parse().unwrap());
        assert_eq!(lock_changes(&text.replace("\t-\t", "\t?\t")).unwrap_err().line, Some(4));
        assert_eq!(lock_changes(&text.replace("03T00", "33T00")).unwrap_err().line, Some(4));
        assert!(lock_changes("repo\top\n").unwrap_err().message.contains("`commit_time`"));
    }
}
