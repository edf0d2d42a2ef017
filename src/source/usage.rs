//! How much packages are used: the table `rules/forecast/usage.tsv`.
//!
//! One column for each day. A cell is dependents and lockfiles, separated by a comma; `-` where
//! the package had no release, and empty where nothing changed since the column before.

use std::fmt::Write;

use jiff::civil::Date;
use smol_str::SmolStr;

const TABLE: &str = include_str!("../../rules/forecast/usage.tsv");
/// The first cell of the line of column names.
const HEADING: &str = "package";
/// A column speaks for so many days after its own.
const FRESH_DAYS: i32 = 400;
/// Days between a column and the one that tells of the year before.
const YEAR_DAYS: std::ops::RangeInclusive<i32> = 350..=380;

/// How much a package was used on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Packages whose latest release depends on it, dev-dependencies apart.
    pub dependents: u32,
    /// Repositories among those recorded whose lockfile holds it.
    pub lockfiles: u32,
}

/// Usage on a day and a year before; no usage where there was no release by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedUsage {
    /// The day.
    pub day: Date,
    /// Usage on the day.
    pub now: Usage,
    /// Usage a year before.
    pub year_before: Usage,
}

/// The table, read where it is asked.
#[derive(Debug, Clone)]
pub struct UsageTable<'a> {
    /// The days of the columns, and as days since 1970.
    days: Vec<(Date, i32)>,
    rows: &'a str,
}

impl UsageTable<'static> {
    /// The shipped table.
    pub fn shipped() -> Self {
        Self::read(TABLE)
    }
}

impl<'a> UsageTable<'a> {
    fn read(table: &'a str) -> Self {
        let mut rest = table;
        while let Some((line, rows)) = rest.split_once('\n') {
            let mut cells = line.split('\t');
            if cells.next() == Some(HEADING) {
                let days = cells.filter_map(|day| day.parse::<Date>().ok());
                return Self { days: days.map(|day| (day, number(day))).collect(), rows };
            }
            rest = rows;
        }
        Self { days: Vec::new(), rows: "" }
    }

    /// The columns that speak for a day: the newest one not after it, with the one a year before.
    pub fn columns(&self, as_of: Date) -> Option<(usize, usize)> {
        let as_of = number(as_of);
        let speaks = |day: i32| (0..=FRESH_DAYS).contains(&(as_of - day));
        let year_before = |at: usize, day: i32| {
            let mut before = self.days[..at].iter();
            before.rposition(|(_, it)| YEAR_DAYS.contains(&(day - it)))
        };
        let columns = self.days.iter().enumerate().rev().filter(|(_, (_, day))| speaks(*day));
        columns
            .map(|(at, (_, day))| (at, *day))
            .find_map(|(at, day)| Some((at, year_before(at, day)?)))
    }

    /// The usage of a package of the public registry as known on a day; `None` where the table does
    /// not hold the package or speaks for no such day.
    pub fn of(&self, package: &str, as_of: Date) -> Option<DatedUsage> {
        let (at, before) = self.columns(as_of)?;
        let cells = self.row(package)?;
        let (mut now, mut year_before) = (None, None);
        let mut last = None;
        for (column, cell) in cells.split('\t').enumerate() {
            last = if cell.is_empty() { last } else { understood(cell) };
            if column == before {
                year_before = last;
            }
            if column == at {
                now = last;
            }
        }
        let day = self.days.get(at)?.0;
        Some(DatedUsage { day, now: now?, year_before: year_before.unwrap_or_default() })
    }

    /// The cells of a package, by bisection: the rows are sorted by name.
    fn row(&self, package: &str) -> Option<&'a str> {
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let bytes = self.rows.as_bytes();
            let start = bytes[..middle].iter().rposition(|&it| it == b'\n').map_or(0, |it| it + 1);
            let end = bytes[middle..].iter().position(|&it| it == b'\n');
            let end = end.map_or(self.rows.len(), |it| middle + it);
            let (name, cells) = self.rows.get(start..end)?.split_once('\t')?;
            match name.cmp(package) {
                std::cmp::Ordering::Equal => return Some(cells),
                std::cmp::Ordering::Less => low = end + 1,
                std::cmp::Ordering::Greater => high = start,
            }
        }
        None
    }
}

/// Days since 1970.
fn number(day: Date) -> i32 {
    day.since(Date::constant(1970, 1, 1)).map_or(i32::MIN / 2, |span| span.get_days())
}

fn understood(cell: &str) -> Option<Usage> {
    let mut numbers = cell.split(',').map(|number| number.parse().ok());
    let mut next = || numbers.next().flatten();
    Some(Usage { dependents: next()?, lockfiles: next()? })
}

/// The table as it is kept in `rules/forecast/usage.tsv`: the command that makes it and the data
/// in lines that begin with `#`, then the packages, which must be sorted, with their usage on each
/// day.
pub fn write(
    days: &[Date],
    rows: &[(SmolStr, Vec<Option<Usage>>)],
    command: &str,
    data: &str,
) -> String {
    let mut text = format!(
        "# How much packages are used: dependents, recorded lockfiles that hold them\n\
         # command: {command}\n# data: {data}\n{HEADING}"
    );
    // Writing to a `String` cannot fail.
    for day in days {
        let _ = write!(text, "\t{day}");
    }
    for (package, cells) in rows {
        let _ = write!(text, "\n{package}");
        let mut last = None;
        for &cell in cells {
            text.push('\t');
            if last != Some(cell) {
                let _ = match cell {
                    Some(it) => write!(text, "{},{}", it.dependents, it.lockfiles),
                    None => write!(text, "-"),
                };
            }
            last = Some(cell);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn usage(dependents: u32) -> Option<Usage> {
        Some(Usage { dependents, lockfiles: 1 })
    }

    fn table() -> String {
        let days = [date(2020, 1, 1), date(2021, 1, 1), date(2021, 6, 1), date(2022, 1, 1)];
        let rows = [
            ("foam", vec![None, usage(3), usage(3), usage(3)]),
            ("soap", vec![usage(1), usage(2), usage(3), usage(4)]),
            ("soap-dish", vec![None, None, None, usage(0)]),
        ];
        write(&days, &rows.map(|(name, cells)| (name.into(), cells)), "make soap", "little")
    }

    #[test]
    fn the_newest_column_with_a_year_before_speaks() {
        let text = table();
        let table = UsageTable::read(&text);
        let of = |name: &str, day| {
            let found = table.of(name, day)?;
            Some((found.day, found.now.dependents, found.year_before.dependents))
        };
        // Nothing from after the day; the column of June has none a year before it.
        assert_eq!(of("soap", date(2020, 12, 31)), None);
        assert_eq!(of("soap", date(2021, 12, 31)), Some((date(2021, 1, 1), 2, 1)));
        assert_eq!(of("soap", date(2022, 1, 1)), Some((date(2022, 1, 1), 4, 2)));
        assert_eq!(of("soap", date(2023, 2, 5)), Some((date(2022, 1, 1), 4, 2)));
        assert_eq!(of("soap", date(2023, 2, 6)), None);
        // An empty cell says what the one before it says; no release a year before is no usage.
        assert_eq!(of("foam", date(2022, 1, 1)), Some((date(2022, 1, 1), 3, 3)));
        assert_eq!(of("soap-dish", date(2022, 1, 1)), Some((date(2022, 1, 1), 0, 0)));
        assert_eq!(of("soap-dish", date(2021, 3, 1)), None);
        for name in ["", "a", "fo", "foam-", "soa", "soap-", "soap-dish-2", "zinc", "ü"] {
            assert_eq!(of(name, date(2022, 1, 1)), None, "{name}");
        }
    }

    #[test]
    fn a_damaged_table_tells_nothing() {
        let day = date(2022, 1, 1);
        for text in ["", "package\n", "package\t2021-01-01\t2022-01-01\nsoap", "soap\t1,1\n"] {
            assert_eq!(UsageTable::read(text).of("soap", day), None, "{text:?}");
        }
        let text = "package\t2021-01-01\t2022-01-01\nsoap\tmany\tmore\n";
        assert_eq!(UsageTable::read(text).of("soap", day), None);
    }

    #[test]
    fn the_shipped_table_is_sorted_and_small() {
        let table = UsageTable::shipped();
        let names: Vec<_> = table.rows.lines().filter_map(|it| it.split('\t').next()).collect();
        assert!(names.is_sorted() && names.len() > 5_000 && TABLE.len() < 300_000);
        assert!(names.iter().all(|name| table.row(name).is_some()));
        let serde = table.of("serde", date(2026, 9, 1)).unwrap();
        assert!(serde.now.dependents > 1_000 && serde.now.lockfiles > 30, "{serde:?}");
    }
}
