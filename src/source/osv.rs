//! OSV records (<https://ossf.github.io/osv-schema/>), as far as they are about Rust packages.

mod range;
mod record;
mod subjects;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::title;
use crate::model::{Advisory, AdvisoryKind, CvssScore, Error, Severity};
use range::affected_ranges;
use record::{Affected, Record, Reference};
pub use subjects::packages_of;
use subjects::{is_about_another_ecosystem, name_in_purl, packages_of_entry};

/// The name of the public Rust registry in OSV.
const ECOSYSTEM: &str = "crates.io";

/// What a record says of Rust packages.
#[derive(Debug, Default, PartialEq)]
pub struct Parsed {
    /// An advisory for each entry about a Rust package, none where there is no such entry.
    pub advisories: Vec<Advisory>,
    /// Entries about Rust packages that cannot be understood, or that may be about one.
    pub malformed: Vec<Malformed>,
}

/// An entry of a record that cannot be understood.
#[derive(Debug, PartialEq)]
pub struct Malformed {
    /// The packages it may be about; `None` for any.
    pub packages: Option<Vec<String>>,
    /// What is wrong with it.
    pub message: String,
}

/// Reads one record. An entry that is malformed costs itself only.
///
/// The date is that of publication, or of the last modification where none is given. OSV does
/// not say which reference is the primary one: the first is taken, after the package's page, with
/// which records begin, and the record's own page.
///
/// # Errors
/// Where it is not an OSV record.
pub fn parse(text: &str) -> Result<Parsed, Error> {
    let record: Record = serde_json::from_str(text).map_err(|error| {
        Error::input(format!("is not an OSV record: {error}")).line(Some(error.line()))
    })?;
    let mut parsed = Parsed::default();
    for written in &record.affected {
        if is_about_another_ecosystem(written) {
            continue;
        }
        match entry(&record, written) {
            Ok(advisory) => parsed.advisories.extend(advisory),
            Err(error) => parsed
                .malformed
                .push(Malformed { packages: packages_of_entry(written), message: error.message }),
        }
    }
    Ok(parsed)
}

fn entry(record: &Record, written: &Value) -> Result<Option<Advisory>, Error> {
    let affected = Affected::deserialize(written)
        .map_err(|error| Error::input(format!("an entry of `affected` is malformed: {error}")))?;
    let Some(package) = &affected.package else { return Ok(None) };
    if package.ecosystem != ECOSYSTEM {
        let message = format!("the ecosystem is `{}`, not `{ECOSYSTEM}`", package.ecosystem);
        return Err(Error::input(message));
    }
    let in_purl = package.purl.as_deref().map(|purl| name_in_purl(purl).unwrap_or_default());
    if package.name.is_empty() || in_purl.is_some_and(|name| name != package.name) {
        return Err(Error::input("an entry does not say by one name which package it is about"));
    }
    advisory(record, &affected, &package.name).map(Some)
}

fn advisory(record: &Record, affected: &Affected, package: &str) -> Result<Advisory, Error> {
    let affects = &affected.ecosystem_specific.affects;
    let functions: BTreeMap<String, Vec<String>> =
        affects.functions.iter().map(|path| (path.clone(), Vec::new())).collect();
    let licence = record.database_specific.license.as_deref();
    Ok(Advisory {
        id: record.id.clone(),
        package: package.to_owned(),
        kind: kind(affected.database_specific.informational.as_deref()),
        date: date(record.published.as_ref().unwrap_or(&record.modified))?,
        first_seen: None,
        withdrawn: record.withdrawn.as_deref().map(date).transpose()?,
        affected: affected_ranges(affected)?,
        cvss: cvss(record, affected),
        aliases: record.aliases.clone(),
        categories: affected.database_specific.categories.clone(),
        arch: affects.arch.clone(),
        os: affects.os.clone(),
        functions,
        title: record.summary.as_deref().and_then(title::of),
        rating: record.database_specific.severity.as_deref().and_then(Severity::named),
        keywords: affected.database_specific.keywords.clone(),
        url: primary_reference(record),
        licence: licence.unwrap_or("NOASSERTION").to_owned(),
    })
}

fn kind(informational: Option<&str>) -> AdvisoryKind {
    match informational {
        None => AdvisoryKind::Vulnerability,
        Some("unsound") => AdvisoryKind::Unsound,
        Some("unmaintained") => AdvisoryKind::Unmaintained,
        Some(_) => AdvisoryKind::Notice,
    }
}

/// The day of an RFC 3339 timestamp, which OSV requires to be in UTC.
fn date(timestamp: &str) -> Result<Date, Error> {
    let day = timestamp.get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| Error::input(format!("invalid timestamp `{timestamp}`")))
}

/// The vector of the highest score among those that can be read, or the first there is.
fn cvss(record: &Record, affected: &Affected) -> Option<String> {
    let own = affected.database_specific.cvss.iter();
    let listed = affected.severity.iter().chain(&record.severity).map(|severity| &severity.score);
    let vectors: Vec<&String> = own.chain(listed).collect();
    let mut worst: Option<(f64, &String)> = None;
    for vector in &vectors {
        let Some(CvssScore { score, .. }) = CvssScore::parse(vector) else { continue };
        if worst.is_none_or(|(before, _)| score > before) {
            worst = Some((score, vector));
        }
    }
    worst.map(|(_, vector)| vector).or(vectors.first().copied()).cloned()
}

fn primary_reference(record: &Record) -> Option<String> {
    let own_page = |url: &str| url.contains(&record.id);
    let others = record.references.iter().filter(|reference| !own_page(&reference.url));
    let package_page =
        |(place, reference): &(usize, &Reference)| *place == 0 && reference.kind == "PACKAGE";
    let found = others.enumerate().find(|numbered| !package_page(numbered));
    found.map(|(_, reference)| reference.url.clone())
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;
    use crate::model::VersionRange;

    const RECORD: &str = r#"{
      "schema_version": "9.9.9",
      "id": "DEMO-1",
      "modified": "2024-05-01T00:00:00Z",
      "published": "2024-02-03T12:00:00Z",
      "withdrawn": "2024-06-07T23:59:59Z",
      "aliases": ["CVE-2024-1"],
      "related": null,
      "summary": " Demo\n fails ",
      "database_specific": {"severity": "MODERATE"},
      "severity": [
        {"type": "CVSS_V9", "score": "CVSS:9.0/X:Y"},
        {"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}
      ],
      "affected": [
        {"package": {"ecosystem": "npm", "name": "other"}, "versions": ["1.0.0"]},
        {"package": {"ecosystem": "crates.io", "name": "demo"},
         "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}],
         "ecosystem_specific": {"affects": {"arch": ["x86"], "os": [], "functions": ["demo::f"]}},
         "database_specific": {"categories": ["new"], "cvss": null, "informational": "future"}},
        {"versions": ["1.0.0"]}
      ],
      "references": [
        {"type": "PACKAGE", "url": "https://packages.example/demo"},
        {"type": "ADVISORY", "url": "https://advisories.example/DEMO-1.html"},
        {"type": "SOMETHING", "url": "https://tracker.example/7"}
      ]
    }"#;

    #[test]
    fn a_record_is_read_leniently() {
        let expected = Advisory {
            id: "DEMO-1".into(),
            package: "demo".into(),
            kind: AdvisoryKind::Notice,
            date: civil::date(2024, 2, 3),
            first_seen: None,
            withdrawn: Some(civil::date(2024, 6, 7)),
            affected: vec![VersionRange { introduced: None, fixed: "1.0.0".parse().ok() }],
            cvss: Some("AV:N/AC:L/Au:N/C:P/I:P/A:P".into()),
            aliases: vec!["CVE-2024-1".into()],
            categories: vec!["new".into()],
            arch: vec!["x86".into()],
            os: Vec::new(),
            functions: BTreeMap::from([("demo::f".to_owned(), Vec::new())]),
            url: Some("https://tracker.example/7".into()),
            licence: "NOASSERTION".into(),
            title: Some("Demo fails".into()),
            rating: Some(Severity::Medium),
            keywords: Vec::new(),
        };
        assert_eq!(parse(RECORD).unwrap().advisories, [expected]);
    }

    #[test]
    fn what_is_left_out_is_not_invented() {
        let text = r#"{"id":"D-2","modified":"2024-05-01T00:00:00Z","affected":[
            {"package":{"ecosystem":"crates.io","name":"demo"},"versions":["1.0.0"]}]}"#;
        let advisories = parse(text).unwrap().advisories;
        let [advisory] = advisories.as_slice() else { panic!("{advisories:?}") };
        assert_eq!(advisory.kind, AdvisoryKind::Vulnerability);
        assert_eq!(advisory.date, civil::date(2024, 5, 1));
        assert_eq!((&advisory.cvss, &advisory.url), (&None, &None));
    }

    #[test]
    fn malformed_records_are_refused_with_a_reason_and_a_line() {
        let deep = "[".repeat(100_000);
        let cases = [
            ("", "not an OSV record", Some(1)),
            ("{\n\"id\": 1}", "not an OSV record", Some(2)),
            ("\u{0}\u{1}", "not an OSV record", Some(1)),
            (deep.as_str(), "not an OSV record", Some(1)),
            (
                r#"{"id":"D","modified":"2024-05-01","affected":[],"affected":[]}"#,
                "duplicate",
                Some(1),
            ),
            (
                r#"{"id":"D","modified":"2024-05-01","affected":[{"versions":[],"versions":[]}]}"#,
                "the key `versions` is there twice",
                Some(1),
            ),
        ];
        for (text, reason, line) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(reason), "{}\n{text}", error.message);
            assert_eq!(error.line, line, "{text}");
        }
    }

    #[test]
    fn a_malformed_entry_costs_itself_only() {
        let good = r#"{"package":{"ecosystem":"crates.io","name":"good"},"versions":["1.0.0"]}"#;
        let record = |entry: &str| {
            format!(
                r#"{{"id":"D-3","modified":"2024-05-01T00:00:00Z","affected":[{entry},{good}]}}"#
            )
        };
        let about = |rest: &str| {
            format!(r#"{{"package":{{"ecosystem":"crates.io","name":"bad"}},{rest}}}"#)
        };
        let event = r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"x"}]}]"#;
        let named = |name: &str, purl: &str| {
            format!(
                r#"{{"package":{{"ecosystem":"crates.io","name":"{name}","purl":"{purl}"}},"versions":["1.0.0"]}}"#
            )
        };
        // Entry; the packages that are lost, and why.
        let cases: [(String, Option<&[&str]>, &str); 11] = [
            (about(event), Some(&["bad"]), "invalid version"),
            (about(r#""versions":7"#), Some(&["bad"]), "invalid type"),
            (about(r#""versions":[]"#), Some(&["bad"]), "does not say which versions"),
            (named("", "pkg:cargo/bad@1.0.0"), Some(&["bad"]), "by one name"),
            (named("", ""), None, "by one name"),
            (named("", "pkg:npm/bad"), None, "by one name"),
            (named("bad", "pkg:cargo/worse"), Some(&["bad", "worse"]), "by one name"),
            (
                r#"{"package":{"ecosystem":"Crates.io","name":"bad"}}"#.into(),
                Some(&["bad"]),
                "the ecosystem is `Crates.io`",
            ),
            (r#"{"package":{"ecosystem":"crates.io"},"versions":["1.0.0"]}"#.into(), None, "name"),
            (r#"{"package":7,"versions":["1.0.0"]}"#.into(), None, "invalid type"),
            ("7".into(), None, "invalid type"),
        ];
        for (entry, package, why) in cases {
            let Parsed { advisories, malformed } = parse(&record(&entry)).unwrap();
            assert_eq!(advisories.len(), 1, "{entry}");
            assert_eq!(advisories[0].package, "good", "{entry}");
            let [lost] = malformed.as_slice() else { panic!("{entry}: {malformed:?}") };
            let packages = lost.packages.as_ref().map(|names| names.iter().map(String::as_str));
            let packages: Option<Vec<&str>> = packages.map(Iterator::collect);
            assert_eq!(packages.as_deref(), package, "{entry}");
            assert!(lost.message.contains(why), "{entry}: {}", lost.message);
        }
        let of_others = [
            r#"{"package":{"ecosystem":"npm","name":"bad"},"versions":7}"#,
            r#"{"versions":["1.0.0"]}"#,
        ];
        for entry in of_others {
            assert_eq!(parse(&record(entry)).unwrap().malformed, [], "{entry}");
        }
        for day in ["2024-02-30", "\u{e9}\u{e9}"] {
            let parsed = parse(&RECORD.replace("2024-02-03", day)).unwrap();
            assert_eq!(parsed.advisories, [], "{day}");
            assert!(parsed.malformed[0].message.contains("invalid timestamp"), "{parsed:?}");
        }
    }

    #[test]
    fn what_a_text_that_is_no_record_is_about() {
        let some = |names: &[&str]| Some(names.iter().map(|it| (*it).to_owned()).collect());
        let package =
            |name: &str| format!(r#"{{"package":{{"ecosystem":"crates.io","name":"{name}"}}}}"#);
        let cases: [(String, Option<Vec<String>>); 12] = [
            ("{\"id\":\"D-4\",\"affec".into(), None),
            ("[]".into(), some(&[])),
            (r#"{"name":"a list of files"}"#.into(), some(&[])),
            (format!(r#"{{"affected":[{},{}]}}"#, package("a"), package("b")), some(&["a", "b"])),
            (r#"{"affected":[{"package":{"ecosystem":"npm","name":"a"}}]}"#.into(), some(&[])),
            (r#"{"affected":7}"#.into(), None),
            (format!(r#"[{{"affected":[{}]}}]"#, package("a")), some(&["a"])),
            (format!(r#"{{"vulns":[{{"affected":[{}]}}]}}"#, package("a")), some(&["a"])),
            (format!(r#"{{"affected":[{}],"affected":[]}}"#, package("a")), some(&["a"])),
            (r#"{"affected":[{"package":{"ecosystem":"crates.io"}}]}"#.into(), None),
            (
                r#"{"affected":[{"package":{"ecosystem":"npm"},"package":{"name":"a"}}]}"#.into(),
                None,
            ),
            (r#"["a.json", {"name": "b.json"}, 1, -1, 0.5, null, true]"#.into(), some(&[])),
        ];
        for (text, expected) in cases {
            assert_eq!(packages_of(&text), expected, "{text}");
        }
    }

    #[test]
    fn the_worst_vector_that_can_be_read_counts() {
        let low = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
        let high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let odd = "CVSS:9.0/X:Y";
        // The entry's own, those of the entry, those of the record; what counts.
        type Case<'a> = (Option<&'a str>, &'a [&'a str], &'a [&'a str], Option<&'a str>);
        let cases: [Case<'_>; 5] = [
            (Some(low), &[], &[high], Some(high)),
            (Some(high), &[low], &[odd], Some(high)),
            (Some(odd), &[odd], &[low], Some(low)),
            (Some(odd), &[], &[], Some(odd)),
            (None, &[], &[], None),
        ];
        for (own, of_entry, of_record, expected) in cases {
            let listed = |vectors: &[&str]| {
                let score = |it: &&str| format!(r#"{{"type":"CVSS_V3","score":"{it}"}}"#);
                vectors.iter().map(score).collect::<Vec<_>>().join(",")
            };
            let own = own.map_or("null".to_owned(), |it| format!("\"{it}\""));
            let text = format!(
                r#"{{"id":"D-5","modified":"2024-05-01T00:00:00Z","severity":[{}],"affected":[
                {{"package":{{"ecosystem":"crates.io","name":"a"}},"versions":["1.0.0"],
                "severity":[{}],"database_specific":{{"cvss":{own}}}}}]}}"#,
                listed(of_record),
                listed(of_entry)
            );
            assert_eq!(parse(&text).unwrap().advisories[0].cvss.as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".*", cut in 0..RECORD.len(), noise in "\\PC{0,4}") {
            let _ = parse(&text);
            let _ = packages_of(&text);
            let _ = parse(&format!("{}{noise}{}", &RECORD[..cut], &RECORD[cut..]));
            let _ = parse(&RECORD.replace("1.0.0", &noise));
        }
    }
}
