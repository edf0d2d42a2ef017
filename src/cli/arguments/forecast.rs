//! The options of `headwater forecast`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::subject::Subject;
use super::tables::TableArguments;
use crate::forecast;
use crate::model::Feature;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ForecastCommand {
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
    Rankings(RankingArguments),
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

/// The years that lockfiles are of.
const YEARS: std::ops::RangeInclusive<i64> = 2015..=2999;

#[derive(Debug, Args)]
pub(in crate::cli) struct RankingArguments {
    /// Folder of lockfiles of past days: PROJECT/YYYY-MM-DD.Cargo.lock; other names are passed
    /// over
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) locks_dir: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) tables: TableArguments,
    /// The first year of lockfiles to replay
    #[arg(long, value_name = "YEAR", default_value_t = 2021,
          value_parser = clap::value_parser!(i16).range(YEARS))]
    pub(in crate::cli) from: i16,
    /// The last year of lockfiles to replay
    #[arg(long, value_name = "YEAR", default_value_t = 2025,
          value_parser = clap::value_parser!(i16).range(YEARS))]
    pub(in crate::cli) to: i16,
    /// Write all measures to a JSON file as well
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) json: Option<PathBuf>,
    /// Draw harm@10 and precision@10 of each ranking to an SVG file as well
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) svg: Option<PathBuf>,
}

fn features() -> PossibleValuesParser {
    PossibleValuesParser::new(Feature::ALL.map(Feature::name))
}
