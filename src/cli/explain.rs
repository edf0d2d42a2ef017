//! `headwater explain`.

use super::Exit;
use super::arguments::{Arguments, ExplainArguments};
use super::audit::workspace;
use super::output::Output;
use crate::forecast;
use crate::model::Error;
use crate::report::explain;
use crate::rule;
use crate::run::{Files, Outcome};

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
    let outcome = workspace(&arguments.path, &arguments.subject, global, Files::Read);
    let Outcome { audit, inputs } = match (outcome, &word) {
        (Ok(outcome), _) => outcome,
        // A word means the same without a workspace.
        (Err(_), Some(word)) => {
            output.print(word)?;
            return Ok(Exit::Pass);
        }
        (Err(error), None) => return Err(error),
    };
    let found = explain::advisory(&audit, what, &options)
        .or_else(|| explain::package(&audit, what, &options));
    let advisories = inputs.knowledge.advisories.index.named(what);
    // An advisory of the database that led to no finding, and why it did not.
    let unaffected = explain::unaffected(&audit, &advisories, &options);
    let text = match found.or(word) {
        Some(text) => text,
        None => unaffected.ok_or_else(|| {
            Error::input(format!("`{what}` is no package, advisory, rule, forecast or word here"))
                .at(&audit.lockfile)
                .help("name a locked package, an advisory of the database or its alias, a rule of `rules/`, a forecast of `rules/forecast/`, or a word of a report")
        })?,
    };
    output.diagnostics(&audit.diagnostics);
    output.print(&text)?;
    Ok(Exit::Pass)
}
