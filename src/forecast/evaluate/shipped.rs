//! Testing the coefficients that are shipped, on what neither they nor their level have seen.

use jiff::civil::Date;

use super::baseline::{COMMITS, Training};
use super::commits::{with_commits, without_commits};
use super::section::{LeftOut, Measured, Split, measured};
use super::{Coefficients, Evaluation, Resampling, begins, sets_level, within, year};
use crate::forecast::added;
use crate::forecast::example::Example;
use crate::forecast::examples::{Clock, EMBARGO_DAYS, examples, unfixed};
use crate::forecast::model::Model;
use crate::forecast::population::Population;
use crate::forecast::tables::Tables;
use crate::forecast::timeline::{day, day_number};
use crate::forecast::unmaintained::unmaintained;
use crate::model::ForecastKind;

/// Judges models with the coefficients they have, on forecasts from the day on which everything
/// they were fitted on, and their level was set by, was known.
///
/// Packages that a lockfile held on the day come first, the others apart, where lockfiles are
/// known. Where a level was set by later examples than the rest, the order of those examples is
/// tested apart: a level moves all chances alike and no order.
pub fn evaluate_shipped(tables: &Tables, models: &[Model]) -> Evaluation {
    let mut out = Measured::default();
    for model in models {
        let known = examples(model.kind, tables);
        let known = if added::split(model).is_some() { with_commits(&known) } else { known };
        let test = Test { tables, model, training: training(model, &known) };
        test.run(&known, "", &mut out);
        if let Some(horizon_days) = horizon(model.kind) {
            test.never_examples(horizon_days, &mut out);
            let own_date = unfixed(tables, horizon_days, Clock::AdvisoryDate);
            test.run(&own_date, ", by the advisory's own date", &mut out);
        }
    }
    let ranked = models.iter().filter(|it| {
        !matches!(it.kind, ForecastKind::Disclosure | ForecastKind::StillUnfixed)
            && added::split(it).is_none()
    });
    let ranked: Vec<Model> = ranked.cloned().collect();
    let tested_from = ranked.iter().map(tested_from).max();
    Evaluation {
        cut: day(tables.cut).to_string(),
        coefficients: Coefficients::Shipped,
        resampling: Resampling::of(tables),
        sections: out.sections,
        left_out: out.left_out,
        unmaintained: tested_from.map_or_else(Vec::new, |day| unmaintained(tables, &ranked, day)),
    }
}

/// Days within which a fix must be out.
fn horizon(kind: ForecastKind) -> Option<i32> {
    match kind {
        ForecastKind::Unfixed90Days => Some(90),
        ForecastKind::Unfixed365Days => Some(365),
        ForecastKind::Silence
        | ForecastKind::Disclosure
        | ForecastKind::StillUnfixed
        | ForecastKind::Trouble => None,
    }
}

/// The day from which on a forecast owes nothing to what is forecast.
fn tested_from(model: &Model) -> Date {
    let level = model.provenance.level.as_ref().map(|level| level.until);
    level.map_or(model.provenance.until, |level| level.max(model.provenance.until))
}

/// What the coefficients and the level of a model come from.
fn training<'a>(model: &Model, known: &'a [Example]) -> Training<'a> {
    let until = model.provenance.until;
    let level = model.provenance.level.as_ref();
    Training {
        fitted: within(known, |it| it.known_by <= day_number(until)),
        level: level.map_or_else(Vec::new, |level| sets_level(known, until, level.until)),
    }
}

/// A model and what it is tested with.
struct Test<'a> {
    tables: &'a Tables,
    model: &'a Model,
    training: Training<'a>,
}

impl Test<'_> {
    /// Tests on what is left of the examples, and says what is not.
    fn run(&self, known: &[Example], clock: &str, out: &mut Measured) {
        let model = self.model;
        let (fitted, from) = (model.provenance.until, tested_from(model));
        let later = within(known, |it| begins(model.kind, it) >= day_number(fitted));
        let (tested, level): (Vec<&Example>, Vec<&Example>) =
            later.iter().partition(|it| begins(model.kind, it) >= day_number(from));
        self.say_left_out(known, clock, out);
        self.windows(&tested, clock, false, out);
        if !level.is_empty() {
            let order =
                format!(", order only, as the level was set by {}", years(model.kind, &level));
            self.windows(&later, &format!("{order}{clock}"), true, out);
        }
    }

    /// All years together, those from 2024 on where there are earlier ones, and each.
    fn windows(&self, tested: &[&Example], clock: &str, order_only: bool, out: &mut Measured) {
        let kind = self.model.kind;
        let year_of = |it: &&&Example| year(kind, it);
        let (Some(first), Some(last)) = (
            tested.iter().map(|it| year_of(&it)).min(),
            tested.iter().map(|it| year_of(&it)).max(),
        ) else {
            return;
        };
        let baselines = match added::split(self.model) {
            Some(_) => Split::empty("", self.model).against(&COMMITS),
            None => Split::empty("", self.model),
        };
        let rows = tested.iter().map(|it| (*it, self.model.chance(&it.features)));
        let mut all = baselines.with(0, &self.training, rows);
        all.order_only = order_only;
        let mut windows = vec![(first, last)];
        windows.extend((first < 2024 && last > 2024).then_some((2024, last)));
        windows.extend((first..=last).filter(|_| first < last && !order_only).map(|it| (it, it)));
        for (place, (from, to)) in windows.into_iter().enumerate() {
            for (rank, &population) in Population::of(self.tables).iter().enumerate() {
                let mut split = all.only(|it| {
                    (from..=to).contains(&year(kind, it))
                        && population.holds(self.tables, it.package as usize, it.as_of)
                });
                split.name = format!("{}{clock}", span(from, to));
                split.population = population;
                let is_first = place == 0 && rank == 0 && clock.is_empty();
                let split = if is_first { split.headline() } else { split };
                self.measure(&split, out);
            }
        }
        let cut = day(self.tables.cut).year();
        for year in (last + 1..=cut).filter(|_| !order_only) {
            let why = format!("no outcome is known by {}", day(self.tables.cut));
            self.leave_out(format!("{year}{clock}"), 0, why, out);
        }
    }

    fn measure(&self, split: &Split<'_>, out: &mut Measured) {
        let releases = added::split(self.model).map(|(releases, _)| releases);
        let beside = releases.map(|releases| without_commits(&releases, split));
        measured(self.model, split, String::new(), Vec::from_iter(beside), out);
    }

    /// Examples that were fitted, that set the level, or that were begun before either was over.
    fn say_left_out(&self, known: &[Example], clock: &str, out: &mut Measured) {
        let (kind, provenance) = (self.model.kind, &self.model.provenance);
        let from = tested_from(self.model);
        let early = within(known, |it| begins(kind, it) < day_number(from));
        let fitted = |it: &&Example| it.known_by <= day_number(provenance.until);
        let (fitted, later): (Vec<&Example>, Vec<&Example>) =
            early.into_iter().partition(|it| fitted(it));
        let level = |it: &&Example| {
            let set = provenance.level.as_ref().map(|level| day_number(level.until));
            it.as_of >= day_number(provenance.until) && set.is_some_and(|day| it.known_by <= day)
        };
        let (level, begun): (Vec<&Example>, Vec<&Example>) =
            later.into_iter().partition(|it| level(it));
        let reasons = [
            (fitted, "the coefficients were fitted on these years".to_owned()),
            (level, "the level was set by them".to_owned()),
            (begun, format!("begun before {from}, when the last outcome that was used was known")),
        ];
        for (examples, why) in reasons.into_iter().filter(|(examples, _)| !examples.is_empty()) {
            let what = format!("{}{clock}", years(kind, &examples));
            self.leave_out(what, examples.len(), why, out);
        }
    }

    /// Disclosures from the first tested day on that never became an example.
    fn never_examples(&self, horizon_days: i32, out: &mut Measured) {
        let from = day_number(tested_from(self.model));
        let (mut withdrawn, mut too_recent, mut no_release) = (0, 0, 0);
        for package in &self.tables.packages {
            for disclosure in package.disclosures.iter().filter(|it| it.first_seen >= from) {
                if disclosure.withdrawn.is_some() {
                    withdrawn += 1;
                } else if disclosure.first_seen + horizon_days > self.tables.cut {
                    too_recent += 1;
                } else if package.timeline.last(disclosure.first_seen - EMBARGO_DAYS).is_none() {
                    no_release += 1;
                }
            }
        }
        let cut = day(self.tables.cut);
        let reasons = [
            (too_recent, format!("{horizon_days} days are not over by {cut}")),
            (no_release, format!("the package had no release {EMBARGO_DAYS} days before")),
            (withdrawn, "the advisory was withdrawn".to_owned()),
        ];
        for (count, why) in reasons.into_iter().filter(|(count, _)| *count > 0) {
            let what = format!("disclosures from {} on", day(from));
            self.leave_out(what, count, why, out);
        }
    }

    fn leave_out(&self, what: String, examples: usize, why: String, out: &mut Measured) {
        out.left_out.push(LeftOut { forecast: self.model.id.clone(), what, examples, why });
    }
}

/// The years in which forecasts begin.
fn years(kind: ForecastKind, examples: &[&Example]) -> String {
    let years = || examples.iter().map(|it| year(kind, it));
    span(years().min().unwrap_or_default(), years().max().unwrap_or_default())
}

fn span(from: i16, to: i16) -> String {
    if from == to { from.to_string() } else { format!("{from}-{:02}", to % 100) }
}
