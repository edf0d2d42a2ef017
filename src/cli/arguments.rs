//! The command line as data.

mod amounts;
mod database;
mod forecast;
mod subject;
mod tables;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use clap_lex::OsStrExt;
use jiff::civil::Date;

use amounts::{parse_currency, parse_hundredths, parse_percent};
pub(super) use database::DatabaseCommand;
pub(super) use forecast::{ForecastCommand, RankingArguments};
pub(super) use subject::Subject;
pub(super) use tables::TableArguments;

use crate::report;

const EXIT_CODES: &str = "Exit codes: 0 pass, 1 the gate fails, 2 wrong usage or bad input, \
                          3 nothing to audit, 4 facts are missing or a source failed.";

const CHECK_HELP: &str = "The first word is advice, from all that is known of the package. The \
                          exit code is the policy's over the package and all it brings, so that \
                          AVOID can exit with 0 where the policy does not object.\n\
                          Exit codes: 0 pass, 1 the gate fails, 2 wrong usage or bad input, \
                          3 nothing to audit, 4 facts are missing or a source failed.";

/// Supply-chain security and project-health auditor: what to block now, whom to support next.
#[derive(Debug, Parser)]
#[command(name = "headwater", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
    /// Print no notes on standard error, only warnings and errors
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Never use the network
    #[arg(long, global = true)]
    pub(super) offline: bool,
    /// Where files that can be made again are kept [default: the user's cache directory]
    #[arg(long, global = true, env = "HEADWATER_CACHE_DIR", value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Audit a Cargo workspace or a lone Cargo.lock
    Audit(AuditArguments),
    /// Should we take this dependency? TAKE, TAKE WITH CARE, AVOID or USE x INSTEAD, and why
    Check(CheckArguments),
    /// Show the evidence behind a package, an advisory, a rule or a forecast
    Explain(ExplainArguments),
    /// Share a budget out over upstream projects, by priority
    Fund(FundArguments),
    /// Show how risk moved at the commits of a lockfile, and what came of what was forecast
    Trend(TrendArguments),
    /// Manage the advisory database
    #[command(subcommand)]
    Db(DatabaseCommand),
    /// Fit, test and look into the forecasts of silence, fixes and disclosures
    #[command(subcommand)]
    Forecast(ForecastCommand),
    /// Print the JSON schema of a JSON report
    Schema {
        /// The command that writes the report
        #[arg(value_enum, default_value_t = SchemaOf::Audit)]
        report: SchemaOf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct AuditArguments {
    /// Folder, Cargo.toml or Cargo.lock
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) subject: Subject,
    /// Format of the report on standard output
    #[arg(long, default_value = "terminal", value_parser = format_parser(), value_name = "FORMAT")]
    pub(super) format: String,
    /// Write a report to a file as well; can be given several times
    #[arg(long, short, value_name = "FORMAT=FILE", value_parser = OsStringValueParser::new().try_map(parse_output))]
    pub(super) output: Vec<ReportFile>,
    /// Show everything, not only what fits the first screen
    #[arg(long)]
    pub(super) all: bool,
    /// Exit with 0 where there is nothing to audit
    #[arg(long)]
    pub(super) allow_empty: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Name, name@version or purl of a package; identifier or alias of an advisory; name of a rule
    /// or of a forecast
    pub(super) what: String,
    /// Folder, Cargo.toml or Cargo.lock
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) subject: Subject,
}

#[derive(Debug, Args)]
#[command(after_help = CHECK_HELP)]
pub(super) struct CheckArguments {
    /// Package of the Rust registry: name, name@version or purl
    pub(super) package: String,
    /// Folder whose headwater.toml and Cargo configuration hold
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Also show all facts about the package, its tree, findings, and what is unknown
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) subject: Subject,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct FundArguments {
    /// Folder, Cargo.toml or Cargo.lock
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Amount to share out, with at most two decimals
    #[arg(long, value_name = "AMOUNT", value_parser = parse_hundredths)]
    pub(super) budget: u64,
    /// Currency of all amounts
    #[arg(long, value_name = "CODE", value_parser = parse_currency, default_value = "USD")]
    pub(super) currency: String,
    /// Compare with the Open Source Pledge for so many developers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) developers: Option<u32>,
    /// Largest share of the budget for one payee
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent, default_value = "20")]
    pub(super) cap: u32,
    /// Smallest payment
    #[arg(long, value_name = "AMOUNT", value_parser = parse_hundredths, default_value = "50")]
    pub(super) floor: u64,
    /// Largest share of the budget for all transitive dependencies together
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent, default_value = "50")]
    pub(super) depth_share: u32,
    /// Leave a project out, by its name or address or a package's name; can be given several times
    #[arg(long, value_name = "NAME")]
    pub(super) exclude: Vec<String>,
    /// Show everything, not only what fits the first screen
    #[arg(long)]
    pub(super) all: bool,
    /// Also pay projects that need no action: finished or well maintained
    #[arg(long)]
    pub(super) include_maintained: bool,
    /// Format of the allocation
    #[arg(long, default_value = "terminal", value_parser = fund_format_parser(), value_name = "FORMAT")]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) subject: Subject,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct TrendArguments {
    /// Folder, Cargo.toml or Cargo.lock, in a git repository
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// First day to look at
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) since: Date,
    /// Last day to look at, and of which anything is known [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<Date>,
    /// Most commits to show, at even steps where there are more
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) most: u32,
    /// Format of the report on standard output
    #[arg(long, default_value = "terminal", value_parser = trend_format_parser(), value_name = "FORMAT")]
    pub(super) format: String,
    /// Advisory database: a RustSec checkout, a folder of OSV records, or a snapshot file
    /// [default: the updated database, else the embedded snapshot]
    #[arg(long, value_name = "PATH")]
    pub(super) advisory_db: Option<PathBuf>,
    /// Cargo's home, for its registry index [default: as Cargo finds it]
    #[arg(long, value_name = "DIR")]
    pub(super) cargo_home: Option<PathBuf>,
}

/// Whose report a JSON schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// `headwater audit --format json`
    Audit,
    /// `headwater fund --format json`
    Fund,
    /// `headwater trend --format json`
    Trend,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A report to write to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportFile {
    pub(super) format: String,
    pub(super) path: PathBuf,
}

fn format_names() -> Vec<&'static str> {
    report::FORMATS.iter().map(|format| format.name).collect()
}

fn format_parser() -> clap::builder::PossibleValuesParser {
    let values = report::FORMATS
        .iter()
        .map(|format| clap::builder::PossibleValue::new(format.name).help(format.summary));
    clap::builder::PossibleValuesParser::new(values)
}

fn fund_format_parser() -> clap::builder::PossibleValuesParser {
    let values = report::fund::FORMATS
        .iter()
        .map(|format| clap::builder::PossibleValue::new(format.name).help(format.summary));
    clap::builder::PossibleValuesParser::new(values)
}

fn trend_format_parser() -> clap::builder::PossibleValuesParser {
    let values = report::trend::FORMATS
        .iter()
        .map(|format| clap::builder::PossibleValue::new(format.name).help(format.summary));
    clap::builder::PossibleValuesParser::new(values)
}

fn parse_output(text: OsString) -> Result<ReportFile, String> {
    let names = format_names();
    match text.split_once("=") {
        Some((_, path)) if path == "-" => {
            Err("a file is needed; `--format` is for standard output".to_owned())
        }
        Some((format, path)) if names.iter().any(|name| format == *name) && !path.is_empty() => {
            Ok(ReportFile { format: format.to_string_lossy().into_owned(), path: path.into() })
        }
        Some(_) | None => Err(format!("write it as FORMAT=FILE; formats are {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn report_files_name_a_known_format() {
        let file = ReportFile { format: "json".into(), path: "out/report.json".into() };
        assert_eq!(parse_output("json=out/report.json".into()), Ok(file));
        assert!(parse_output("json=-".into()).unwrap_err().contains("--format"));
        for wrong in ["json", "json=", "yaml=x", "=x"] {
            assert!(parse_output(wrong.into()).unwrap_err().contains("FORMAT=FILE"), "{wrong}");
        }
    }
}
