//! `headwater forecast`.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::Exit;
use super::output::Output;
use crate::forecast::{self, Model, Settings};
use crate::model::{Error, ForecastKind};
use crate::report::{forecast as report, reliability};
use crate::world::backtest::TableFiles;
use crate::world::cargo_home::CargoHome;
use crate::world::export;
use crate::world::successors;

#[derive(Debug, Subcommand)]
pub(super) enum ForecastCommand {
    /// Fit a model anew and print it as it is kept in `rules/forecast`
    Fit {
        /// The forecast
        #[arg(value_parser = kinds())]
        forecast: String,
        #[command(flatten)]
        tables: TableArguments,
        /// Fit what was known by this day, so that what comes later is left to test
        #[arg(long, default_value = "2023-01-01", value_name = "YYYY-MM-DD")]
        until: Date,
        /// File to write [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Test the models on what they were not fitted on, beside what people use
    Evaluate {
        #[command(flatten)]
        tables: TableArguments,
        /// Test these forecasts only [default: all that the tables allow]
        #[arg(long, value_parser = kinds(), value_name = "FORECAST")]
        only: Vec<String>,
        /// Write all measures to a JSON file as well
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// Write a reliability diagram to an SVG file as well
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Build the tables from Cargo's own index cache and a RustSec checkout with its history
    Export {
        /// A full git clone of the RustSec advisory database
        #[arg(long, value_name = "DIR")]
        advisory_db: PathBuf,
        /// Cargo's home, for its registry index and sources [default: as Cargo finds it]
        #[arg(long, value_name = "DIR")]
        cargo_home: Option<PathBuf>,
        /// Folder to write the tables to
        #[arg(long, short, value_name = "DIR")]
        output: PathBuf,
    },
    /// Find what dependents dropped for what, as it is kept in `rules/successors.tsv`
    Successors {
        /// Dependencies: JSON lines with n (name), v (version), t (time), d (list of name,
        /// requirement, flags)
        #[arg(long, value_name = "FILE")]
        dependencies: PathBuf,
        /// Repositories: columns crate, repository
        #[arg(long, value_name = "FILE")]
        repositories: Option<PathBuf>,
    },
}

/// Tables to learn from: tab-separated with column names, plain or zstd-compressed; `-` reads one
/// from standard input.
#[derive(Debug, Args)]
pub(super) struct TableArguments {
    /// Releases: columns crate, version, pubtime
    #[arg(long, value_name = "FILE")]
    releases: PathBuf,
    /// Days on which advisories first appeared: columns id, package, kind, advisory_date,
    /// first_seen_in_db, withdrawn
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Advisories: columns id, patched (version requirements separated by semicolons)
    #[arg(long, value_name = "FILE", requires = "labels")]
    advisories: Option<PathBuf>,
    /// Dependencies: JSON lines with n (name), v (version), t (time), d (list of name,
    /// requirement, flags)
    #[arg(long, value_name = "FILE")]
    dependencies: Option<PathBuf>,
    /// Repositories: columns crate, repository
    #[arg(long, value_name = "FILE")]
    repositories: Option<PathBuf>,
    /// Use nothing after this day [default: the last day on which an advisory appeared]
    #[arg(long, value_name = "YYYY-MM-DD")]
    cut: Option<Date>,
}

impl TableArguments {
    fn files(&self) -> TableFiles {
        TableFiles {
            releases: self.releases.clone(),
            labels: self.labels.clone(),
            advisories: self.advisories.clone(),
            dependencies: self.dependencies.clone(),
            repositories: self.repositories.clone(),
        }
    }

    /// Whether the tables hold what a forecast is learnt from.
    fn allow(&self, kind: ForecastKind) -> bool {
        match kind {
            ForecastKind::Silence => true,
            ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => self.advisories.is_some(),
            ForecastKind::Disclosure => self.labels.is_some() && self.dependencies.is_some(),
        }
    }

    fn check(&self, kind: ForecastKind) -> Result<(), Error> {
        if self.allow(kind) {
            return Ok(());
        }
        let needed = match kind {
            ForecastKind::Silence => "--releases",
            ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days => "--labels, --advisories",
            ForecastKind::Disclosure => "--labels, --dependencies",
        };
        let message = format!("`{}` is learnt from more tables than were given", kind.name());
        Err(Error::input(message).help(format!("give {needed}")))
    }
}

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(ForecastKind::ALL.map(ForecastKind::name))
}

/// Fits or tests forecasts.
pub(super) fn run(command: &ForecastCommand, output: &Output) -> Result<Exit, Error> {
    match command {
        ForecastCommand::Fit { forecast, tables, until, output: file } => {
            let text = forecast::write(&fit(forecast, tables, *until)?)?;
            match file {
                None => output.print(&text)?,
                Some(path) => write(path, &text)?,
            }
        }
        ForecastCommand::Evaluate { tables, only, json, svg } => {
            let is_wanted = |kind: &ForecastKind| {
                if only.is_empty() {
                    tables.allow(*kind)
                } else {
                    only.iter().any(|it| it == kind.name())
                }
            };
            let kinds: Vec<ForecastKind> =
                ForecastKind::ALL.into_iter().filter(is_wanted).collect();
            kinds.iter().try_for_each(|kind| tables.check(*kind))?;
            let models = kinds.into_iter().map(forecast::shipped).collect::<Result<Vec<_>, _>>()?;
            let loaded = tables.files().load(tables.cut)?;
            output.note(&format!("testing on {}", loaded.summary));
            let evaluation = forecast::evaluate(&loaded.tables, &models)?;
            if let Some(path) = json {
                write(path, &report::json(&evaluation))?;
            }
            if let Some(path) = svg {
                write(path, &reliability::svg(&evaluation))?;
            }
            output.print(&report::text(&evaluation))?;
        }
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
        ForecastCommand::Successors { dependencies, repositories } => {
            output.print(&successors::table(dependencies, repositories.as_deref())?)?;
        }
    }
    Ok(Exit::Pass)
}

fn fit(name: &str, tables: &TableArguments, until: Date) -> Result<Model, Error> {
    let kind = ForecastKind::named(name)
        .ok_or_else(|| Error::input(format!("`{name}` is no forecast")).help("see `--help`"))?;
    tables.check(kind)?;
    let files = tables.files();
    let loaded = files.load(tables.cut)?;
    let all = forecast::examples(kind, &loaded.tables);
    let end = forecast::day_number(until);
    let known: Vec<&forecast::Example> = all.iter().filter(|it| it.known_by <= end).collect();
    let settings = Settings {
        command: format!("headwater forecast fit {name} --until {until}{}", files.options()),
        data: loaded.summary,
        until,
    };
    forecast::fit(&forecast::shipped(kind)?, &known, &settings)
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text)
        .map_err(|error| Error::input(format!("cannot be written: {error}")).at(path))
}
