//! `headwater explain`.

use super::Exit;
use super::arguments::{Arguments, ExplainArguments};
use super::audit::{Files, make};
use super::output::Output;
use crate::forecast;
use crate::model::{Audit, Error};
use crate::report::{Options, explain};
use crate::rule;
use crate::world::cache::CacheDir;
use crate::world::database;

/// Explains a rule, a forecast, an advisory that led to a finding, a package, any other advisory of
/// the database, or a word of a report, looked for in this order.
pub(super) fn run(
    arguments: &ExplainArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let what = &arguments.what;
    let options = output.options();
    if let Some(rule) = rule::rules()?.iter().find(|rule| rule.id == *what) {
        output.print(&explain::rule(rule, &options))?;
        return Ok(Exit::Pass);
    }
    if forecast::names().contains(&what.as_str()) {
        output.print(&explain::model(&forecast::named(what)?, &options))?;
        return Ok(Exit::Pass);
    }
    let word = explain::word(what, &options);
    let audit = match (make(&arguments.path, &arguments.subject, global, Files::Read), &word) {
        (Ok(audit), _) => audit,
        // A word means the same without a workspace.
        (Err(_), Some(word)) => {
            output.print(word)?;
            return Ok(Exit::Pass);
        }
        (Err(error), None) => return Err(error),
    };
    let found = explain::advisory(&audit, what, &options)
        .or_else(|| explain::package(&audit, what, &options));
    let text = match found.or(word) {
        Some(text) => text,
        None => unaffected(&audit, arguments, global, &options)?.ok_or_else(|| {
            Error::input(format!("`{what}` is no package, advisory, rule, forecast or word here"))
                .at(&audit.lockfile)
                .help("name a locked package, an advisory of the database or its alias, a rule of `rules/`, a forecast of `rules/forecast/`, or a word of a report")
        })?,
    };
    output.diagnostics(&audit.diagnostics);
    output.print(&text)?;
    Ok(Exit::Pass)
}

/// An advisory of the database that led to no finding, and why it did not.
fn unaffected(
    audit: &Audit,
    arguments: &ExplainArguments,
    global: &Arguments,
    options: &Options,
) -> Result<Option<String>, Error> {
    // An audit understands only the advisories about locked packages.
    let cache = CacheDir::locate(global.cache_dir.clone());
    let loaded = database::load(arguments.subject.advisory_db.as_deref(), &cache)?;
    let advisories = loaded.index.named(&arguments.what);
    Ok(explain::unaffected(audit, &advisories, options))
}
