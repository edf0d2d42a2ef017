//! OSV records (<https://ossf.github.io/osv-schema/>), as far as they are about Rust packages.

mod range;
mod record;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{Advisory, AdvisoryKind, CvssScore, Error};
use range::affected_ranges;
use record::{Affected, Record, Reference};

/// The name of the public Rust registry in OSV.
const ECOSYSTEM: &str = "crates.io";

/// Reads one record: an advisory for each entry about a Rust package, none where there is no
/// such entry.
///
/// The date is that of publication, or of the last modification where none is given. OSV does
/// not say which reference is the primary one: the first is taken, after the package's page, with
/// which records begin, and the record's own page.
///
/// # Errors
/// Where it is not an OSV record, or does not say clearly which versions are affected.
pub fn parse(text: &str) -> Result<Vec<Advisory>, Error> {
    let record: Record = serde_json::from_str(text).map_err(|error| {
        Error::input(format!("is not an OSV record: {error}")).line(Some(error.line()))
    })?;
    let mut advisories = Vec::new();
    for affected in &record.affected {
        match &affected.package {
            Some(package) if package.ecosystem == ECOSYSTEM => {
                advisories.push(advisory(&record, affected, &package.name)?);
            }
            _ => {}
        }
    }
    Ok(advisories)
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

/// The first vector that can be read, or the first there is.
fn cvss(record: &Record, affected: &Affected) -> Option<String> {
    let own = affected.database_specific.cvss.iter();
    let listed = affected.severity.iter().chain(&record.severity).map(|severity| &severity.score);
    let vectors: Vec<&String> = own.chain(listed).collect();
    let readable = vectors.iter().find(|vector| CvssScore::parse(vector).is_some());
    readable.or(vectors.first()).map(|vector| vector.to_string())
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
        };
        assert_eq!(parse(RECORD).unwrap(), [expected]);
    }

    #[test]
    fn what_is_left_out_is_not_invented() {
        let text = r#"{"id":"D-2","modified":"2024-05-01T00:00:00Z","affected":[
            {"package":{"ecosystem":"crates.io","name":"demo"},"versions":["1.0.0"]}]}"#;
        let advisories = parse(text).unwrap();
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
            (&RECORD.replace("2024-02-03", "2024-02-30"), "invalid timestamp", None),
            (&RECORD.replace("2024-02-03", "\u{e9}\u{e9}"), "invalid timestamp", None),
            (&RECORD.replace("\"fixed\": \"1.0.0\"", "\"fixed\": \"x\""), "invalid version", None),
        ];
        for (text, reason, line) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(reason), "{}\n{text}", error.message);
            assert_eq!(error.line, line, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".*", cut in 0..RECORD.len(), noise in "\\PC{0,4}") {
            let _ = parse(&text);
            let _ = parse(&format!("{}{noise}{}", &RECORD[..cut], &RECORD[cut..]));
            let _ = parse(&RECORD.replace("1.0.0", &noise));
        }
    }
}
