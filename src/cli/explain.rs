//! `headwater explain`.

use super::Exit;
use super::arguments::{Arguments, ExplainArguments};
use super::audit::{Files, make};
use super::output::Output;
use crate::forecast;
use crate::model::Error;
use crate::report::explain;
use crate::rule;

/// Explains a rule, a forecast, an advisory or a package, looked for in this order.
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
    let audit = make(&arguments.path, &arguments.subject, global, Files::Read)?;
    output.diagnostics(&audit.diagnostics);
    let text = explain::advisory(&audit, what, &options)
        .or_else(|| explain::package(&audit, what, &options))
        .ok_or_else(|| {
            Error::input(format!("`{what}` is no package, finding, rule or forecast here"))
                .at(&audit.lockfile)
                .help("name a locked package, an advisory of `headwater audit`, a rule of `rules/`, or a forecast of `rules/forecast/`")
        })?;
    output.print(&text)?;
    Ok(Exit::Pass)
}
