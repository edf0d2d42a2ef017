//! `headwater trend`.

use std::sync::Arc;

use super::Exit;
use super::arguments::{Arguments, TrendArguments};
use super::audit::as_of;
use super::output::Output;
use super::progress::Progress;
use crate::audit::trend::trend;
use crate::model::Error;
use crate::report::trend::{FORMATS, Format};
use crate::resolve::{Platforms, Selection};
use crate::world::cache::CacheDir;
use crate::world::gather::{DayFrom, Request};
use crate::world::knowledge::{self, Databases};
use crate::world::trend::gather;

/// Audits the lockfile at its commits, and prints how its risk moved.
pub(super) fn run(
    arguments: &TrendArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let as_of = as_of(arguments.as_of)?;
    if arguments.since > as_of {
        let since = arguments.since;
        return Err(Error::input(format!("`--since {since}` is after the last day, {as_of}")));
    }
    let request = Request {
        path: arguments.path.clone(),
        config: None,
        cargo_home: arguments.cargo_home.clone(),
        cache: CacheDir::locate(global.cache_dir.clone()),
        selection: Selection {
            platforms: Platforms::All,
            features: Vec::new(),
            all_features: false,
            default_features: true,
            flags: Default::default(),
        },
        target_asked: true,
        as_of,
        day_from: match arguments.as_of {
            Some(_) => DayFrom::Asked,
            None => DayFrom::Clock,
        },
    };
    let databases = Databases { advisories: arguments.advisory_db.clone(), ..Databases::default() };
    let knowledge = Arc::new(knowledge::load(&databases, &request.cache)?);
    let progress = Progress::new();
    let show = |done, total| progress.tell("reading the registry index", done, total);
    let most = arguments.most as usize;
    let (inputs, history) = gather(request, &knowledge, arguments.since, most, &show)?;
    drop(progress);
    let trend = trend(inputs, history)?;
    output.diagnostics(&trend.diagnostics);
    let format = FORMATS.iter().find(|format: &&Format| format.name == arguments.format);
    // The command line accepts only names of the table.
    let text = format.map(|format| (format.render)(&trend, &output.options()));
    output.print(&text.unwrap_or_default())?;
    Ok(Exit::Pass)
}
