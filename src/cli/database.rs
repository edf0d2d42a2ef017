//! `headwater db`.

use super::Exit;
use super::arguments::{Arguments, DatabaseCommand};
use super::output::Output;
use crate::advisory::snapshot;
use crate::model::{Database, Error};
use crate::world::cache::CacheDir;
use crate::world::database;

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
        DatabaseCommand::Update { url } => {
            let url = url.as_deref().unwrap_or(database::RUSTSEC_REPOSITORY);
            database::update(&cache, url)?;
            status(&cache, output)?;
        }
        DatabaseCommand::Status => status(&cache, output)?,
        DatabaseCommand::Build { from, commit, date, output: file } => {
            let built = database::build(from, commit.clone(), *date)?;
            output.diagnostics(&built.diagnostics);
            let text = snapshot::write(&built.snapshot);
            match file {
                None => output.print(&text)?,
                Some(path) => std::fs::write(path, text).map_err(|error| {
                    Error::input(format!("the snapshot cannot be written: {error}")).at(path)
                })?,
            }
        }
    }
    Ok(Exit::Pass)
}

/// Prints which database an audit would use now.
fn status(cache: &CacheDir, output: &Output) -> Result<(), Error> {
    let loaded = database::load(None, cache)?;
    output.diagnostics(&loaded.diagnostics);
    output.diagnostics(&database::age_diagnostics(&loaded.database, super::audit::today()));
    output.print(&describe(&loaded.database))
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
