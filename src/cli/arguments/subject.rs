//! What is audited, and how to learn about it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::civil::Date;

/// How to learn about upstream projects.
#[derive(Debug, Args)]
pub(in crate::cli) struct Learning {
    /// Ask the network about upstream projects: git histories, forges (with a token), scorecards,
    /// deps.dev, owners of packages
    #[arg(long, conflicts_with = "offline")]
    pub(in crate::cli) online: bool,
    /// Ask again about everything, also what is fresh
    #[arg(long, requires = "online")]
    pub(in crate::cli) refresh: bool,
    /// Longest time for asking, such as 90s or 5m; the report then says what is not known
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "5m")]
    pub(in crate::cli) time_budget: Duration,
    /// Folder of repositories (DIR/owner/name) to read in place of remote ones
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) git_mirror: Vec<PathBuf>,
    /// Certificates (PEM) to trust beside the system's
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca_file: Option<PathBuf>,
    /// Hosts that may be asked though they are on this machine or a private network, separated by
    /// commas
    #[arg(long, value_name = "HOST", env = "HEADWATER_ALLOW_HOST", value_delimiter = ',')]
    pub(in crate::cli) allow_host: Vec<String>,
}

/// What to audit and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct Subject {
    /// Advisory database: a RustSec checkout, a folder of OSV records, or a snapshot file
    /// [default: the updated database, else the embedded snapshot]
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) advisory_db: Option<PathBuf>,
    /// CISA's catalogue of exploited vulnerabilities, a JSON file
    /// [default: the updated list, else the embedded one]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) kev: Option<PathBuf>,
    /// FIRST's table of EPSS scores, a CSV file [default: the updated table, else none]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) epss: Option<PathBuf>,
    /// Configuration file [default: headwater.toml beside the lockfile]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Cargo's home, for its registry index and sources [default: as Cargo finds it]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) cargo_home: Option<PathBuf>,
    /// Audit as of a past day: later releases and advisories do not count [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(in crate::cli) as_of: Option<Date>,
    /// Target triple to build for [default: this machine's]
    #[arg(long, value_name = "TRIPLE", conflicts_with = "all_targets")]
    pub(in crate::cli) target: Option<String>,
    /// Take in the dependencies of every platform
    #[arg(long)]
    pub(in crate::cli) all_targets: bool,
    /// Features of the workspace members to turn on, separated by commas
    #[arg(long, short = 'F', value_name = "FEATURES")]
    pub(in crate::cli) features: Vec<String>,
    /// Turn on all features of all workspace members
    #[arg(long)]
    pub(in crate::cli) all_features: bool,
    /// Leave the `default` features of the workspace members off
    #[arg(long)]
    pub(in crate::cli) no_default_features: bool,
    #[command(flatten)]
    pub(in crate::cli) learning: Learning,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let seconds = |text| parse_time(text).map(|time| time.as_secs());
        assert_eq!(["90", "90s", "5m", "2h"].map(seconds), [Ok(90), Ok(90), Ok(300), Ok(7200)]);
        for wrong in ["", "m", "5 m", "1d", "-5s", "1.5m"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }
}
