//! What takes the place of a package, as a dated fact: the table `rules/superseded.tsv`.

use std::cmp::Reverse;

use jiff::civil::Date;
use smol_str::SmolStr;

/// Sorted lines below [`HEADING`].
const TABLE: &str = include_str!("../../rules/superseded.tsv");
/// The line of column names.
const HEADING: &str = "package\treplacement\textent\tsource\tday\n";

/// What takes the place of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// The package that need not be used any more.
    pub package: SmolStr,
    /// What to use instead: a path of the standard library, a package, or a feature of the
    /// language.
    pub by: SmolStr,
    /// How much of the package it replaces.
    pub extent: Extent,
    /// Who says so.
    pub source: Authority,
    /// The day from which it holds.
    pub day: Date,
}

/// How much of a package a replacement covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything that it is used for.
    Whole,
    /// Some of it.
    Part,
}

/// Who says that something takes the place of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// The release of Rust that brought the replacement, such as `1.70`.
    Rust(SmolStr),
    /// The advisory that names it.
    Advisory(SmolStr),
    /// The package's own README.
    Readme,
}

impl Superseded {
    /// Whether the replacement is part of Rust itself, so that no dependency is needed.
    pub fn is_by_rust(&self) -> bool {
        matches!(self.source, Authority::Rust(_))
    }

    /// The fact in words, without a full stop: ``superseded by `std::io::IsTerminal` since Rust
    /// 1.70``.
    pub fn in_words(&self) -> String {
        let who = match &self.source {
            Authority::Rust(version) => format!("since Rust {version}"),
            Authority::Advisory(id) => format!("according to {id}"),
            Authority::Readme => "according to its README".to_owned(),
        };
        // A feature of the language has a description, everything else a name.
        let quote = if self.by.contains(' ') { "" } else { "`" };
        let how_far = match self.extent {
            Extent::Whole => "superseded",
            Extent::Part => "partly superseded",
        };
        format!("{how_far} by {quote}{}{quote} {who}", self.by)
    }
}

/// What takes the place of a package of the public registry on a day: what replaces all of it
/// first, then what came last.
pub fn of(package: &str, as_of: Date) -> Vec<Superseded> {
    // Most packages are in no line: only those that can be about it are read.
    let about = lines(TABLE).filter(|line| line.starts_with(package)).filter_map(row);
    let mut found: Vec<Superseded> =
        about.filter(|it| it.package == package && it.day <= as_of).collect();
    found.sort_by_key(|it| (it.extent == Extent::Part, Reverse(it.day)));
    found
}

fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.split_once(HEADING).map_or("", |(_, lines)| lines).lines()
}

/// A line, where it can be understood.
fn row(line: &str) -> Option<Superseded> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [package, by, extent, source, day] = cells[..] else { return None };
    let extent = match extent {
        "whole" => Extent::Whole,
        "part" => Extent::Part,
        _ => return None,
    };
    let source = match source.strip_prefix("Rust ") {
        Some(version) => Authority::Rust(version.into()),
        None if source == "README" => Authority::Readme,
        None => Authority::Advisory(source.into()),
    };
    let day = day.parse().ok()?;
    Some(Superseded { package: package.into(), by: by.into(), extent, source, day })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn rows(table: &str) -> impl Iterator<Item = Superseded> {
        lines(table).filter_map(row)
    }

    #[test]
    fn a_fact_holds_from_its_day() {
        let words = |package, day| -> Vec<String> {
            of(package, day).iter().map(Superseded::in_words).collect()
        };
        let of_atty = "superseded by `std::io::IsTerminal` since Rust 1.70";
        assert_eq!(words("atty", date(2023, 6, 1)), [of_atty]);
        assert_eq!(words("atty", date(2023, 5, 31)), [""; 0]);
        assert_eq!(
            words("once_cell", date(2026, 1, 1)),
            [
                "partly superseded by `std::sync::LazyLock` since Rust 1.80",
                "partly superseded by `std::sync::OnceLock` since Rust 1.70",
            ]
        );
        assert_eq!(words("once_cell", date(2024, 1, 1)).len(), 1);
        let of_net2 = "superseded by `socket2` according to RUSTSEC-2020-0016";
        assert_eq!(words("net2", date(2026, 1, 1)), [of_net2]);
        let of_async_trait = "partly superseded by async functions in traits since Rust 1.75";
        assert_eq!(words("async-trait", date(2026, 1, 1)), [of_async_trait]);
        let of_structopt = "superseded by `clap` according to its README";
        assert_eq!(words("structopt", date(2026, 1, 1)), [of_structopt]);
        for healthy in ["serde", "memchr", "cfg-if", "scopeguard", "bitflags", "", "package"] {
            assert_eq!(words(healthy, date(2026, 1, 1)), [""; 0], "{healthy}");
        }
        assert!(of("atty", date(2026, 1, 1))[0].is_by_rust());
        assert!(!of("net2", date(2026, 1, 1))[0].is_by_rust());
    }

    #[test]
    fn the_table_is_sorted_and_understood() {
        let cells: Vec<Vec<&str>> = lines(TABLE).map(|it| it.split('\t').collect()).collect();
        assert_eq!(rows(TABLE).count(), cells.len());
        assert!(cells.iter().map(|it| (it[0], it[1])).is_sorted());
        // A Rust release comes every six weeks; 1.70 came on 2023-06-01.
        let day_of = |version: &str| {
            let minor: i64 = version.strip_prefix("1.")?.parse().ok()?;
            Some(date(2023, 6, 1) + jiff::Span::new().days(42 * (minor - 70)))
        };
        for row in rows(TABLE) {
            match &row.source {
                Authority::Rust(version) => {
                    assert_eq!(day_of(version), Some(row.day), "{row:?}");
                }
                Authority::Advisory(id) => assert!(id.starts_with("RUSTSEC-"), "{row:?}"),
                Authority::Readme => {}
            }
        }
    }

    #[test]
    fn a_damaged_line_tells_nothing() {
        for line in [
            "a",
            "a\tb\twhole\tRust 1.0",
            "a\tb\thalf\tREADME\t2020-01-01",
            "a\tb\tpart\tREADME\tsoon",
        ] {
            assert_eq!(rows(&format!("{HEADING}{line}\n")).count(), 0, "{line}");
        }
        assert_eq!(rows("a\tb\twhole\tREADME\t2020-01-01").count(), 0);
    }
}
