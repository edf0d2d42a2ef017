//! Advisories, whatever database they come from.

use std::collections::BTreeMap;

use jiff::civil::Date;
use semver::Version;

use super::{CvssScore, Missing, Observed, Severity};

/// What an advisory says about a package, without its description.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    /// Identifier, such as `RUSTSEC-2021-0001`.
    pub id: String,
    /// Name of the package on the public registry.
    pub package: String,
    /// What it is about, in one line; none in the embedded snapshot, which holds facts only.
    pub title: Option<String>,
    /// What sort of trouble it is.
    pub kind: AdvisoryKind,
    /// The advisory's own date: often earlier than the day anyone could read it.
    pub date: Date,
    /// The day it first appeared in the database, where that is recorded.
    pub first_seen: Option<Date>,
    /// The day it was withdrawn, from which on it does not match.
    pub withdrawn: Option<Date>,
    /// Ranges of affected versions, ascending and disjoint.
    pub affected: Vec<VersionRange>,
    /// CVSS vector as written, of version 2, 3.x or 4.
    pub cvss: Option<String>,
    /// The rating that the database states beside or without a vector.
    pub rating: Option<Severity>,
    /// Other identifiers of the same trouble (CVE, GHSA).
    pub aliases: Vec<String>,
    /// Categories, such as `memory-corruption`.
    pub categories: Vec<String>,
    /// Keywords, such as `smtp`.
    pub keywords: Vec<String>,
    /// CPU architectures affected; empty for all.
    pub arch: Vec<String>,
    /// Operating systems affected; empty for all.
    pub os: Vec<String>,
    /// Affected functions (paths) and the version requirements they are affected in.
    pub functions: BTreeMap<String, Vec<String>>,
    /// Address of the primary reference.
    pub url: Option<String>,
    /// SPDX identifier of the record's licence, `NOASSERTION` where it states none.
    pub licence: String,
}

impl Advisory {
    /// Whether this version is affected.
    pub fn affects(&self, version: &Version) -> bool {
        self.affected.iter().any(|range| range.contains(version))
    }

    /// The day from which on it counts as known: that of its first appearance in the database,
    /// or its own date where no appearance is recorded.
    pub fn public(&self) -> Date {
        self.first_seen.unwrap_or(self.date)
    }

    /// What [`Advisory::public`] rests on.
    pub fn public_basis(&self) -> PublicBasis {
        if self.first_seen.is_some() { PublicBasis::FirstSeen } else { PublicBasis::OwnDate }
    }

    /// Whether the advisory was public on this day, and not withdrawn.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.public() <= day && self.withdrawn.is_none_or(|withdrawn| withdrawn > day)
    }

    /// Where to read about it: its page in the database it is named after, else its primary
    /// reference.
    pub fn link(&self) -> Option<String> {
        let id = &self.id;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let database = id.split('-').next().filter(|_| id.bytes().all(plain));
        match database {
            Some("RUSTSEC") => Some(format!("https://rustsec.org/advisories/{id}.html")),
            Some("GHSA") => Some(format!("https://github.com/advisories/{id}")),
            Some("CVE") => Some(format!("https://www.cve.org/CVERecord?id={id}")),
            _ => self
                .url
                .clone()
                .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        }
    }

    /// Whether it has a readable vector or a stated rating.
    pub fn is_rated(&self) -> bool {
        self.cvss_score().known().is_some() || self.rating.is_some()
    }

    /// The rating of the vector, or else the one that is stated.
    pub fn severity(&self) -> Option<Severity> {
        self.cvss_score().known().map(|cvss| cvss.severity).or(self.rating)
    }

    /// The CVSS base score where there is a vector that can be read.
    pub fn cvss_score(&self) -> Observed<CvssScore> {
        let score = self.cvss.as_deref().and_then(CvssScore::parse);
        Observed::from_option(score, Missing::NoCvss)
    }
}

/// What the day on which an advisory became public rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicBasis {
    /// The day it first appeared in the database.
    FirstSeen,
    /// Its own date alone, which may be earlier than the day it became public.
    OwnDate,
}

impl PublicBasis {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::FirstSeen, Self::OwnDate];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstSeen => "first-seen",
            Self::OwnDate => "own-date",
        }
    }
}

/// Sort of trouble an advisory reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdvisoryKind {
    /// A security vulnerability.
    Vulnerability,
    /// Safe code can cause undefined behaviour.
    Unsound,
    /// Nobody maintains the package any more.
    Unmaintained,
    /// Anything else worth knowing.
    Notice,
}

/// Affected versions from `introduced` (included; `None` for the beginning) up to `fixed`
/// (excluded; `None` for no end), by semantic version precedence, pre-releases included.
///
/// One representation serves RustSec requirements, OSV ranges and the compiled snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange {
    /// First affected version.
    pub introduced: Option<Version>,
    /// First version that is not affected any more.
    pub fixed: Option<Version>,
}

impl VersionRange {
    /// The same versions as ascending ranges that neither overlap nor touch. Empty ones are
    /// dropped.
    pub fn disjoint(mut ranges: Vec<Self>) -> Vec<Self> {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_by(|a, b| a.introduced.cmp(&b.introduced));
        let mut merged: Vec<Self> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last) if last.reaches(&range) => last.extend(range),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// The versions that lie in a range of both.
    pub fn common(ones: &[Self], others: &[Self]) -> Vec<Self> {
        let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
        let both = pairs.map(|(one, other)| Self {
            // No beginning is the least, no end the greatest.
            introduced: one.introduced.clone().max(other.introduced.clone()),
            fixed: match (&one.fixed, &other.fixed) {
                (Some(a), Some(b)) => Some(a.min(b).clone()),
                (end, None) | (None, end) => end.clone(),
            },
        });
        both.filter(|range| !range.is_empty()).collect()
    }

    fn is_empty(&self) -> bool {
        match (&self.introduced, &self.fixed) {
            (Some(from), Some(to)) => from.cmp_precedence(to).is_ge(),
            _ => false,
        }
    }

    /// Whether no version lies between this range and one that does not start earlier.
    fn reaches(&self, next: &Self) -> bool {
        match (&self.fixed, &next.introduced) {
            (Some(to), Some(from)) => from.cmp_precedence(to).is_le(),
            _ => true,
        }
    }

    fn extend(&mut self, next: Self) {
        self.fixed = match (self.fixed.take(), next.fixed) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }

    /// Whether the version lies in the range. Build metadata does not count.
    pub fn contains(&self, version: &Version) -> bool {
        let from = self.introduced.as_ref();
        let to = self.fixed.as_ref();
        from.is_none_or(|from| version.cmp_precedence(from).is_ge())
            && to.is_none_or(|to| version.cmp_precedence(to).is_lt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> Advisory {
        Advisory {
            id: "A-1".into(),
            package: "demo".into(),
            kind: AdvisoryKind::Vulnerability,
            date: jiff::civil::date(2024, 1, 2),
            first_seen: None,
            withdrawn: None,
            affected: vec![range("..")],
            cvss: None,
            aliases: Vec::new(),
            categories: Vec::new(),
            arch: Vec::new(),
            os: Vec::new(),
            functions: BTreeMap::new(),
            url: None,
            licence: "CC0-1.0".into(),
            title: None,
            rating: None,
            keywords: Vec::new(),
        }
    }

    /// `introduced..fixed`, either end left out where open.
    fn range(text: &str) -> VersionRange {
        let (introduced, fixed) = text.split_once("..").unwrap();
        let end = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        VersionRange { introduced: end(introduced), fixed: end(fixed) }
    }

    #[test]
    fn a_range_includes_its_beginning_and_excludes_its_end() {
        let cases = [
            ("1.0.0..2.0.0", "1.0.0", true),
            ("1.0.0..2.0.0", "1.0.0-rc.1", false),
            ("1.0.0..2.0.0", "2.0.0-rc.1", true),
            ("1.0.0..2.0.0", "2.0.0", false),
            ("1.0.0..2.0.0", "2.0.0+build", false),
            ("1.0.0..2.0.0", "1.0.0+build", true),
            ("..0.1.0", "0.0.0-0", true),
            ("3.0.0..", "99.0.0", true),
            ("..", "0.0.1", true),
        ];
        for (text, version, expected) in cases {
            let inside = range(text).contains(&version.parse().unwrap());
            assert_eq!(inside, expected, "{version} in {text}");
        }
    }

    #[test]
    fn disjoint_ranges_are_ascending_and_merged() {
        let cases: [(&[&str], &[&str]); 7] = [
            (&[], &[]),
            (&["2.0.0..3.0.0", "..1.0.0"], &["..1.0.0", "2.0.0..3.0.0"]),
            (&["1.0.0..2.0.0", "1.5.0..1.6.0"], &["1.0.0..2.0.0"]),
            (&["1.0.0..2.0.0", "2.0.0..3.0.0"], &["1.0.0..3.0.0"]),
            (&["1.0.0..", "2.0.0..3.0.0"], &["1.0.0.."]),
            (&["1.0.0..1.0.0", "5.0.0..4.0.0"], &[]),
            (&["..", "1.0.0..2.0.0"], &[".."]),
        ];
        for (given, expected) in cases {
            let ranges = |texts: &[&str]| texts.iter().copied().map(range).collect::<Vec<_>>();
            assert_eq!(VersionRange::disjoint(ranges(given)), ranges(expected), "{given:?}");
        }
    }

    #[test]
    fn a_link_is_an_address_of_the_web() {
        let advisory = |id: &str, url: &str| {
            let mut advisory = demo();
            (advisory.id, advisory.url) = (id.into(), Some(url.into()));
            advisory.link()
        };
        let page = "https://rustsec.org/advisories/RUSTSEC-2024-0001.html";
        let cases = [
            ("RUSTSEC-2024-0001", "https://tracker.example/1", Some(page)),
            ("GHSA-a-b-c", "", Some("https://github.com/advisories/GHSA-a-b-c")),
            ("CVE-2024-0001", "", Some("https://www.cve.org/CVERecord?id=CVE-2024-0001")),
            ("OTHER-1", "https://tracker.example/1", Some("https://tracker.example/1")),
            ("OTHER-1", "javascript:alert(1)", None),
            ("RUSTSEC-/../x", "file:///etc", None),
        ];
        for (id, url, expected) in cases {
            assert_eq!(advisory(id, url).as_deref(), expected, "{id} {url}");
        }
    }

    #[test]
    fn the_vector_rates_before_what_is_stated() {
        let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let cases = [
            (None, None, None),
            (None, Some(Severity::Low), Some(Severity::Low)),
            (Some(critical), Some(Severity::Low), Some(Severity::Critical)),
            (Some("no vector"), Some(Severity::Low), Some(Severity::Low)),
        ];
        for (cvss, rating, expected) in cases {
            let advisory = Advisory { cvss: cvss.map(str::to_owned), rating, ..demo() };
            assert_eq!(advisory.severity(), expected, "{cvss:?} {rating:?}");
            assert_eq!(advisory.is_rated(), expected.is_some(), "{cvss:?} {rating:?}");
        }
        let advisory = |first_seen| Advisory { first_seen, ..demo() };
        let basis = |first_seen| advisory(first_seen).public_basis().name();
        assert_eq!([basis(None), basis(Some(demo().date))], ["own-date", "first-seen"]);
    }

    #[test]
    fn an_advisory_is_in_force_from_the_day_it_is_public_until_it_is_withdrawn() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let cases = [
            (None, None, "2024-01-01", false),
            (None, None, "2024-01-02", true),
            (None, Some("2024-03-01"), "2024-02-29", true),
            (None, Some("2024-03-01"), "2024-03-01", false),
            // Entered half a year after its own date.
            (Some("2024-07-01"), None, "2024-06-30", false),
            (Some("2024-07-01"), None, "2024-07-01", true),
            (Some("2024-07-01"), Some("2024-08-01"), "2024-08-01", false),
            // Entered a day before its own date, and withdrawn before it was entered.
            (Some("2024-01-01"), None, "2024-01-01", true),
            (Some("2024-07-01"), Some("2024-05-01"), "2024-07-01", false),
        ];
        for (first_seen, withdrawn, on, expected) in cases {
            let advisory = Advisory {
                first_seen: first_seen.map(day),
                withdrawn: withdrawn.map(day),
                ..demo()
            };
            let subject = format!("{first_seen:?} {withdrawn:?} {on}");
            assert_eq!(advisory.is_in_force(day(on)), expected, "{subject}");
        }
    }
}
