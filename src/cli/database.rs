//! `headwater db`.

use std::path::Path;

use super::Exit;
use super::arguments::{Arguments, DatabaseCommand};
use super::network;
use super::output::{self, Output};
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
        DatabaseCommand::Update {
            url,
            allow_fewer,
            kev_url,
            epss_url,
            advisories_only,
            ca_file,
        } => {
            let url = url.as_deref().unwrap_or(database::RUSTSEC_REPOSITORY);
            let shrink = if *allow_fewer { Shrink::Accepted } else { Shrink::Refused };
            database::update(&cache, url, shrink)?;
            let failed = match advisories_only {
                true => Vec::new(),
                false => {
                    let advisories = database::load(None, &cache)?.index;
                    let network =
                        network::for_update(&cache, ca_file.clone(), &[kev_url, epss_url])?;
                    database::update_threat(&cache, &network, [kev_url, epss_url], &advisories)
                }
            };
            status(&cache, output)?;
            failed.iter().for_each(|error| output.error(error));
            if !failed.is_empty() {
                return Ok(Exit::Source);
            }
        }
        DatabaseCommand::Status => status(&cache, output)?,
        DatabaseCommand::Build {
            from,
            kev,
            commit,
            date,
            first_seen,
            facts_only,
            output: file,
        } => {
            if let Some(from) = from {
                let table = first_seen.as_deref().map(table).transpose()?.unwrap_or_default();
                let built = database::build_with(from, commit.clone(), *date, &table)?;
                output.diagnostics(&built.diagnostics);
                let snapshot = match facts_only {
                    true => built.snapshot.without_prose(),
                    false => built.snapshot,
                };
                write(&snapshot::write(&snapshot), file.as_deref(), output)?;
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
        Some(path) => output::write(path, text),
    }
}

/// Prints which databases an audit would use now.
fn status(cache: &CacheDir, output: &Output) -> Result<(), Error> {
    let loaded = database::load(None, cache)?;
    output.diagnostics(&loaded.diagnostics);
    output.diagnostics(&database::age_diagnostics(&loaded.database, super::audit::today()));
    let (_, exploited, damaged) = database::exploited(None, cache)?;
    let (scores, unreadable) = database::scores(None, cache)?;
    output.diagnostics(&Vec::from_iter(damaged.into_iter().chain(unreadable)));
    let today = super::audit::today();
    let scores = scores.map(|(_, database)| database);
    let lists = [&exploited].into_iter().chain(&scores);
    for list in lists.clone() {
        output.diagnostics(&database::threat_age_diagnostics(list, today));
    }
    let all: Vec<String> = [&loaded.database].into_iter().chain(lists).map(describe).collect();
    let none = "database   FIRST EPSS\ncopy       none: run `headwater db update`\n";
    let none = if scores.is_none() { format!("\n{none}") } else { String::new() };
    output.print(&format!("{}{none}", all.join("\n")))
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
