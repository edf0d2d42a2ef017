//! Tables of commits, for forecasts that know them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use smol_str::SmolStr;

use super::Cells;
use crate::model::Error;

/// A line of the table of commits: columns `repo`, `author_time`, `commit_time` (seconds since
/// 1970-01-01) and `is_bot` (1 for a program). One repository's lines are what
/// `git log --format='owner/name%x09%at%x09%ct%x090'` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCommit {
    /// The repository, as the table of packages names it.
    pub repository: SmolStr,
    /// When it was written.
    pub authored: Timestamp,
    /// When it was there to be seen: the later of the author's and the committer's time, as a
    /// commit that was rebased or picked came later than it was written.
    pub seen: Timestamp,
}

/// Reads the table of commits. Those of programs are left out, merges of people are not.
///
/// # Errors
/// Where a column is missing or a time is not one, with the line.
pub fn commits(text: &str) -> Result<Vec<RecordedCommit>, Error> {
    let cells = Cells::new(text, ["repo", "author_time", "commit_time", "is_bot"])?;
    let by_people = cells.filter(|(_, [.., is_bot])| *is_bot != "1");
    let read = |(line, [repository, author, committer, _]): (usize, [&str; 4])| {
        let authored = seconds(author, line)?;
        let seen = authored.max(seconds(committer, line)?);
        Ok(RecordedCommit { repository: repository.into(), authored, seen })
    };
    by_people.map(read).collect()
}

/// Reads which repository of the table of commits each package comes from: columns `crate` and
/// `repo`.
///
/// # Errors
/// Where a column is missing.
pub fn package_repositories(text: &str) -> Result<BTreeMap<SmolStr, SmolStr>, Error> {
    let cells = Cells::new(text, ["crate", "repo"])?;
    Ok(cells.map(|(_, [package, repository])| (package.into(), repository.into())).collect())
}

fn seconds(text: &str, line: usize) -> Result<Timestamp, Error> {
    let time = text.parse().ok().and_then(|it| Timestamp::from_second(it).ok());
    time.ok_or_else(|| {
        Error::input(format!("`{text}` is no time in seconds since 1970")).line(Some(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_of_people_with_the_time_they_came() {
        let text = "repo\thash\tauthor_time\tcommit_time\tis_bot\n\
                    wash/soap\tff\t86400\t172800\t0\nwash/soap\tfe\t90000\t86400\t0\n\
                    wash/soap\tfd\t90000\t90000\t1\n";
        let read = commits(text).unwrap();
        let seconds = |it: &RecordedCommit| (it.authored.as_second(), it.seen.as_second());
        assert_eq!(
            read.iter().map(seconds).collect::<Vec<_>>(),
            [(86_400, 172_800), (90_000, 90_000)]
        );
        assert_eq!(commits(&text.replace("172800", "soon")).unwrap_err().line, Some(2));
        assert_eq!(commits(&text.replace("172800", "9e99")).unwrap_err().line, Some(2));
        assert!(commits("repo\tauthor_time\n").unwrap_err().message.contains("`commit_time`"));
        let places = package_repositories("crate\trepo\tmanifest\nsoap\twash/soap\tx\n").unwrap();
        assert_eq!(places["soap"], "wash/soap");
    }
}
