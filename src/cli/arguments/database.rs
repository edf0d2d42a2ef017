//! The options of `headwater db`.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

use crate::world::database::{EPSS_ADDRESS, KEV_ADDRESS};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum DatabaseCommand {
    /// Clone the RustSec database with the `git` program, and fetch the list of exploited
    /// vulnerabilities (KEV) and the EPSS scores
    Update {
        /// Address of the repository
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Take a database that has lost more than a tenth of its advisories
        #[arg(long)]
        allow_fewer: bool,
        /// Address of CISA's catalogue of exploited vulnerabilities (JSON)
        #[arg(long, value_name = "URL", env = "HEADWATER_KEV_URL", default_value = KEV_ADDRESS)]
        kev_url: String,
        /// Address of FIRST's EPSS scores (CSV, compressed or not)
        #[arg(long, value_name = "URL", env = "HEADWATER_EPSS_URL", default_value = EPSS_ADDRESS)]
        epss_url: String,
        /// Leave the list of exploited vulnerabilities and the EPSS scores as they are
        #[arg(long)]
        advisories_only: bool,
        /// Certificates (PEM) to trust beside the system's
        #[arg(long, value_name = "FILE")]
        ca_file: Option<PathBuf>,
    },
    /// Print which database is in use, from where, of what day
    Status,
    /// Compile a database folder into a snapshot file, or CISA's catalogue into a list
    Build {
        /// A RustSec checkout or a folder of OSV records
        #[arg(long, value_name = "DIR", required_unless_present = "kev")]
        from: Option<PathBuf>,
        /// CISA's catalogue of exploited vulnerabilities (JSON): compile that into a list instead
        #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "commit", "date", "first_seen"])]
        kev: Option<PathBuf>,
        /// Commit of the database [default: that of the checkout]
        #[arg(long)]
        commit: Option<String>,
        /// Day of that commit [default: that of the checkout, else of the newest advisory]
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<Date>,
        /// Days on which advisories first appeared: columns id, package, kind, advisory_date,
        /// first_seen_in_db, withdrawn [default: the checkout's history, else what the embedded
        /// snapshot recorded]
        #[arg(long, value_name = "FILE")]
        first_seen: Option<PathBuf>,
        /// Leave titles out, which are prose under the licence of the database
        #[arg(long, requires = "from")]
        facts_only: bool,
        /// File to write [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}
