//! Reads what every audit of a run shares.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::audit::{Advisories, Knowledge, Shipped};
use crate::model::Error;
use crate::world::cache::CacheDir;
use crate::world::database::{self, Loaded};

/// Databases to use instead of the updated or embedded ones.
#[derive(Debug, Clone, Default)]
pub struct Databases {
    /// Advisories: a RustSec checkout, a folder of OSV records, or a snapshot file.
    pub advisories: Option<PathBuf>,
    /// CISA's catalogue of exploited vulnerabilities.
    pub exploited: Option<PathBuf>,
    /// FIRST's table of EPSS scores.
    pub epss: Option<PathBuf>,
}

/// Reads the given databases, else the updated ones, else those of the program.
///
/// # Errors
/// Where a given database cannot be used.
pub fn load(given: &Databases, cache: &CacheDir) -> Result<Knowledge, Error> {
    let Loaded { index, database, since, unread, mut diagnostics } =
        database::load(given.advisories.as_deref(), cache)?;
    let (exploited, exploited_database, damaged) =
        database::exploited(given.exploited.as_deref(), cache)?;
    let (scores, unreadable) = database::scores(given.epss.as_deref(), cache)?;
    diagnostics.extend(damaged.into_iter().chain(unreadable));
    let (epss, epss_database) = scores.unzip();
    Ok(Knowledge {
        advisories: Advisories { index, database, since, unread },
        exploited,
        exploited_database,
        epss: epss.unwrap_or_else(|| database::no_scores(Date::MIN)),
        epss_database,
        shipped: Shipped::read()?,
        diagnostics,
    })
}

/// What is part of the program, and nothing else.
///
/// # Errors
/// Where it is damaged, which tests exclude.
pub fn embedded() -> Result<Knowledge, Error> {
    let Loaded { index, database, since, unread, diagnostics } = database::embedded()?;
    let (exploited, exploited_database) = database::embedded_exploited();
    Ok(Knowledge {
        advisories: Advisories { index, database, since, unread },
        exploited,
        exploited_database,
        epss: database::no_scores(Date::MIN),
        epss_database: None,
        shipped: Shipped::read()?,
        diagnostics,
    })
}
