//! `headwater audit`.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::Exit;
use super::arguments::{Arguments, AuditArguments, Subject};
use super::network;
use super::output::{Output, write};
use super::progress::Progress;
use crate::model::{Audit, Error, Failure, VerdictStatus};
use crate::report::{FORMATS, Format, Options};
use crate::resolve::{Platform, Platforms, Selection};
use crate::run::{self, Files, Outcome, Request};
use crate::world::cache::CacheDir;
use crate::world::gather::{self, DayFrom};
use crate::world::knowledge::{self, Databases};

/// Audits, reports, and says by the exit code what came out.
pub(super) fn command(
    arguments: &AuditArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let outcome = match workspace(&arguments.path, &arguments.subject, global, Files::LeftAlone) {
        Err(error) if error.failure == Failure::Nothing && arguments.allow_empty => {
            output.nothing(&error);
            return Ok(Exit::Pass);
        }
        outcome => outcome?,
    };
    let result = &outcome.audit;
    output.diagnostics(&result.diagnostics);
    for file in &arguments.output {
        let text = render(&file.format, result, &Output::file_options(arguments.all));
        write(&file.path, &text)?;
    }
    output.print(&render(&arguments.format, result, &output.options_with(arguments.all)))?;
    let exit = verdict_exit(result);
    // The process ends: giving tens of thousands of allocations back would only take time.
    std::mem::forget(outcome);
    Ok(exit)
}

/// Audits what the command line asks for.
pub(super) fn make(
    subject: run::Subject,
    path: &Path,
    arguments: &Subject,
    global: &Arguments,
    files: Files,
) -> Result<Outcome, Error> {
    let request = Request {
        subject,
        gather: request(path, arguments, global)?,
        mirrors: arguments.learning.git_mirror.clone(),
        files,
        today: today(),
    };
    let cache = &request.gather.cache;
    let knowledge = Arc::new(knowledge::load(&databases(arguments), cache)?);
    let network = network::open(arguments, cache)?;
    let progress = Progress::new();
    let watch = |what: &str, done, total| progress.tell(what, done, total);
    run::run(&request, &knowledge, network.as_ref(), &watch)
}

/// An audit of a workspace.
pub(super) fn workspace(
    path: &Path,
    arguments: &Subject,
    global: &Arguments,
    files: Files,
) -> Result<Outcome, Error> {
    make(run::Subject::Workspace, path, arguments, global, files)
}

fn databases(subject: &Subject) -> Databases {
    Databases {
        advisories: subject.advisory_db.clone(),
        exploited: subject.kev.clone(),
        epss: subject.epss.clone(),
    }
}

/// What the command line asks for.
fn request(path: &Path, subject: &Subject, global: &Arguments) -> Result<gather::Request, Error> {
    Ok(gather::Request {
        path: path.to_owned(),
        config: subject.config.clone(),
        cargo_home: subject.cargo_home.clone(),
        cache: CacheDir::locate(global.cache_dir.clone()),
        selection: selection(subject)?,
        target_asked: subject.target.is_some() || subject.all_targets,
        as_of: as_of(subject.as_of)?,
        day_from: match subject.as_of {
            Some(_) => DayFrom::Asked,
            None => DayFrom::Clock,
        },
    })
}

/// The exit code that a verdict has.
pub(super) fn verdict_exit(audit: &Audit) -> Exit {
    match audit.verdict.status {
        VerdictStatus::Pass => Exit::Pass,
        VerdictStatus::Fail => Exit::Fail,
        VerdictStatus::Incomplete => Exit::Source,
    }
}

/// Today, in UTC as registries publish.
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The day asked for, else today.
pub(super) fn as_of(asked: Option<Date>) -> Result<Date, Error> {
    let today = today();
    match asked {
        Some(day) if day > today => {
            Err(Error::input(format!("`--as-of {day}` is in the future; today is {today}")))
        }
        Some(day) => Ok(day),
        None => Ok(today),
    }
}

fn selection(subject: &Subject) -> Result<Selection, Error> {
    let platform = match &subject.target {
        Some(triple) => Platform::from_triple(triple).ok_or_else(|| {
            Error::input(format!("target `{triple}` is not known"))
                .help("`rustc --print target-list` names the known ones")
        })?,
        None => Platform::host().ok_or_else(|| {
            Error::input("this machine's target is not known").help("name one with `--target`")
        })?,
    };
    Ok(Selection {
        platforms: if subject.all_targets { Platforms::All } else { Platforms::One(platform) },
        features: subject.features.clone(),
        all_features: subject.all_features,
        default_features: !subject.no_default_features,
        flags: Default::default(),
    })
}

fn render(name: &str, audit: &Audit, options: &Options) -> String {
    let known = |format: &&Format| format.name == name;
    // The command line accepts only names of the table.
    FORMATS.iter().find(known).map(|format| (format.render)(audit, options)).unwrap_or_default()
}
