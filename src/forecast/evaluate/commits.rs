//! Silence with and without commits, on the same examples.

use super::baseline::{COMMITS, Column, Training};
use super::section::{Measured, Split, measured};
use super::{FIT_UNTIL, within};
use crate::forecast::added::{held_out, knows_commits};
use crate::forecast::clusters::join;
use crate::forecast::example::Example;
use crate::forecast::model::{Model, Term};
use crate::forecast::newton::fit_once;
use crate::forecast::timeline::{day, day_number};
use crate::model::Error;

/// The examples whose repository has a history. Packages of one repository share the commits:
/// they are resampled as one, with their owner.
pub(super) fn with_commits(all: &[Example]) -> Vec<Example> {
    let mut known: Vec<Example> =
        all.iter().filter(|it| it.history.is_some() && knows_commits(it)).cloned().collect();
    let mut clusters: Vec<u32> = known.iter().map(|it| it.cluster).collect();
    join(&mut clusters, known.iter().map(|it| it.history));
    for (example, cluster) in known.iter_mut().zip(clusters) {
        example.cluster = cluster;
    }
    known
}

/// What the same releases say without commits.
pub(super) fn without_commits(releases: &Model, split: &Split<'_>) -> Column {
    let chances = split.rows.iter().map(|(it, ..)| releases.chance(&it.features));
    let chances: Vec<f64> = chances.collect();
    Column { name: "silence without commits", scores: chances.clone(), chances }
}

/// Each repository is forecast by fits that saw nothing of it: the terms on releases are fitted on
/// packages without a history, the one on commits on the other repositories. Baselines are fitted
/// on all repositories, which favours them.
pub(super) fn with_and_without(
    releases: &Model,
    commits: &Term,
    all: &[Example],
    out: &mut Measured,
) -> Result<(), Error> {
    let known = with_commits(all);
    let splits = [
        ("repositories not fitted, 2023-26, fitted before 2023", day_number(FIT_UNTIL), 2023),
        ("repositories not fitted, all years", i32::MAX, i16::MIN),
    ];
    for (name, until, from_year) in splits {
        let others = within(all, |it| it.history.is_none() && it.known_by <= until);
        let releases = fit_once(releases, &others)?;
        let training = within(&known, |it| it.known_by <= until);
        let test = within(&known, |it| day(it.as_of).year() >= from_year);
        let rows = held_out(&releases, commits, &training, &test)?;
        let split = Split::empty(name, &releases).against(&COMMITS);
        let split = split.with(0, &Training::on(&training), rows.into_iter());
        let split = if until < i32::MAX { split.headline() } else { split };
        let without = without_commits(&releases, &split);
        measured(&releases, &split, String::new(), vec![without], out);
    }
    Ok(())
}
