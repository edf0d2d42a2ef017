//! How old a database is, in words.

use jiff::civil::Date;

use crate::model::{Database, Diagnostic, Level, MAXIMUM_AGE_DAYS, Origin};
use crate::world::gather::DayFrom;

/// Says how old a database is: a note, and past [`MAXIMUM_AGE_DAYS`] a warning. Nothing for a
/// database of that day or newer.
pub fn age_diagnostics(database: &Database, today: Date) -> Vec<Diagnostic> {
    age_of("advisory database", "newer advisories are missing", database, today)
}

/// The same for the list of exploited vulnerabilities or the table of EPSS scores.
pub fn threat_age_diagnostics(database: &Database, today: Date) -> Vec<Diagnostic> {
    let mut diagnostics = age_of("threat list", "what came later is missing", database, today);
    // That it is a little old is no news: it changes every day.
    diagnostics.retain(|it| it.level == Level::Warning);
    diagnostics
}

fn age_of(what: &str, lacks: &str, database: &Database, today: Date) -> Vec<Diagnostic> {
    let name = &database.name;
    let which = database.origin.name();
    let Some(date) = database.date else {
        let message = format!("the {which} {what} `{name}` does not say how old it is");
        return vec![Diagnostic { level: Level::Warning, ..Diagnostic::note(message) }];
    };
    let days = (today - date).get_days();
    if days <= 0 {
        return Vec::new();
    }
    let unit = if days == 1 { "day" } else { "days" };
    let message = format!(
        "the {which} {what} `{name}` is dated {date}, {days} {unit} old{}",
        advice(database.origin, days, lacks)
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

/// The same of a list of exploited vulnerabilities or a table of EPSS scores, by which nothing is
/// passed, so that it is a warning.
pub fn threat_clock_diagnostic(
    database: &Database,
    as_of: Date,
    from: DayFrom,
) -> Option<Diagnostic> {
    let date = database.date.filter(|date| *date > as_of && from == DayFrom::Clock)?;
    let message = format!(
        "the clock says {as_of}, before the day of the {} threat list `{}`, {date}: set the clock, \
         or correct the list",
        database.origin.name(),
        database.name
    );
    Some(Diagnostic { level: Level::Warning, ..Diagnostic::note(message) })
}

/// What is wrong with a day before that of the first advisory: nothing could be found, so a pass
/// would say nothing.
pub fn nothing_public(since: Option<Date>, as_of: Date) -> Option<String> {
    let first = since?;
    (first > as_of).then(|| {
        format!(
            "no advisory was public on {as_of}; the first of the database is of {first}: name a \
             later day with `--as-of`"
        )
    })
}

fn advice(origin: Origin, days: i32, lacks: &str) -> String {
    match origin {
        _ if days <= MAXIMUM_AGE_DAYS => String::new(),
        Origin::Given => format!("; {lacks}, fetch it again"),
        Origin::Updated | Origin::Embedded => format!("; {lacks}, run `headwater db update`"),
    }
}
