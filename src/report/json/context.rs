//! What the audit rests on: databases, coverage, diagnostics.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Audit, Level, Missing, Origin, without_secrets};
use crate::report::upstream;

use super::observed::Reason;

/// An advisory database that was asked.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct Database<'a> {
    /// Its name.
    name: &'a str,
    /// Which copy was used: a folder given by the user, the user's updated copy, or the
    /// snapshot embedded in the program.
    #[schemars(extend("enum" = origins()))]
    origin: &'static str,
    /// Where that copy lies; null for the embedded one.
    path: Option<&'a str>,
    /// Commit of the upstream database; null where it is not known.
    commit: Option<&'a str>,
    /// Day of that commit, or of the newest advisory; null where neither is known.
    #[schemars(extend("format" = "date"))]
    date: Option<String>,
    /// Licence of the data.
    licence: &'a str,
    /// Number of advisories loaded.
    advisories: usize,
    /// Files that could not be understood and were skipped.
    skipped: usize,
}

/// The list of vulnerabilities known to be exploited that was asked.
#[derive(Serialize, JsonSchema)]
pub(super) struct ExploitedList<'a> {
    /// Its name.
    name: &'a str,
    /// Which copy was used: a file given by the user, or the list embedded in the program.
    #[schemars(extend("enum" = [Origin::Given, Origin::Embedded].map(Origin::name)))]
    origin: &'static str,
    /// Where that copy lies; null for the embedded one.
    path: Option<&'a str>,
    /// The day of the list.
    #[schemars(extend("format" = "date"))]
    date: Option<String>,
    /// Licence of the data.
    licence: &'a str,
    /// Number of vulnerabilities listed.
    entries: usize,
}

/// What is not known, counted.
#[derive(Serialize, JsonSchema)]
pub(super) struct Coverage {
    /// Packages in the graph.
    packages: usize,
    /// For each fact that some packages lack, how many, by reason.
    missing: BTreeMap<&'static str, Vec<Lack>>,
    /// Packages whose presence is not known.
    presence_unknown: usize,
    /// Packages of which it is not known whether they are in the product or only in the build:
    /// `runtime-or-build` and `runtime-or-proc-macro`.
    presence_undecided: usize,
    /// Packages whose manifest is not cached, so that it is not known whether they are procedural
    /// macros.
    proc_macro_unknown: usize,
    /// For each fact that some upstream projects lack, how many, by reason.
    upstream: BTreeMap<&'static str, Vec<ProjectLack>>,
    /// The hosts that were asked over the network, with their port where it is not the usual one.
    hosts_asked: Vec<String>,
}

/// How many packages lack a fact for one reason.
#[derive(Serialize, JsonSchema)]
struct Lack {
    /// Why it is missing.
    reason: Reason,
    /// Number of packages.
    packages: usize,
}

/// How many upstream projects lack a fact for one reason.
#[derive(Serialize, JsonSchema)]
struct ProjectLack {
    /// Why it is missing.
    reason: Reason,
    /// Number of projects.
    projects: usize,
}

/// A complaint about an input.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct Diagnostic<'a> {
    /// `warning` where the result may be wrong or stale because of it, else `note`.
    #[schemars(extend("enum" = [Level::Warning, Level::Note].map(level)))]
    level: &'static str,
    /// The file; null where it is about none in particular.
    path: Option<&'a str>,
    /// Line in the file, from 1; null where it is about no line in particular.
    line: Option<usize>,
    /// What is wrong and what to do.
    message: Cow<'a, str>,
}

fn origins() -> [&'static str; 3] {
    [Origin::Given, Origin::Updated, Origin::Embedded].map(Origin::name)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

pub(in crate::report) fn database(database: &model::Database) -> Database<'_> {
    Database {
        name: &database.name,
        origin: database.origin.name(),
        path: database.path.as_deref(),
        commit: database.commit.as_deref(),
        date: database.date.map(|date| date.to_string()),
        licence: &database.licence,
        advisories: database.advisories,
        skipped: database.skipped,
    }
}

pub(super) fn exploited(list: &model::Database) -> ExploitedList<'_> {
    ExploitedList {
        name: &list.name,
        origin: list.origin.name(),
        path: list.path.as_deref(),
        date: list.date.map(|date| date.to_string()),
        licence: &list.licence,
        entries: list.advisories,
    }
}

pub(super) fn coverage(audit: &Audit) -> Coverage {
    let lack = |(why, packages): (Missing, usize)| Lack { reason: why.into(), packages };
    let project_lack =
        |(why, projects): (Missing, usize)| ProjectLack { reason: why.into(), projects };
    let coverage = &audit.coverage;
    Coverage {
        packages: coverage.packages,
        missing: by_fact(coverage.missing.clone(), lack),
        presence_unknown: coverage.presence_unknown,
        presence_undecided: coverage.presence_undecided,
        proc_macro_unknown: coverage.proc_macro_unknown,
        upstream: by_fact(upstream::coverage(audit), project_lack),
        hosts_asked: coverage.hosts_asked.clone(),
    }
}

fn by_fact<T>(
    counts: BTreeMap<&'static str, BTreeMap<Missing, usize>>,
    lack: impl Fn((Missing, usize)) -> T,
) -> BTreeMap<&'static str, Vec<T>> {
    let each = |(fact, reasons): (_, BTreeMap<_, _>)| (fact, reasons.into_iter().map(&lack));
    counts.into_iter().map(each).map(|(fact, lacks)| (fact, lacks.collect())).collect()
}

pub(in crate::report) fn diagnostic(diagnostic: &model::Diagnostic) -> Diagnostic<'_> {
    Diagnostic {
        level: level(diagnostic.level),
        path: diagnostic.path.as_deref(),
        line: diagnostic.line,
        message: without_secrets(&diagnostic.message),
    }
}
