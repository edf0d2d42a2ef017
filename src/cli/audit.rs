//! `headwater audit`.

use std::path::Path;

use jiff::civil::Date;

use super::Exit;
use super::arguments::{Arguments, AuditArguments, Subject};
use super::output::Output;
use super::progress::Progress;
use super::{learn, network};
use crate::audit::audit;
use crate::model::{Audit, Error, Failure, Project, VerdictStatus};
use crate::report::{FORMATS, Format, Options};
use crate::resolve::{Platform, Platforms, Selection};
use crate::world::cache::CacheDir;
use crate::world::gather::{DayFrom, Request, gather};

/// Audits, reports, and says by the exit code what came out.
pub(super) fn run(
    arguments: &AuditArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let result = match make(&arguments.path, &arguments.subject, global, Files::LeftAlone) {
        Err(error) if error.failure == Failure::Nothing && arguments.allow_empty => {
            output.note(&format!("note: {error}"));
            return Ok(Exit::Pass);
        }
        result => result?,
    };
    output.diagnostics(&result.diagnostics);
    for file in &arguments.output {
        let text = render(&file.format, &result, &Output::file_options(arguments.all));
        std::fs::write(&file.path, text).map_err(|error| {
            Error::input(format!("the report cannot be written: {error}")).at(&file.path)
        })?;
    }
    output.print(&render(&arguments.format, &result, &output.options_with(arguments.all)))?;
    let exit = verdict_exit(&result);
    std::mem::forget(result);
    Ok(exit)
}

/// Whether files on this machine are looked at where there is nothing else to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    /// They are what the command shows.
    Read,
    /// The command is to be fast.
    LeftAlone,
}

/// Gathers, audits, learns about upstream projects in the order of the ranking, and audits with
/// what was learned.
pub(super) fn make(
    path: &Path,
    subject: &Subject,
    global: &Arguments,
    files: Files,
) -> Result<Audit, Error> {
    let request = request(path, subject, global)?;
    let cache = request.cache.clone();
    let opened = learn::open(subject, &cache)?;
    let progress = Progress::new("reading the registry index");
    let tell = |name: &str, done, total| progress.tell(name, done, total);
    let remote = opened.as_ref().map(|opened| network::remote(opened, &tell));
    let mut inputs = gather(request, remote, &|done, total| progress.show(done, total))?;
    drop(progress);
    let mut result = audit(&inputs)?;
    let projects: Vec<&Project> = result.ranking.iter().collect();
    let workspace = Path::new(&inputs.lockfile).parent().unwrap_or(path).to_owned();
    if let Some(opened) = &opened {
        learn::learn(&mut inputs, &result, &projects, &workspace, subject, opened, &cache);
        result = audit(&inputs)?;
    } else if files == Files::Read
        && learn::from_files(&mut inputs, &result, &projects, &workspace, subject)
    {
        result = audit(&inputs)?;
    }
    // The process ends soon: giving tens of thousands of allocations back would only take time.
    std::mem::forget(inputs);
    Ok(result)
}

/// What the command line asks for.
pub(super) fn request(
    path: &Path,
    subject: &Subject,
    global: &Arguments,
) -> Result<Request, Error> {
    Ok(Request {
        path: path.to_owned(),
        advisory_database: subject.advisory_db.clone(),
        exploited: subject.kev.clone(),
        epss: subject.epss.clone(),
        config: subject.config.clone(),
        cargo_home: subject.cargo_home.clone(),
        cache: CacheDir::locate(global.cache_dir.clone()),
        selection: selection(subject)?,
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
    })
}

fn render(name: &str, audit: &Audit, options: &Options) -> String {
    let known = |format: &&Format| format.name == name;
    // The command line accepts only names of the table.
    FORMATS.iter().find(known).map(|format| (format.render)(audit, options)).unwrap_or_default()
}
