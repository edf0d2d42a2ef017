//! `headwater forecast rankings`.

use crate::audit::replay::replay;
use crate::cli::arguments::{RankingArguments, TableArguments};
use crate::cli::output::{Output, write};
use crate::cli::progress::Progress;
use crate::forecast::{self, FittedUntil, Models};
use crate::model::Error;
use crate::report::rankings::{self as report, plot};
use crate::world::rankings;

/// Replays the lockfiles and compares the rankings with what happened.
pub(super) fn run(arguments: &RankingArguments, output: &Output) -> Result<(), Error> {
    let RankingArguments { locks_dir, tables, from, to, json, svg } = arguments;
    check(tables)?;
    if from > to {
        return Err(Error::input(format!("`--from {from}` is after `--to {to}`")));
    }
    let mut lockfiles = rankings::lockfiles(locks_dir, *from..=*to)?;
    let files = tables.files();
    let releases = files.releases()?;
    let loaded = files.join(&releases, tables.cut)?;
    let found = lockfiles.len();
    lockfiles.retain(|it| forecast::is_outcome_known(&loaded.tables, it.day));
    let cut = forecast::day_of_number(loaded.tables.cut);
    if lockfiles.is_empty() {
        let message = format!("no outcomes are known of the years {from} to {to}");
        return Err(Error::input(message)
            .help(format!("the tables tell up to {cut}: a year has to be over by then")));
    }
    if lockfiles.len() < found {
        let left_out = found - lockfiles.len();
        output.note(&format!(
            "lockfiles left out, as less than a year of outcomes is known up to {cut}: {left_out}"
        ));
    }
    output.note(&format!("testing on {} lockfiles and {}", lockfiles.len(), loaded.summary));
    let inputs = rankings::inputs()?;
    let until = fitted_until(&inputs.knowledge.shipped.models);
    let progress = Progress::new();
    let show = |done, total| progress.tell("replaying audits", done, total);
    let replayed = replay(inputs, &releases, lockfiles, &show)?;
    drop(progress);
    let evaluation = forecast::evaluate_rankings(&loaded.tables, &replayed, until);
    if let Some(path) = json {
        write(path, &report::json(&evaluation))?;
    }
    if let Some(path) = svg {
        write(path, &plot::svg(&evaluation))?;
    }
    output.print(&report::text(&evaluation))
}

/// Outcomes come from tables that other commands can do without.
fn check(tables: &TableArguments) -> Result<(), Error> {
    let needed = [
        ("--labels", tables.labels.is_none()),
        ("--advisories", tables.advisories.is_none()),
        ("--dependencies", tables.dependencies.is_none()),
    ];
    let lacking = needed.into_iter().filter(|(_, is_absent)| *is_absent);
    let lacking: Vec<&str> = lacking.map(|(option, _)| option).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let error = Error::input("outcomes are told by more tables than were given");
    Err(error.help(format!("give {}", lacking.join(", "))))
}

/// Until when the models behind the rankings were fitted.
fn fitted_until(models: &Models) -> FittedUntil {
    let environmentalist = models.trouble.provenance.until;
    let of_exposure = [&models.disclosure, &models.unfixed_90];
    let exposure =
        of_exposure.map(|it| it.provenance.until).into_iter().fold(environmentalist, Ord::max);
    FittedUntil { environmentalist, exposure }
}
