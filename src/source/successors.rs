//! Who dropped which package for which other one: the table `rules/successors.tsv`.

use std::fmt::Write;

use jiff::civil::Date;
use smol_str::SmolStr;

/// Sorted lines below [`HEADING`]: from, to, days separated by spaces.
const TABLE: &str = include_str!("../../rules/successors.tsv");
/// The line of column names.
const HEADING: &str = "from\tto\tdays\n";

/// Dependents that must have moved before a package is named as an alternative.
pub const LEAST_DEPENDENTS: usize = 3;

/// Dependents that dropped one package and took another in the same release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moves {
    /// Name of the package they dropped.
    pub from: SmolStr,
    /// Name of the package they took.
    pub to: SmolStr,
    /// The days (UTC) on which they did, ascending: one day for each owner of dependents, several
    /// owners on one day as one.
    pub days: Vec<Date>,
}

/// A package that dependents of another took in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its name.
    pub name: SmolStr,
    /// Dependents of different owners that moved to it; at least [`LEAST_DEPENDENTS`].
    pub dependents: usize,
    /// The day on which the last of them did.
    pub last_day: Date,
}

/// What dependents of a package in the registry took in its place by the end of a day, the one
/// that most of them took first.
pub fn successors(package: &str, as_of: Date) -> Vec<Successor> {
    find(TABLE, package, as_of)
}

fn find(table: &str, package: &str, as_of: Date) -> Vec<Successor> {
    let lines = table.split_once(HEADING).map_or("", |(_, lines)| lines);
    let lines = &lines[first_line_from(lines, package)..];
    let cells = lines.lines().map_while(|line| {
        let (from, rest) = line.split_once('\t')?;
        (from == package).then(|| rest.split_once('\t')).flatten()
    });
    let known = |(name, days): (&str, &str)| {
        let days = days.split(' ').filter_map(|day| day.parse::<Date>().ok());
        let days: Vec<Date> = days.filter(|day| *day <= as_of).collect();
        let last_day = *days.last()?;
        let dependents = days.len();
        (dependents >= LEAST_DEPENDENTS).then(|| Successor {
            name: name.into(),
            dependents,
            last_day,
        })
    };
    let mut found: Vec<Successor> = cells.filter_map(known).collect();
    // The table is sorted by name, which breaks ties.
    found.sort_by_key(|it| std::cmp::Reverse(it.dependents));
    found
}

/// Where the first of the sorted lines begins whose first cell is not less than the name.
fn first_line_from(lines: &str, name: &str) -> usize {
    // Both are starts of lines, or the end.
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = lines[..middle].rfind('\n').map_or(0, |end| end + 1).max(low);
        let line = lines[start..].lines().next().unwrap_or_default();
        if line.split('\t').next().unwrap_or_default() < name {
            low = (start + line.len() + 1).min(high);
        } else {
            high = start;
        }
    }
    low
}

/// The table as it is kept in `rules/successors.tsv`: the command that makes it and the data in
/// lines that begin with `#`, then the moves, which must be sorted.
pub fn write(moves: &[Moves], command: &str, data: &str) -> String {
    let mut text = format!(
        "# Which packages dependents dropped for which others, and the days on which they did\n\
         # command: {command}\n# data: {data}\n{HEADING}"
    );
    for Moves { from, to, days } in moves {
        let days: Vec<String> = days.iter().map(Date::to_string).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{from}\t{to}\t{}", days.join(" "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn moves(from: &str, to: &str, days: &[Date]) -> Moves {
        Moves { from: from.into(), to: to.into(), days: days.to_vec() }
    }

    #[test]
    fn what_is_written_is_found_by_name_and_day() {
        let days = [1, 2, 3, 4].map(|month| date(2020, month, 1));
        let table = [
            moves("é", "soap", &days),
            moves("bleach", "oxygen", &days[..3]),
            moves("bleach", "soap", &days),
            moves("bleach-2", "soap", &days),
            moves("lye", "soap", &days[1..]),
        ];
        let mut table = table.to_vec();
        table.sort();
        let text = write(&table, "make soap", "little");
        let names = |package: &str, as_of| -> Vec<_> {
            let found = find(&text, package, as_of);
            found.into_iter().map(|it| (it.name, it.dependents, it.last_day)).collect()
        };
        let end = date(2021, 1, 1);
        let [_, _, march, april] = days;
        let both = [("soap".into(), 4, april), ("oxygen".into(), 3, march)];
        assert_eq!(names("bleach", end), both);
        assert_eq!(
            names("bleach", march),
            [("oxygen".into(), 3, march), ("soap".into(), 3, march)]
        );
        assert_eq!(names("bleach", date(2020, 2, 29)), []);
        for name in ["bleach-2", "lye", "é"] {
            assert_eq!(names(name, end).len(), 1, "{name}");
        }
        for name in ["", "a", "bleac", "bleach-", "from", "soap", "zinc", "ü"] {
            assert_eq!(names(name, end), [], "{name}");
        }
    }

    #[test]
    fn a_damaged_table_tells_nothing() {
        for table in ["", HEADING, "a\tb\t2020-01-01", "from\tto\tdays\na", "from\tto\tdays\na\tb"]
        {
            assert_eq!(find(table, "a", date(2021, 1, 1)), [], "{table:?}");
        }
        let soon = format!("{HEADING}a\tb\tsoon soon soon\n\n");
        assert_eq!(find(&soon, "a", date(2021, 1, 1)), []);
    }

    #[test]
    fn the_shipped_table_is_sorted_and_small() {
        let lines = TABLE.split_once(HEADING).unwrap().1;
        let pairs: Vec<_> = lines.lines().map(|line| line.rsplit_once('\t').unwrap().0).collect();
        assert!(pairs.is_sorted_by(|a, b| a.split('\t').lt(b.split('\t'))));
        assert!(TABLE.len() < 60_000 && pairs.len() > 50);
        let found = successors("atty", date(2026, 1, 1));
        assert_eq!(found[0].name, "is-terminal");
        assert_eq!(successors("atty", date(2022, 1, 1)), []);
    }
}
