//! Silence with and without commits, on the same examples.

use super::section::{Baseline, Column, Section, Split, known, measured};
use super::{FIT_UNTIL, within};
use crate::forecast::added::{held_out, knows_commits};
use crate::forecast::examples::Example;
use crate::forecast::fit::fit_once;
use crate::forecast::model::{Model, Term};
use crate::forecast::timeline::{day, day_number};
use crate::model::{Error, Feature};

const BASELINES: [Baseline; 2] = [
    Baseline { name: "days since the last release", score: |it| known(it, Feature::SilenceDays) },
    Baseline { name: "days since a commit", score: |it| known(it, Feature::CommitSilenceDays) },
];

/// Each repository is forecast by fits that saw nothing of it: the terms on releases are fitted on
/// packages without a history, the one on commits on the other repositories. Repositories are
/// resampled as one, as their packages share the commits.
pub(super) fn with_and_without(
    releases: &Model,
    commits: &Term,
    all: &[Example],
    sections: &mut Vec<Section>,
) -> Result<(), Error> {
    let by_repository = |it: &Example| {
        let cluster = it.history.filter(|_| knows_commits(it))?;
        Some(Example { cluster, ..it.clone() })
    };
    let known: Vec<Example> = all.iter().filter_map(by_repository).collect();
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
        let scores = rows.iter().map(|(it, _)| releases.chance(&it.features)).collect();
        let rows = rows.into_iter().map(|(it, chance)| (it, chance, 0)).collect();
        let split = Split { name: name.to_owned(), headline: until < i32::MAX, rows };
        let without = Column { name: "silence without commits", scores, is_chance: true };
        let people_use = BASELINES.iter().map(|it| it.column(&split));
        let columns: Vec<Column> = [without].into_iter().chain(people_use).collect();
        measured(&releases, &split, String::new(), &columns, sections);
    }
    Ok(())
}
