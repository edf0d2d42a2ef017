//! What every audit of a run shares, read once.

use jiff::civil::Date;

use crate::advisory::AdvisoryIndex;
use crate::advisory::epss::Scores;
use crate::advisory::exploited::Exploited;
use crate::forecast::Models;
use crate::model::{Database, Diagnostic, Error, Unread};
use crate::rule::{self, Policy, Rule};
use crate::source::usage::UsageTable;

/// What is known before any workspace is looked at: databases, rules, models, usage.
#[derive(Debug, Clone)]
pub struct Knowledge {
    /// The advisories, and where they come from.
    pub advisories: Advisories,
    /// The vulnerabilities that are known to be exploited.
    pub exploited: Exploited,
    /// Where they come from.
    pub exploited_database: Database,
    /// The EPSS scores; of nothing where there is no table.
    pub epss: Scores,
    /// Where they come from; `None` without a table.
    pub epss_database: Option<Database>,
    /// What is part of the program.
    pub shipped: Shipped,
    /// Complaints about the databases.
    pub diagnostics: Vec<Diagnostic>,
}

/// A database of advisories.
#[derive(Debug, Clone)]
pub struct Advisories {
    /// The advisories.
    pub index: AdvisoryIndex,
    /// What it is, where it lies, how old it is.
    pub database: Database,
    /// Day on which the first of them was public, where recorded.
    pub since: Option<Date>,
    /// What could not be read and may be about a package.
    pub unread: Vec<Unread>,
}

/// What is part of the program.
#[derive(Debug, Clone)]
pub struct Shipped {
    /// The rules.
    pub rules: Vec<Rule>,
    /// The models of forecasts.
    pub models: Models,
    /// How much packages are used.
    pub usage: UsageTable<'static>,
    /// The policy of a workspace that says nothing else.
    pub policy: Policy,
}

impl Shipped {
    /// Reads it.
    ///
    /// # Errors
    /// Where it is damaged, which tests exclude.
    pub fn read() -> Result<Self, Error> {
        Ok(Self {
            rules: rule::rules()?,
            models: Models::shipped()?,
            usage: UsageTable::shipped(),
            policy: rule::policy()?,
        })
    }
}
