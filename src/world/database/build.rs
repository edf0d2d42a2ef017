//! Compiling a folder of advisories.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::first_seen::{self, FirstSeen};
use super::folder;
use crate::advisory::snapshot::Snapshot;
use crate::model::{Advisory, Diagnostic, Error};
use crate::world::git;

/// A compiled folder.
#[derive(Debug)]
pub struct Built {
    /// What was compiled; [`crate::advisory::snapshot::write`] makes it a text.
    pub snapshot: Snapshot,
    /// What could not be used.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a RustSec checkout or a folder of OSV records.
///
/// Commit and date are those given, or else those of the checkout, or else unknown and the day
/// of the newest advisory. The days on which advisories first appeared are those of the
/// checkout's history, where it has one, and those that the embedded snapshot recorded.
///
/// # Errors
/// Where the folder holds no advisory that can be used.
pub fn build(folder: &Path, commit: Option<String>, date: Option<Date>) -> Result<Built, Error> {
    build_with(folder, commit, date, &FirstSeen::new())
}

/// The same where the days on which advisories first appeared are given; they go before others.
///
/// # Errors
/// As for [`build`].
pub fn build_with(
    folder: &Path,
    commit: Option<String>,
    date: Option<Date>,
    first_seen: &FirstSeen,
) -> Result<Built, Error> {
    let contents = folder::read(folder)?;
    let mut advisories = contents.advisories;
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    first_seen::enter(&mut advisories, folder, first_seen, today);
    let (head_commit, head_date) = git::head(folder).unzip();
    let newest = || advisories.iter().map(|it| it.date.max(it.public())).max();
    let since = advisories.iter().map(Advisory::public).min();
    let snapshot = Snapshot {
        name: name(&advisories).to_owned(),
        commit: commit.or(head_commit),
        date: date.or(head_date).or_else(newest),
        since,
        licence: licence(&advisories),
        skipped: contents.diagnostics.len(),
        unread: contents.unread,
        advisories,
    };
    Ok(Built { snapshot, diagnostics: contents.diagnostics })
}

fn name(advisories: &[Advisory]) -> &'static str {
    let own = |advisory: &Advisory| advisory.id.starts_with("RUSTSEC-");
    if advisories.iter().all(own) { "RustSec" } else { "OSV" }
}

/// The licences of all records as one SPDX expression.
fn licence(advisories: &[Advisory]) -> String {
    let names: BTreeSet<&str> = advisories.iter().map(|it| it.licence.as_str()).collect();
    Vec::from_iter(names).join(" AND ")
}
