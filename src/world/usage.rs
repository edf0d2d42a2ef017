//! The table of usage from the tables of a back-test.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use super::backtest::TableFiles;
use crate::forecast;
use crate::model::Error;
use crate::source::usage;

/// The first of January from which on the table has a column for each year.
const FIRST: Date = date(2018, 1, 1);

/// The table as it is kept in `rules/forecast/usage.tsv`: the first of January of each year, the
/// last day, and a year before it.
///
/// # Errors
/// Where a table cannot be read or understood, or dependencies or lockfiles are not given.
pub fn table(files: &TableFiles, cut: Option<Date>) -> Result<String, Error> {
    let given = [&files.dependencies, &files.locks];
    if given.iter().any(|it| it.is_none()) {
        let message = "the table of usage needs dependencies and lockfiles";
        return Err(Error::input(message).help("give --dependencies and --locks"));
    }
    let loaded = files.load(cut)?;
    let last = forecast::day_of_number(loaded.tables.cut);
    let mut days = vec![last, last.saturating_sub(Span::new().days(365))];
    let years = (0..).map(|years| FIRST.saturating_add(years.years()));
    days.extend(years.take_while(|&day| day <= last));
    days.sort_unstable();
    days.dedup();
    let options = files.options();
    let cut = cut.map(|day| format!(" --cut {day}")).unwrap_or_default();
    let command = format!("headwater forecast usage{options}{cut}");
    Ok(usage::write(&days, &forecast::usage(&loaded.tables, &days), &command, &loaded.summary))
}
