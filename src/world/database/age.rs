//! How old a database is, in words.

use jiff::civil::Date;

use crate::model::{Database, Diagnostic, Level, Origin};
use crate::world::gather::DayFrom;

/// A database older than this many days may lack much.
pub const MAXIMUM_AGE_DAYS: i32 = 90;

/// Says how old a database is: a note, and past [`MAXIMUM_AGE_DAYS`] a warning. Nothing for a
/// database of that day or newer.
pub fn age_diagnostics(database: &Database, today: Date) -> Vec<Diagnostic> {
    let name = &database.name;
    let which = database.origin.name();
    let Some(date) = database.date else {
        let message = format!("the {which} advisory database `{name}` does not say how old it is");
        return vec![Diagnostic { level: Level::Warning, ..Diagnostic::note(message) }];
    };
    let days = (today - date).get_days();
    if days <= 0 {
        return Vec::new();
    }
    let unit = if days == 1 { "day" } else { "days" };
    let message = format!(
        "the {which} advisory database `{name}` is of {date}, {days} {unit} old{}",
        advice(database.origin, days)
    );
    let level = if days > MAXIMUM_AGE_DAYS { Level::Warning } else { Level::Note };
    vec![Diagnostic { level, ..Diagnostic::note(message) }]
}

/// What is wrong with the day of an audit where the clock says it and the database is of a later
/// one: advisories of later days do not count, and would be missed without a word.
pub fn clock_gap(database: &Database, as_of: Date, from: DayFrom) -> Option<String> {
    let date = database.date.filter(|date| *date > as_of && from == DayFrom::Clock)?;
    Some(format!(
        "the clock says {as_of}, before the day of the advisory database, {date}: set the clock, or \
         name the day with `--as-of`"
    ))
}

fn advice(origin: Origin, days: i32) -> &'static str {
    match origin {
        _ if days <= MAXIMUM_AGE_DAYS => "",
        Origin::Given => "; newer advisories are missing, fetch it again",
        Origin::Updated | Origin::Embedded => {
            "; newer advisories are missing, run `headwater db update`"
        }
    }
}
