//! Building the tables of a back-test from Cargo's own index cache and a RustSec checkout.

mod index;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use jiff::civil::Date;

use super::cargo_home::CargoHome;
use super::database;
use super::database::first_seen::{self, FirstSeen};
use crate::model::{Advisory, AdvisoryKind, Diagnostic, Error, Failure, Registry};

/// Names of the tables that are written, in the order of the options that read them.
pub const TABLES: [&str; 5] =
    ["releases.tsv", "labels.tsv", "advisories.tsv", "dependencies.jsonl", "repositories.tsv"];

/// Writes all tables into a folder that exists or is made.
///
/// The index cache holds only packages that this Cargo has looked up, so dependents are counted
/// among those; the diagnostics say how many there are and what else is not known.
///
/// # Errors
/// Where Cargo has no index cache, the advisories are no complete git checkout, or a table cannot
/// be written.
pub fn export(
    home: &CargoHome,
    advisory_database: &Path,
    into: &Path,
) -> Result<Vec<Diagnostic>, Error> {
    let folder = home.folder(&Registry::CratesIo).ok_or_else(|| {
        Error::new(Failure::Source, "Cargo's home holds no index of the public registry")
            .at(home.path().unwrap_or(Path::new("")))
            .help("run `cargo fetch` in a workspace, or name another home with `--cargo-home`")
    })?;
    let built = database::build(advisory_database, None, None)?;
    let first_seen = first_seen::history(advisory_database)?;
    let indexed = index::read(&folder)?;
    let advisories = &built.snapshot.advisories;
    let texts = [
        indexed.releases,
        labels(advisories, &first_seen),
        unconcerned(advisories),
        indexed.dependencies,
        indexed.repositories,
    ];
    fs::create_dir_all(into).map_err(|error| not_written(&error, into))?;
    for (name, text) in TABLES.iter().zip(&texts) {
        let path = into.join(name);
        fs::write(&path, text).map_err(|error| not_written(&error, &path))?;
    }
    let mut diagnostics = built.diagnostics;
    diagnostics.extend(indexed.diagnostics);
    Ok(diagnostics)
}

fn not_written(error: &std::io::Error, path: &Path) -> Error {
    Error::input(format!("cannot be written: {error}")).at(path)
}

/// The day each advisory appeared. Those that the history does not show are left without.
fn labels(advisories: &[Advisory], first_seen: &FirstSeen) -> String {
    let mut text = "id\tpackage\tkind\tadvisory_date\tfirst_seen_in_db\twithdrawn\n".to_owned();
    for advisory in advisories {
        let kind = match advisory.kind {
            AdvisoryKind::Vulnerability => "vulnerability",
            AdvisoryKind::Unsound => "unsound",
            AdvisoryKind::Unmaintained => "unmaintained",
            AdvisoryKind::Notice => "notice",
        };
        let day = |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string());
        let seen = first_seen.get(&advisory.id).copied();
        let (id, package, date) = (&advisory.id, &advisory.package, advisory.date);
        let (seen, withdrawn) = (day(seen), day(advisory.withdrawn));
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{id}\t{package}\t{kind}\t{date}\t{seen}\t{withdrawn}");
    }
    text
}

/// Versions that advisories do not concern: fixed from the end of each affected range to the start
/// of the next, unaffected before the first.
fn unconcerned(advisories: &[Advisory]) -> String {
    let mut text = "id\tpatched\tunaffected\n".to_owned();
    for advisory in advisories {
        let first = advisory.affected.first().and_then(|range| range.introduced.as_ref());
        let unaffected = first.map(|first| format!("< {first}")).unwrap_or_default();
        let mut requirements = Vec::new();
        for (place, range) in advisory.affected.iter().enumerate() {
            let Some(fixed) = &range.fixed else { continue };
            let next = advisory.affected.get(place + 1).and_then(|next| next.introduced.as_ref());
            requirements.push(match next {
                Some(next) => format!(">= {fixed}, < {next}"),
                None => format!(">= {fixed}"),
            });
        }
        let _ = writeln!(text, "{}\t{}\t{unaffected}", advisory.id, requirements.join(";"));
    }
    text
}
