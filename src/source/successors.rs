//! Who dropped which package for which other one: the table `rules/successors.tsv`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;
use smol_str::SmolStr;

/// Sorted lines below [`HEADING`]: from, to, the days on which that begins and ceases to be
/// credible in turn, the days of the moves; separated by spaces. The first line of each package
/// has `-` for the other package, `year:dependents` in place of the third, and the days on which
/// it was dropped.
const TABLE: &str = include_str!("../../rules/successors.tsv");
/// The line of column names.
const HEADING: &str = "from\tto\tcredible\tdays\n";
/// Stands for no package and no day.
const NONE: &str = "-";

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
    /// The days on which owners of dependents dropped the package, whatever they took: one for
    /// each owner, ascending.
    pub dropped: Vec<Date>,
    /// Owners of dependents that had ever depended on the package by the end of a year, ascending.
    pub users: Vec<(i16, usize)>,
    /// The days on which the other package begins to be credible as an alternative, ceases to be,
    /// begins again, and so on, ascending.
    pub credible: Vec<Date>,
}

/// A package that dependents of another took in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its name.
    pub name: SmolStr,
    /// Dependents of different owners that moved to it; at least [`LEAST_DEPENDENTS`].
    pub dependents: usize,
    /// Dependents of different owners that dropped the package, whatever they took.
    pub dropped: usize,
    /// Dependents of different owners that had ever depended on the package, counted at the end of
    /// the last year that was over.
    pub users: usize,
    /// The day on which the last of them moved.
    pub last_day: Date,
}

impl Successor {
    /// Share of the dependents that dropped the package which moved to this one, 0 to 1.
    pub fn share(&self) -> f64 {
        self.dependents as f64 / self.dropped.max(1) as f64
    }

    /// Share of the dependents of the package that dropped it, 0 to 1.
    pub fn dropped_share(&self) -> f64 {
        self.dropped as f64 / self.users.max(1) as f64
    }
}

/// The table, to look packages up in.
#[derive(Debug, Clone)]
pub struct Successors<'a> {
    /// Lines by the name of the package that was dropped.
    lines: BTreeMap<&'a str, Vec<Line<'a>>>,
}

/// The cells of a line after the first.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    to: &'a str,
    credible: &'a str,
    days: &'a str,
}

impl Successors<'static> {
    /// The shipped table.
    pub fn shipped() -> Self {
        Self::read(TABLE)
    }
}

impl<'a> Successors<'a> {
    fn read(table: &'a str) -> Self {
        let mut lines = BTreeMap::<_, Vec<_>>::new();
        let rows = table.split_once(HEADING).map_or("", |(_, rows)| rows);
        for row in rows.lines() {
            let cells: Vec<&str> = row.split('\t').collect();
            if let [from, to, credible, days] = cells[..] {
                lines.entry(from).or_default().push(Line { to, credible, days });
            }
        }
        Self { lines }
    }

    /// Everything that dependents of a package ever took in its place, on whatever day.
    pub fn targets(&self, package: &str) -> impl Iterator<Item = &'a str> {
        let rows = self.lines.get(package).into_iter().flatten();
        rows.map(|line| line.to).filter(|to| *to != NONE)
    }

    /// What dependents of a package in the registry took in its place by the end of a day, the
    /// one that most of them took first. Nothing that happened later counts.
    pub fn of(&self, package: &str, as_of: Date) -> Vec<Successor> {
        let rows = self.lines.get(package).map_or(&[][..], Vec::as_slice);
        let of_all = rows.iter().find(|line| line.to == NONE);
        let dropped = of_all.map_or(0, |line| until(line.days, as_of).len());
        let users = of_all.map_or(0, |line| users(line.credible, as_of));
        let mut found: Vec<Successor> =
            rows.iter().filter_map(|line| successor(*line, [dropped, users], as_of)).collect();
        // The table is sorted by name, which breaks ties.
        found.sort_by_key(|it| Reverse(it.dependents));
        found
    }
}

fn successor(line: Line<'_>, [dropped, users]: [usize; 2], as_of: Date) -> Option<Successor> {
    let is_credible = until(line.credible, as_of).len() % 2 == 1;
    let days = until(line.days, as_of);
    let (last_day, dependents) = (*days.last()?, days.len());
    (line.to != NONE && is_credible && dependents >= LEAST_DEPENDENTS).then(|| Successor {
        name: line.to.into(),
        dependents,
        // Whoever moved has dropped it, and whoever dropped it has used it.
        dropped: dropped.max(dependents),
        users: users.max(dropped).max(dependents),
        last_day,
    })
}

/// The number at the end of the last year that was over.
fn users(years: &str, as_of: Date) -> usize {
    let years = years.split(' ').filter_map(|it| it.split_once(':'));
    let known = years.filter_map(|(year, count)| Some((year.parse::<i16>().ok()?, count)));
    let last = known.take_while(|(year, _)| *year < as_of.year()).last();
    last.and_then(|(_, count)| count.parse().ok()).unwrap_or(0)
}

/// The days of a cell up to one, ascending.
fn until(days: &str, as_of: Date) -> Vec<Date> {
    let days = days.split(' ').filter_map(|day| day.parse::<Date>().ok());
    days.filter(|day| *day <= as_of).collect()
}

/// The table as it is kept in `rules/successors.tsv`: the command that makes it and the data in
/// lines that begin with `#`, then the moves, which must be sorted.
pub fn write(moves: &[Moves], command: &str, data: &str) -> String {
    let mut text = format!(
        "# Which packages dependents dropped for which others: since when that is credible (until when,\n\
         # since when again), and the days on which they did. With `-`: how many had depended on the\n\
         # package by the end of a year, and the days on which any dropped it\n\
         # command: {command}\n# data: {data}\n{HEADING}"
    );
    let mut last = None;
    // Writing to a `String` cannot fail.
    for Moves { from, to, days, dropped, users, credible } in moves {
        if last != Some(from) {
            let years: Vec<String> =
                users.iter().map(|(year, count)| format!("{year}:{count}")).collect();
            let _ = writeln!(text, "{from}\t{NONE}\t{}\t{}", years.join(" "), in_cell(dropped));
            last = Some(from);
        }
        let _ = writeln!(text, "{from}\t{to}\t{}\t{}", in_cell(credible), in_cell(days));
    }
    text
}

fn in_cell(days: &[Date]) -> String {
    let days: Vec<String> = days.iter().map(Date::to_string).collect();
    days.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn moves(from: &str, to: &str, days: &[Date]) -> Moves {
        let (dropped, credible) = ([days, &days[..1]].concat(), vec![days[2.min(days.len() - 1)]]);
        let users = vec![(2019, 7), (2020, 9)];
        Moves { from: from.into(), to: to.into(), days: days.to_vec(), dropped, users, credible }
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
            let found = Successors::read(&text).of(package, as_of);
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
        let heading = "from\tto\tcredible\tdays\n";
        for row in ["a", "a\tb", "a\tb\t2020-01-01", "a\tb\tsoon\tsoon soon soon", "", "a\t-\t\t"] {
            let table = format!("{heading}{row}\n\n");
            assert_eq!(Successors::read(&table).of("a", date(2021, 1, 1)), [], "{row:?}");
        }
        let row = "a\tb\t2020-01-03\t2020-01-01 2020-01-02 2020-01-03";
        assert_eq!(Successors::read(row).of("a", date(2021, 1, 1)), []);
        let table = format!("{heading}{row}\n");
        assert_eq!(Successors::read(&table).of("a", date(2021, 1, 1)).len(), 1);
    }

    #[test]
    fn nothing_later_than_the_day_counts() {
        let table = "from\tto\tcredible\tdays\n\
             a\t-\t2018:4 2019:8 2020:20\t2020-01-01 2020-01-01 2020-01-02 2020-01-03 2020-06-01\n\
             a\tb\t2020-01-03 2020-06-01 2021-06-01\t2020-01-01 2020-01-02 2020-01-03\n";
        let table = Successors::read(table);
        let of = |month, day| table.of("a", date(2020, month, day)).pop();
        assert_eq!(of(1, 2), None);
        let found = of(1, 3).unwrap();
        assert_eq!((found.dependents, found.dropped, found.users), (3, 4, 8));
        assert_eq!((found.share(), found.dropped_share()), (0.75, 0.5));
        assert_eq!(of(5, 31).map(|it| it.dropped), Some(4));
        // It ceases to be credible, and begins again.
        assert_eq!(of(6, 1), None);
        let later = table.of("a", date(2021, 6, 1)).pop().unwrap();
        assert_eq!((later.dropped, later.users), (5, 20));
    }

    #[test]
    fn the_shipped_table_is_sorted_and_small() {
        let lines = TABLE.split_once(HEADING).unwrap().1;
        let pairs: Vec<_> =
            lines.lines().map(|line| line.rsplitn(3, '\t').nth(2).unwrap()).collect();
        assert!(pairs.is_sorted_by(|a, b| a.split('\t').lt(b.split('\t'))));
        assert!(TABLE.len() < 60_000 && pairs.len() > 100);
        let table = Successors::shipped();
        assert_eq!(table.of("atty", date(2026, 1, 1))[0].name, "is-terminal");
        assert_eq!(table.of("atty", date(2022, 1, 1)), []);
    }
}
