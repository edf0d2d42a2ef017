//! The options that name tables to learn from.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use crate::forecast::Model;
use crate::model::{Error, Feature, ForecastKind};
use crate::world::backtest::TableFiles;

/// Tables to learn from: tab-separated with column names, plain or zstd-compressed; `-` reads one
/// from standard input.
#[derive(Debug, Args)]
pub(in crate::cli) struct TableArguments {
    /// Releases: columns crate, version, pubtime
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) releases: PathBuf,
    /// Days on which advisories first appeared: columns id, package, kind, advisory_date,
    /// first_seen_in_db, withdrawn
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) labels: Option<PathBuf>,
    /// Advisories: columns id, patched (version requirements separated by semicolons)
    #[arg(long, value_name = "FILE", requires = "labels")]
    pub(in crate::cli) advisories: Option<PathBuf>,
    /// Dependencies: JSON lines with n (name), v (version), t (time), d (list of name,
    /// requirement, flags)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) dependencies: Option<PathBuf>,
    /// Repositories: columns crate, repository
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) repositories: Option<PathBuf>,
    /// Commits: columns repo, author_time, commit_time (seconds since 1970), is_bot (1 or 0)
    #[arg(long, value_name = "FILE", requires = "package_repositories")]
    pub(in crate::cli) commits: Option<PathBuf>,
    /// Packages of the repositories with commits: columns crate, repo
    #[arg(long, value_name = "FILE", requires = "commits")]
    pub(in crate::cli) package_repositories: Option<PathBuf>,
    /// What real lockfiles held: columns repo, commit_time, op (+ or -), crate, version, source
    /// (r for a registry)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) locks: Option<PathBuf>,
    /// Use nothing after this day [default: the last day on which an advisory appeared]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(in crate::cli) cut: Option<Date>,
}

impl TableArguments {
    pub(in crate::cli) fn files(&self) -> TableFiles {
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
    pub(in crate::cli) fn lacking(&self, model: &Model) -> Vec<&'static str> {
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

    pub(in crate::cli) fn check(&self, model: &Model) -> Result<(), Error> {
        let message = format!("`{}` is learnt from more tables than were given", model.id);
        none_lacking(&self.lacking(model), message)
    }

    pub(in crate::cli) fn check_outcome(&self, kind: ForecastKind) -> Result<(), Error> {
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
