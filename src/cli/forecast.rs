//! `headwater forecast`.

mod rankings;

use std::path::Path;

use jiff::civil::Date;

use super::Exit;
use super::arguments::{Arguments, ForecastCommand, TableArguments};
use super::audit::workspace;
use super::output::{Output, write};
use crate::forecast::{self, Model, Settings};
use crate::model::{Error, Feature, ForecastKind};
use crate::report::{forecast as report, register, reliability};
use crate::run::Files;
use crate::world::backtest;
use crate::world::cargo_home::CargoHome;
use crate::world::export;
use crate::world::{successors, usage};

/// Fits or tests forecasts.
pub(super) fn run(
    command: &ForecastCommand,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    match command {
        ForecastCommand::Fit { forecast, tables, without, until, level_until, output: file } => {
            let model = fit(forecast, tables, without, *until, *level_until)?;
            let text = forecast::write(&model)?;
            match file {
                None => output.print(&text)?,
                Some(path) => write(path, &text)?,
            }
        }
        ForecastCommand::Evaluate { tables, registered: Some(path), .. } => {
            let forecasts = backtest::registered(path)?;
            for kind in ForecastKind::ALL {
                if forecasts.iter().any(|forecast| forecast.kind == kind) {
                    tables.check_outcome(kind)?;
                }
            }
            let loaded = tables.files().load(tables.cut)?;
            let scored = forecast::score_registered(&loaded.tables, &forecasts);
            output.print(&report::registered(&scored))?;
        }
        ForecastCommand::Evaluate { tables, shipped, registered: None, only, json, svg } => {
            let models = wanted(tables, only)?;
            let loaded = tables.files().load(tables.cut)?;
            output.note(&format!("testing on {}", loaded.summary));
            let evaluation = if *shipped {
                forecast::evaluate_shipped(&loaded.tables, &models)
            } else {
                forecast::evaluate(&loaded.tables, &models)?
            };
            if let Some(path) = json {
                write(path, &report::json(&evaluation))?;
            }
            if let Some(path) = svg {
                write(path, &reliability::svg(&evaluation))?;
            }
            output.print(&report::text(&evaluation))?;
        }
        ForecastCommand::Rankings(arguments) => rankings::run(arguments, output)?,
        ForecastCommand::Export { advisory_db, cargo_home, output: folder } => {
            let (home, diagnostic) = CargoHome::locate(cargo_home.clone(), Path::new("."));
            output.diagnostics(&Vec::from_iter(diagnostic));
            output.diagnostics(&export::export(&home, advisory_db, folder)?);
            output.print(&format!(
                "wrote {} to {}\n",
                export::TABLES.join(", "),
                folder.display()
            ))?;
        }
        ForecastCommand::Register { path, subject } => {
            let audit = workspace(path, subject, global, Files::Read)?.audit;
            output.diagnostics(&audit.diagnostics);
            output.print(&register::write(&audit, &forecast::Models::shipped()?))?;
        }
        ForecastCommand::Usage { tables } => {
            output.print(&usage::table(&tables.files(), tables.cut)?)?;
        }
        ForecastCommand::Successors { dependencies, repositories } => {
            output.print(&successors::table(dependencies, repositories.as_deref())?)?;
        }
    }
    Ok(Exit::Pass)
}

/// The models to test, in the order they are shipped.
fn wanted(tables: &TableArguments, only: &[String]) -> Result<Vec<Model>, Error> {
    let mut models = Vec::new();
    for name in forecast::names() {
        let model = forecast::named(name)?;
        if only.iter().any(|it| it == name) {
            tables.check(&model)?;
            models.push(model);
        } else if only.is_empty() && tables.lacking(&model).is_empty() {
            models.push(model);
        }
    }
    Ok(models)
}

fn fit(
    name: &str,
    tables: &TableArguments,
    without: &[String],
    until: Date,
    level_until: Option<Date>,
) -> Result<Model, Error> {
    let unknown = |name: &str| Error::input(format!("`{name}` is not known")).help("see `--help`");
    let left_out = without.iter().map(|it| Feature::named(it).ok_or_else(|| unknown(it)));
    let with_commits = name == ForecastKind::Silence.name() && tables.commits.is_some();
    let most = if with_commits { forecast::silence_with_commits() } else { forecast::named(name) }?;
    let kind = most.kind;
    let shape = forecast::shape(most, &left_out.collect::<Result<Vec<_>, _>>()?)?;
    tables.check(&shape)?;
    let files = tables.files();
    let loaded = files.load(tables.cut)?;
    let all = forecast::examples(kind, &loaded.tables);
    let end = forecast::day_number(until);
    let known: Vec<&forecast::Example> = all.iter().filter(|it| it.known_by <= end).collect();
    let without: String = without.iter().map(|it| format!(" --without {it}")).collect();
    let level = level_until.map(|day| format!(" --level-until {day}")).unwrap_or_default();
    let options = files.options();
    let settings = Settings {
        command: format!("headwater forecast fit {name}{without} --until {until}{level}{options}"),
        data: loaded.summary,
        until,
    };
    let fitted = forecast::fit(&shape, &known, &settings)?;
    match level_until {
        Some(day) => forecast::with_level(fitted, &all, day),
        None => Ok(fitted),
    }
}
