//! `headwater forecast`.

mod rankings;

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::Exit;
use super::arguments::{Arguments, Subject};
use super::audit::workspace;
use super::output::Output;
use crate::forecast::{self, Model, Settings};
use crate::model::{Error, Feature, ForecastKind};
use crate::report::{forecast as report, register, reliability};
use crate::run::Files;
use crate::world::backtest::{self, TableFiles};
use crate::world::cargo_home::CargoHome;
use crate::world::export;
use crate::world::{successors, usage};

#[derive(Debug, Subcommand)]
pub(super) enum ForecastCommand {
    /// Fit a model anew and print it as it is kept in `rules/forecast`; silence with commits where
    /// they are given
    Fit {
        /// The forecast, or one of its models
        #[arg(value_parser = PossibleValuesParser::new(forecast::names()))]
        forecast: String,
        #[command(flatten)]
        tables: TableArguments,
        /// Leave out what cannot be known where the model will be used
        #[arg(long, value_parser = features(), value_name = "FEATURE")]
        without: Vec<String>,
        /// Fit what was known by this day, so that what comes later is left to test
        #[arg(long, default_value = "2023-01-01", value_name = "YYYY-MM-DD")]
        until: Date,
        /// Set the level of the forecast, not what tells packages apart, by what came after that
        /// and up to this day
        #[arg(long, value_name = "YYYY-MM-DD")]
        level_until: Option<Date>,
        /// File to write [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Test the models on what they were not fitted on, beside what people use
    Evaluate {
        #[command(flatten)]
        tables: TableArguments,
        /// Test the coefficients in `rules/forecast` as they are, on forecasts made after
        /// everything they were fitted on was known [default: fit them anew for each test]
        #[arg(long)]
        shipped: bool,
        /// Score the forecasts of a file that `headwater forecast register` wrote, where their
        /// outcome is known, and nothing else
        #[arg(long, value_name = "FILE", conflicts_with_all = ["shipped", "only", "json", "svg"])]
        registered: Option<PathBuf>,
        /// Test these models only [default: all that the tables allow]
        #[arg(long, value_parser = PossibleValuesParser::new(forecast::names()), value_name = "MODEL")]
        only: Vec<String>,
        /// Write all measures to a JSON file as well
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// Write a reliability diagram to an SVG file as well
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Replay real lockfiles at past days and compare the rankings with what happened
    Rankings(rankings::RankingArguments),
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
    /// Write the forecasts about every locked package with their day, so that they can be scored a
    /// year later
    Register {
        /// Folder, Cargo.toml or Cargo.lock
        #[arg(default_value = ".")]
        path: PathBuf,
        #[command(flatten)]
        subject: Subject,
    },
    /// Count how much packages are used, as it is kept in `rules/forecast/usage.tsv`
    Usage {
        #[command(flatten)]
        tables: TableArguments,
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
    /// Commits: columns repo, author_time, commit_time (seconds since 1970), is_bot (1 or 0)
    #[arg(long, value_name = "FILE", requires = "package_repositories")]
    commits: Option<PathBuf>,
    /// Packages of the repositories with commits: columns crate, repo
    #[arg(long, value_name = "FILE", requires = "commits")]
    package_repositories: Option<PathBuf>,
    /// What real lockfiles held: columns repo, commit_time, op (+ or -), crate, version, source
    /// (r for a registry)
    #[arg(long, value_name = "FILE")]
    locks: Option<PathBuf>,
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
            commits: self.commits.clone(),
            package_repositories: self.package_repositories.clone(),
            locks: self.locks.clone(),
        }
    }

    /// The options that name the tables which a model is learnt from and which were not given.
    fn lacking(&self, model: &Model) -> Vec<&'static str> {
        let looks_at =
            |wanted: &[Feature]| model.terms.iter().any(|it| wanted.contains(&it.feature));
        let dependents = [Feature::Dependents, Feature::DependentsWhileSilent];
        let lockfiles = [Feature::Lockfiles, Feature::LockfilesWhileSilent];
        let needed = [
            ("--dependencies", looks_at(&dependents), self.dependencies.is_none()),
            ("--locks", looks_at(&lockfiles), self.locks.is_none()),
            ("--commits", looks_at(&[Feature::CommitSilenceDays]), self.commits.is_none()),
        ];
        let mut lacking = self.lacking_outcome(model.kind);
        lacking.extend(absent(needed));
        lacking.dedup();
        lacking
    }

    /// The options that name the tables which tell what came of a forecast and were not given.
    fn lacking_outcome(&self, kind: ForecastKind) -> Vec<&'static str> {
        let is_fix = !matches!(kind, ForecastKind::Silence | ForecastKind::Disclosure);
        let is_trouble = kind == ForecastKind::Trouble;
        absent([
            ("--labels", kind != ForecastKind::Silence, self.labels.is_none()),
            ("--advisories", is_fix, self.advisories.is_none()),
            ("--dependencies", is_trouble, self.dependencies.is_none()),
        ])
    }

    fn check(&self, model: &Model) -> Result<(), Error> {
        let message = format!("`{}` is learnt from more tables than were given", model.id);
        none_lacking(&self.lacking(model), message)
    }

    fn check_outcome(&self, kind: ForecastKind) -> Result<(), Error> {
        let message = format!("what came of `{}` is in more tables than were given", kind.name());
        none_lacking(&self.lacking_outcome(kind), message)
    }
}

/// The options that are needed and absent, of (option, whether it is needed, whether it is absent).
fn absent<const N: usize>(options: [(&'static str, bool, bool); N]) -> Vec<&'static str> {
    let lacking = options.into_iter().filter(|(_, is_needed, is_absent)| *is_needed && *is_absent);
    lacking.map(|(option, ..)| option).collect()
}

fn none_lacking(lacking: &[&str], message: String) -> Result<(), Error> {
    match lacking {
        [] => Ok(()),
        lacking => Err(Error::input(message).help(format!("give {}", lacking.join(", ")))),
    }
}

fn features() -> PossibleValuesParser {
    PossibleValuesParser::new(Feature::ALL.map(Feature::name))
}

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

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text)
        .map_err(|error| Error::input(format!("cannot be written: {error}")).at(path))
}
