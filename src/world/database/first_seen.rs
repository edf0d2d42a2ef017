//! The day an advisory first appeared in a database: from the history of a checkout, from a table,
//! or as the embedded snapshot recorded it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::advisory::snapshot;
use crate::model::{Advisory, Database, Diagnostic, Error, Failure, PublicBasis};
use crate::source::backtest;
use crate::world::backtest::parse;
use crate::world::git::{Repository, Said};

/// The day (UTC) each advisory first appeared, by identifier.
pub type FirstSeen = BTreeMap<String, Date>;

/// Marks the line of a commit among those of files; no file name has it.
const COMMIT: char = '\u{1}';

/// Git is given up after this time; the history of RustSec takes it under a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most that is read of what git says, in bytes; of RustSec it says 200 KiB.
const MOST_SAID_BYTES: u64 = 64 << 20;

/// Reads the history of a checkout: for each advisory the earliest commit, by commit time, that
/// added a file with its identifier for a name. Files were moved and renamed from `.toml` to `.md`
/// over time, so only the name without its ending counts.
///
/// Of a merge only its own day counts: what lay on a branch before was not in the database.
///
/// # Errors
/// Where the folder is no git checkout, or one without its history.
pub fn history(checkout: &Path) -> Result<FirstSeen, Error> {
    let help = "name a full clone, made without `--depth`; `git fetch --unshallow` completes one";
    let failed = |why: String| Error::new(Failure::Source, why).at(checkout).help(help);
    let repository =
        Repository::at(checkout).map_err(|error| failed(format!("is not read: {error}")))?;
    let repository = repository.ok_or_else(|| {
        failed("is no git checkout, so that nobody knows when advisories came".into())
    })?;
    // There, all files seem to come with the oldest commit.
    if repository.is_shallow() {
        return Err(failed("is a git checkout without its history".into()));
    }
    let format = format!("--format={COMMIT}%ct");
    let mut arguments = vec!["log", "--root", "--first-parent", "-m", "--no-renames"];
    arguments.extend(["--diff-filter=A", "--name-only", &format, "HEAD", "--"]);
    Ok(earliest(&ask(&repository, &arguments).map_err(failed)?))
}

fn ask(repository: &Repository, arguments: &[&str]) -> Result<String, String> {
    match repository.ask(arguments, Instant::now() + PATIENCE, MOST_SAID_BYTES) {
        Err(error) => Err(format!("`git` cannot run: {error}")),
        Ok(None) => {
            Err(format!("`git` did not read the history within {} seconds", PATIENCE.as_secs()))
        }
        Ok(Some(Said { status, stdout, .. })) if status.success() => {
            Ok(String::from_utf8_lossy(&stdout).into_owned())
        }
        Ok(Some(said)) => Err(format!("`git` cannot read the history: {}", said.stderr.trim())),
    }
}

fn earliest(log: &str) -> FirstSeen {
    let mut first_seen = FirstSeen::new();
    let mut day = None;
    for line in log.lines() {
        if let Some(seconds) = line.strip_prefix(COMMIT) {
            let time = seconds.parse().ok().and_then(|it| Timestamp::from_second(it).ok());
            day = time.map(|time| Offset::UTC.to_datetime(time).date());
        } else if let (Some(day), Some(id)) = (day, Path::new(line).file_stem()) {
            let known = first_seen.entry(id.to_string_lossy().into_owned()).or_insert(day);
            *known = day.min(*known);
        }
    }
    first_seen
}

/// Reads a table with the columns of [`backtest::labels`], plain or zstd-compressed.
///
/// # Errors
/// Where it cannot be read or understood.
pub fn table(path: &Path) -> Result<FirstSeen, Error> {
    let labels = parse(path, backtest::labels)?;
    Ok(labels.into_iter().map(|label| (label.id, label.first_seen)).collect())
}

/// Enters the days on which advisories first appeared: that of the table for those it names; else
/// the earlier of what the history of the folder shows, where it has one, and what the embedded
/// snapshot recorded of the same identifier and package; else none.
///
/// A history may begin long after the database did, as that of a copy does; then the record holds.
/// What lies in the folder appeared by `today` at the latest: a later day is not believed, since it
/// would hide the advisory.
pub(super) fn enter(advisories: &mut [Advisory], folder: &Path, table: &FirstSeen, today: Date) {
    // A folder without a history is in order.
    let history = history(folder).unwrap_or_default();
    let recorded = recorded(advisories);
    for advisory in advisories {
        let shown = history.get(&advisory.id);
        let record = recorded.get(&(advisory.package.clone(), advisory.id.clone()));
        let earlier = shown.into_iter().chain(record).min();
        let day = table.get(&advisory.id).or(earlier).copied();
        advisory.first_seen = day.filter(|day| *day <= today);
    }
}

/// What the embedded snapshot recorded about these packages, by package and identifier.
fn recorded(advisories: &[Advisory]) -> BTreeMap<(String, String), Date> {
    let names: BTreeSet<&str> = advisories.iter().map(|it| it.package.as_str()).collect();
    let embedded = snapshot::read_about(snapshot::EMBEDDED, &|name| names.contains(name));
    // A test reads the embedded snapshot.
    let embedded = embedded.map(|(snapshot, _)| snapshot.advisories).unwrap_or_default();
    let day = |it: Advisory| it.first_seen.map(|day| ((it.package, it.id), day));
    embedded.into_iter().filter_map(day).collect()
}

/// Says of how many advisories it is not recorded when they became public, where that matters:
/// in audits as of days from `first` to `last` that look back from the day of the database. As of
/// that day or later all of them were public.
pub fn own_date_diagnostic<'a>(
    advisories: impl Iterator<Item = &'a Advisory>,
    database: &Database,
    (first, last): (Date, Date),
) -> Option<Diagnostic> {
    if database.date.is_some_and(|day| day <= first) {
        return None;
    }
    let counted = advisories.filter(|it| {
        let in_force = it.date <= last && it.withdrawn.is_none_or(|day| day > first);
        it.public_basis() == PublicBasis::OwnDate && in_force
    });
    let (who, they) = match counted.count() {
        0 => return None,
        1 => ("1 advisory about a locked package counts from its own date".to_owned(), "it"),
        number => (
            format!("{number} advisories about locked packages count from their own dates"),
            "they",
        ),
    };
    Some(Diagnostic::note(format!(
        "{who}: the database `{}` does not record when {they} became public, which may have been \
         later",
        database.name
    )))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_earliest_commit_counts() {
        let log = "\u{1}172800\n\ncrates/soap/RUSTSEC-1.md\n\u{1}86399\n\nsoap/RUSTSEC-1.toml\n\
                   \u{1}100\n\nREADME.md\n\u{1}soon\n\nsoap/RUSTSEC-2.toml\n";
        let seen = earliest(log);
        assert_eq!(seen["RUSTSEC-1"], date(1970, 1, 1));
        assert_eq!(seen.get("RUSTSEC-2"), None);
    }
}
