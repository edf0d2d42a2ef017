//! Tables for fitting and back-testing forecasts: tab-separated with a line of column names, and
//! one JSON Lines table of dependencies. Columns are found by name; others are passed over.

mod commits;
mod locks;
mod registered;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use semver::VersionReq;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::model::{AdvisoryKind, Error};

pub use commits::{RecordedCommit, commits, package_repositories};
pub use locks::{Change, LockChange, lock_changes};
pub use registered::{COLUMNS as REGISTERED_COLUMNS, RegisteredForecast, registered};

/// A line of the table of releases: columns `crate`, `version`, `pubtime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRelease {
    /// Name of the package.
    pub package: SmolStr,
    /// The version as published.
    pub version: SmolStr,
    /// When it was published.
    pub published: Timestamp,
}

/// A line of the table of labels: columns `id`, `package`, `kind`, `advisory_date`,
/// `first_seen_in_db`, `withdrawn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Identifier of the advisory.
    pub id: String,
    /// Name of the package.
    pub package: SmolStr,
    /// Sort of trouble.
    pub kind: AdvisoryKind,
    /// The advisory's own date; the day it was first seen where it has none.
    pub date: Date,
    /// The day (UTC) it first appeared in the database.
    pub first_seen: Date,
    /// The day it was withdrawn.
    pub withdrawn: Option<Date>,
}

/// A line of the table of dependencies: a release and what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependentRelease {
    /// Name of the package that depends.
    pub package: SmolStr,
    /// The version as published.
    pub version: SmolStr,
    /// When the release was published.
    pub published: Timestamp,
    /// Names of the packages it depends on, dev-dependencies apart, each once.
    pub dependencies: Vec<SmolStr>,
}

/// Cells of a tab-separated table, by the wanted columns.
struct Cells<'a, const N: usize> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    places: [usize; N],
}

impl<'a, const N: usize> Cells<'a, N> {
    fn new(text: &'a str, wanted: [&str; N]) -> Result<Self, Error> {
        let mut lines = text.lines().enumerate();
        let heading: Vec<&str> = lines.next().map_or("", |(_, line)| line).split('\t').collect();
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(wanted) {
            *place = heading.iter().position(|it| *it == name).ok_or_else(|| {
                Error::input(format!("the table has no column `{name}`"))
                    .line(Some(1))
                    .help("`headwater forecast export` writes tables with the right columns")
            })?;
        }
        Ok(Self { lines, places })
    }
}

impl<'a, const N: usize> Iterator for Cells<'a, N> {
    type Item = (usize, [&'a str; N]);

    /// The number of the next line, from 1, and its cells; a cell that is not there is empty.
    fn next(&mut self) -> Option<Self::Item> {
        let (index, line) = self.lines.next()?;
        let cells: Vec<&str> = line.split('\t').collect();
        Some((index + 1, self.places.map(|place| cells.get(place).copied().unwrap_or_default())))
    }
}

/// Reads the table of releases. The yanked flag of today is not read: nobody knows when it came.
///
/// # Errors
/// Where a column is missing or a time is not one, with the line.
pub fn releases(text: &str) -> Result<Vec<PublishedRelease>, Error> {
    let read = |(line, [package, version, time]): (usize, [&str; 3])| {
        let published = timestamp(time, line)?;
        Ok(PublishedRelease { package: package.into(), version: version.into(), published })
    };
    Cells::new(text, ["crate", "version", "pubtime"])?.map(read).collect()
}

/// Reads the table of labels. Advisories that never appeared in the database are left out, and
/// so are kinds that are not known.
///
/// # Errors
/// Where a column is missing or a date is not one, with the line.
pub fn labels(text: &str) -> Result<Vec<Label>, Error> {
    let columns = ["id", "package", "kind", "advisory_date", "first_seen_in_db", "withdrawn"];
    let mut labels = Vec::new();
    for (line, [id, package, kind, date, seen, withdrawn]) in Cells::new(text, columns)? {
        let Some(kind) = kind_named(kind) else { continue };
        if seen.is_empty() {
            continue;
        }
        let first_seen = day(seen, line)?;
        labels.push(Label {
            id: id.to_owned(),
            package: package.into(),
            kind,
            date: if date.is_empty() { first_seen } else { day(date, line)? },
            first_seen,
            withdrawn: (!withdrawn.is_empty()).then(|| day(withdrawn, line)).transpose()?,
        });
    }
    Ok(labels)
}

/// The versions that an advisory does not concern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unconcerned {
    /// Those with a fix.
    pub patched: Vec<VersionReq>,
    /// Those that never had the flaw.
    pub unaffected: Vec<VersionReq>,
}

/// Reads the versions that advisories do not concern, by identifier: columns `id`, `patched` and,
/// where there is one, `unaffected`, requirements separated by semicolons.
///
/// # Errors
/// Where a column is missing or a requirement is not one, with the line.
pub fn unconcerned(text: &str) -> Result<BTreeMap<String, Unconcerned>, Error> {
    let columns = ["id", "patched", "unaffected"];
    let cells = match Cells::new(text, columns) {
        Ok(cells) => cells.map(|(line, [id, patched, other])| (line, id, patched, other)).collect(),
        Err(_) => {
            let cells = Cells::new(text, ["id", "patched"])?;
            cells.map(|(line, [id, patched])| (line, id, patched, "")).collect::<Vec<_>>()
        }
    };
    let mut all = BTreeMap::new();
    for (line, id, patched, unaffected) in cells {
        let read = |texts| requirements(texts, line);
        let one = Unconcerned { patched: read(patched)?, unaffected: read(unaffected)? };
        all.insert(id.to_owned(), one);
    }
    Ok(all)
}

fn requirements(texts: &str, line: usize) -> Result<Vec<VersionReq>, Error> {
    let parse = |text: &str| {
        VersionReq::parse(text).map_err(|error| {
            Error::input(format!("`{text}` is not a version requirement: {error}")).line(Some(line))
        })
    };
    texts.split(';').map(str::trim).filter(|it| !it.is_empty()).map(parse).collect()
}

/// Reads the repositories of packages: columns `crate` and `repository`. What only says where in
/// the repository, or how to get it, is taken off, so that packages of one project agree.
///
/// # Errors
/// Where a column is missing.
pub fn repositories(text: &str) -> Result<BTreeMap<SmolStr, String>, Error> {
    let cells = Cells::new(text, ["crate", "repository"])?;
    let known = cells.filter(|(_, [_, address])| !address.is_empty());
    Ok(known.map(|(_, [package, address])| (package.into(), project(address))).collect())
}

fn project(address: &str) -> String {
    let address = address.to_ascii_lowercase();
    let address = address.split("/tree/").next().unwrap_or_default();
    address.trim_end_matches('/').trim_end_matches(".git").to_owned()
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    n: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    v: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    t: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    d: Vec<(std::borrow::Cow<'a, str>, serde::de::IgnoredAny, serde::de::IgnoredAny)>,
}

/// Reads the table of dependencies: JSON lines with `n` (name), `v` (version), `t` (time) and `d` (list
/// of name, requirement, flags).
///
/// # Errors
/// Where a line is not such an object, with the line.
pub fn dependencies(text: &str) -> Result<Vec<DependentRelease>, Error> {
    let read = |(index, text): (usize, &str)| {
        let line: Line<'_> = serde_json::from_str(text).map_err(|error| {
            Error::input(format!("the line is no release with dependencies: {error}"))
                .line(Some(index + 1))
        })?;
        let mut dependencies: Vec<SmolStr> =
            line.d.iter().map(|(name, ..)| SmolStr::new(name)).collect();
        dependencies.sort_unstable();
        dependencies.dedup();
        let published = timestamp(&line.t, index + 1)?;
        let (package, version) = (line.n.into(), line.v.into());
        Ok(DependentRelease { package, version, published, dependencies })
    };
    text.lines().enumerate().map(read).collect()
}

fn kind_named(name: &str) -> Option<AdvisoryKind> {
    match name {
        "vulnerability" => Some(AdvisoryKind::Vulnerability),
        "unsound" => Some(AdvisoryKind::Unsound),
        "unmaintained" => Some(AdvisoryKind::Unmaintained),
        "notice" => Some(AdvisoryKind::Notice),
        _ => None,
    }
}

fn timestamp(text: &str, line: usize) -> Result<Timestamp, Error> {
    text.parse().map_err(|_| {
        Error::input(format!("`{text}` is no time; write 2024-12-31T23:59:59Z")).line(Some(line))
    })
}

/// A date, or the UTC day of a time.
fn day(text: &str, line: usize) -> Result<Date, Error> {
    if text.contains('T') {
        return timestamp(text, line).map(|time| Offset::UTC.to_datetime(time).date());
    }
    text.parse()
        .map_err(|_| Error::input(format!("`{text}` is no day; write 2024-12-31")).line(Some(line)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn columns_are_found_by_name() {
        let text = "extra\tversion\tcrate\tpubtime\n-\t1.0.0\tlaundry\t2020-01-02T03:04:05Z\n";
        let read = releases(text).unwrap();
        assert_eq!((read[0].package.as_str(), read[0].version.as_str()), ("laundry", "1.0.0"));
        assert_eq!(releases("crate\tversion\n").unwrap_err().line, Some(1));
        assert_eq!(releases(&text.replace("03:04", "33:04")).unwrap_err().line, Some(2));
    }

    #[test]
    fn labels_use_utc_days_and_leave_out_what_never_appeared() {
        let text = "id\tpackage\tkind\tadvisory_date\tfirst_seen_in_db\tlast_changed\twithdrawn\n\
                    A-1\tlaundry\tunsound\t2020-01-01\t2020-01-02T23:30:00-05:00\t\t2021-01-01\n\
                    A-2\tlaundry\tunsound\t2020-01-01\t\t\t\n\
                    A-3\tlaundry\tsurprise\t2020-01-01\t2020-01-02\t\t\n";
        let read = labels(text).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].first_seen, date(2020, 1, 3));
        assert_eq!(read[0].withdrawn, Some(date(2021, 1, 1)));
    }

    #[test]
    fn requirements_repositories_and_dependencies() {
        let read = unconcerned("id\tpatched\nA-1\t^0.2.4;>= 1.1\nA-2\t\n").unwrap();
        assert_eq!((read["A-1"].patched.len(), read["A-2"].patched.len()), (2, 0));
        let both = unconcerned("id\tunaffected\tpatched\nA-1\t< 0.2\t\n").unwrap();
        assert_eq!((both["A-1"].patched.len(), both["A-1"].unaffected.len()), (0, 1));
        assert_eq!(unconcerned("id\tpatched\nA-1\tsoon\n").unwrap_err().line, Some(2));
        let text = "crate\trepository\nlaundry\thttps://forge.example/a/Soap.git\nsoap\t\n\
                    foam\thttps://forge.example/a/soap/tree/main/foam\n";
        let read = repositories(text).unwrap();
        assert_eq!((read.len(), &read["laundry"]), (2, &read["foam"]));
        let text = r#"{"n":"a","v":"1.0.0","t":"2020-01-01T00:00:00Z","d":[["b","^1",""],["b","^2","t"]]}"#;
        assert_eq!(dependencies(text).unwrap()[0].dependencies, ["b"]);
        assert_eq!(dependencies("\n{}").unwrap_err().line, Some(1));
    }
}
