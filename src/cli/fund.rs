//! `headwater fund`: a budget shared out over upstream projects.

use super::Exit;
use super::arguments::{Arguments, FundArguments};
use super::audit::workspace;
use super::output::Output;
use crate::lens::fund::fund;
use crate::model::{Diagnostic, Error, FundRequest, Level, Maintained};
use crate::report::fund::{FORMATS, Format};
use crate::run::Files;

/// Audits, shares the budget out, and prints who gets what.
pub(super) fn run(
    arguments: &FundArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let request = request(arguments)?;
    let audit = workspace(&arguments.path, &arguments.subject, global, Files::Read)?.audit;
    let allocation = fund(&audit, request);
    output.diagnostics(&audit.diagnostics);
    let unmatched = allocation.unmatched.iter().map(|name| Diagnostic {
        level: Level::Warning,
        path: None,
        line: None,
        message: format!("`--exclude {name}` matches no upstream project or package: remove it"),
    });
    output.diagnostics(&unmatched.collect::<Vec<_>>());
    let format = FORMATS.iter().find(|format: &&Format| format.name == arguments.format);
    // The command line accepts only names of the table.
    let text =
        format.map(|format| (format.render)(&allocation, &output.options_with(arguments.all)));
    output.print(&text.unwrap_or_default())?;
    Ok(Exit::Pass)
}

fn request(arguments: &FundArguments) -> Result<FundRequest, Error> {
    let (budget, floor) = (arguments.budget, arguments.floor);
    if budget == 0 {
        return Err(Error::input("`--budget` is zero: there is nothing to share out"));
    }
    if budget < floor {
        return Err(Error::input("`--budget` is smaller than the smallest payment, `--floor`")
            .help("raise the budget or lower `--floor`"));
    }
    Ok(FundRequest {
        budget_hundredths: budget,
        currency: arguments.currency.clone(),
        developers: arguments.developers,
        cap_basis_points: arguments.cap,
        floor_hundredths: floor,
        depth_share_basis_points: arguments.depth_share,
        excluded: arguments.exclude.clone(),
        maintained: match arguments.include_maintained {
            true => Maintained::Included,
            false => Maintained::LeftOut,
        },
    })
}
