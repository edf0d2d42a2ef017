//! The command line as data.

mod database;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use clap_lex::OsStrExt;
use jiff::civil::Date;

use super::forecast::ForecastCommand;
use super::fund::{parse_currency, parse_hundredths, parse_percent};
pub(super) use database::DatabaseCommand;

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

/// How to learn about upstream projects.
#[derive(Debug, Args)]
pub(super) struct Learning {
    /// Ask the network about upstream projects: git histories, forges (with a token), scorecards,
    /// deps.dev, owners of packages
    #[arg(long, conflicts_with = "offline")]
    pub(super) online: bool,
    /// Ask again about everything, also what is fresh
    #[arg(long, requires = "online")]
    pub(super) refresh: bool,
    /// Longest time for asking, such as 90s or 5m; the report then says what is not known
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "5m")]
    pub(super) time_budget: Duration,
    /// Folder of repositories (DIR/owner/name) to read in place of remote ones
    #[arg(long, value_name = "DIR")]
    pub(super) git_mirror: Vec<PathBuf>,
    /// Certificates (PEM) to trust beside the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
    /// Hosts that may be asked though they are on this machine or a private network, separated by
    /// commas
    #[arg(long, value_name = "HOST", env = "HEADWATER_ALLOW_HOST", value_delimiter = ',')]
    pub(super) allow_host: Vec<String>,
}

/// What to audit and how.
#[derive(Debug, Args)]
pub(super) struct Subject {
    /// Advisory database: a RustSec checkout, a folder of OSV records, or a snapshot file
    /// [default: the updated database, else the embedded snapshot]
    #[arg(long, value_name = "PATH")]
    pub(super) advisory_db: Option<PathBuf>,
    /// CISA's catalogue of exploited vulnerabilities, a JSON file
    /// [default: the updated list, else the embedded one]
    #[arg(long, value_name = "FILE")]
    pub(super) kev: Option<PathBuf>,
    /// FIRST's table of EPSS scores, a CSV file [default: the updated table, else none]
    #[arg(long, value_name = "FILE")]
    pub(super) epss: Option<PathBuf>,
    /// Configuration file [default: headwater.toml beside the lockfile]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Cargo's home, for its registry index and sources [default: as Cargo finds it]
    #[arg(long, value_name = "DIR")]
    pub(super) cargo_home: Option<PathBuf>,
    /// Audit as of a past day: later releases and advisories do not count [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<Date>,
    /// Target triple to build for [default: this machine's]
    #[arg(long, value_name = "TRIPLE", conflicts_with = "all_targets")]
    pub(super) target: Option<String>,
    /// Take in the dependencies of every platform
    #[arg(long)]
    pub(super) all_targets: bool,
    /// Features of the workspace members to turn on, separated by commas
    #[arg(long, short = 'F', value_name = "FEATURES")]
    pub(super) features: Vec<String>,
    /// Turn on all features of all workspace members
    #[arg(long)]
    pub(super) all_features: bool,
    /// Leave the `default` features of the workspace members off
    #[arg(long)]
    pub(super) no_default_features: bool,
    #[command(flatten)]
    pub(super) learning: Learning,
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

/// A number of seconds, minutes or hours: `90s`, `5m`, `1h`; seconds without a unit.
fn parse_time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds_each = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write it as 90s, 5m or 1h".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "write it as 90s, 5m or 1h".to_owned())?;
    Ok(Duration::from_secs(number.saturating_mul(seconds_each)))
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
    fn times_have_units() {
        let seconds = |text| parse_time(text).map(|time| time.as_secs());
        assert_eq!(["90", "90s", "5m", "2h"].map(seconds), [Ok(90), Ok(90), Ok(300), Ok(7200)]);
        for wrong in ["", "m", "5 m", "1d", "-5s", "1.5m"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
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
