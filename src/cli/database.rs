//! `headwater db`.

use std::path::Path;

use super::Exit;
use super::arguments::{Arguments, DatabaseCommand};
use super::output::Output;
use crate::advisory::snapshot;
use crate::model::{Database, Error};
use crate::world::cache::CacheDir;
use crate::world::database::first_seen::table;
use crate::world::database::{self, Shrink};

/// Updates, compiles or describes the advisory database.
pub(super) fn run(
    command: &DatabaseCommand,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let cache = CacheDir::locate(global.cache_dir.clone());
    match command {
        DatabaseCommand::Update { .. } if global.offline => {
            return Err(Error::input("`db update` needs the network, and `--offline` forbids it"));
        }
        DatabaseCommand::Update { url, allow_fewer } => {
            let url = url.as_deref().unwrap_or(database::RUSTSEC_REPOSITORY);
            let shrink = if *allow_fewer { Shrink::Accepted } else { Shrink::Refused };
            database::update(&cache, url, shrink)?;
            status(&cache, output)?;
        }
        DatabaseCommand::Status => status(&cache, output)?,
        DatabaseCommand::Build { from, kev, commit, date, first_seen, output: file } => {
            if let Some(from) = from {
                let table = first_seen.as_deref().map(table).transpose()?.unwrap_or_default();
                let built = database::build_with(from, commit.clone(), *date, &table)?;
                output.diagnostics(&built.diagnostics);
                write(&snapshot::write(&built.snapshot), file.as_deref(), output)?;
            }
            if let Some(catalogue) = kev {
                let list = database::read_catalogue(catalogue)?;
                write(&list.to_text(), file.as_deref(), output)?;
            }
        }
    }
    Ok(Exit::Pass)
}

/// Writes what was compiled to the file, or else to standard output.
fn write(text: &str, file: Option<&Path>, output: &Output) -> Result<(), Error> {
    match file {
        None => output.print(text),
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Error::input(format!("cannot be written: {error}")).at(path)),
    }
}

/// Prints which databases an audit would use now.
fn status(cache: &CacheDir, output: &Output) -> Result<(), Error> {
    let loaded = database::load(None, cache)?;
    output.diagnostics(&loaded.diagnostics);
    output.diagnostics(&database::age_diagnostics(&loaded.database, super::audit::today()));
    let (_, exploited) = database::exploited(None)?;
    output.print(&format!("{}\n{}", describe(&loaded.database), describe(&exploited)))
}

fn describe(database: &Database) -> String {
    let unknown = || "unknown".to_owned();
    let rows = [
        ("database", database.name.clone()),
        ("copy", database.origin.name().to_owned()),
        ("path", database.path.clone().unwrap_or_else(|| "inside the program".to_owned())),
        ("commit", database.commit.clone().unwrap_or_else(unknown)),
        ("date", database.date.map_or_else(unknown, |date| date.to_string())),
        ("advisories", database.advisories.to_string()),
        ("skipped", database.skipped.to_string()),
        ("licence", database.licence.clone()),
    ];
    rows.map(|(name, value)| format!("{name:<11}{value}\n")).concat()
}
