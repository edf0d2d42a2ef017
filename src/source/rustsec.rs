//! RustSec advisory files: Markdown with TOML front matter.
//!
//! The `rustsec` crate decides what a record means, above all which versions are affected. It
//! refuses a whole record for one detail it does not know (a CVSS vector, a platform, an alias)
//! and asserts where a hostile record gets past its checks. So details are read here, leniently,
//! and only what it can judge safely is handed to it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustsec::advisory::{Informational, Parts, Versions};
use semver::{Comparator, VersionReq};
use serde::Deserialize;
use toml::{Table, Value};

use super::title;
use crate::model::{Advisory, AdvisoryKind, Error, VersionRange};

/// Keys of `[advisory]` that the `rustsec` crate is asked about.
const JUDGED_KEYS: [&str; 8] =
    ["id", "package", "date", "categories", "informational", "source", "url", "withdrawn"];

/// Reads one advisory file. The description is not kept.
///
/// # Errors
/// Where it is not an advisory about a package of the public registry, with the line where known.
pub fn parse(text: &str) -> Result<Advisory, Error> {
    let (mut record, heading) = front_matter(text)?;
    let versions = take_table(&mut record, "versions");
    let affected = take_table(&mut record, "affected");
    // The next version of the format leaves out the heading `[advisory]`.
    let metadata = match record.remove("advisory") {
        Some(Value::Table(metadata)) => metadata,
        _ => record,
    };
    let judged = judge(&metadata)?;
    let ranges = affected_ranges(versions)?;
    if ranges.is_empty() {
        return Err(Error::input("says that no version is affected"));
    }
    let url = judged.metadata.url.as_ref();
    Ok(Advisory {
        id: judged.metadata.id.to_string(),
        package: judged.metadata.package.as_str().to_owned(),
        kind: kind(judged.metadata.informational.as_ref()),
        date: date(&judged.metadata.date)?,
        first_seen: None,
        withdrawn: judged.metadata.withdrawn.as_ref().map(date).transpose()?,
        affected: ranges,
        cvss: metadata.get("cvss").and_then(Value::as_str).map(str::to_owned),
        aliases: strings(metadata.get("aliases")),
        categories: judged.metadata.categories.iter().map(|c| c.name().to_owned()).collect(),
        arch: strings(affected.get("arch")),
        os: strings(affected.get("os")),
        functions: functions(&affected),
        title: title::of(heading),
        rating: None,
        keywords: strings(metadata.get("keywords")),
        url: url.map(|url| url.as_str().to_owned()),
        licence: licence(&metadata),
    })
}

/// The package that a text names, as far as can be told of one that is no advisory.
pub fn package_of(text: &str) -> Option<&str> {
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "package").then(|| value.trim())
    })?;
    let name = value.trim_matches(['"', '\'']);
    (name.len() + 2 == value.len() && !name.is_empty()).then_some(name)
}

/// The front matter, and the heading of the text below it.
fn front_matter(text: &str) -> Result<(Table, &str), Error> {
    // `Parts::parse` quotes the first 20 bytes of anything else and may cut a character there.
    if !text.starts_with("```toml") {
        return Err(Error::input("does not start with TOML front matter").line(Some(1)));
    }
    let parts = Parts::parse(text).map_err(|error| Error::input(error.to_string()))?;
    let start = text.find(parts.front_matter).unwrap_or_default();
    let record = parts.front_matter.parse().map_err(|error: toml::de::Error| {
        let offset = start + error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1;
        Error::input(format!("front matter is not valid TOML: {}", error.message()))
            .line(Some(line))
    })?;
    Ok((record, parts.title))
}

fn take_table(record: &mut Table, key: &str) -> Table {
    match record.remove(key) {
        Some(Value::Table(table)) => table,
        _ => Table::new(),
    }
}

/// What `[versions]` has to hold.
#[derive(Deserialize)]
struct Requirements {
    patched: Vec<String>,
    #[serde(default)]
    unaffected: Vec<String>,
}

/// The affected versions: those that no requirement of `patched` and `unaffected` accepts, each as
/// the `rustsec` crate reads it alone. (It refuses a record where two of them overlap, which says
/// no less clearly which versions are affected.)
fn affected_ranges(versions: Table) -> Result<Vec<VersionRange>, Error> {
    let error = |error: toml::de::Error| Error::input(error.message().to_owned());
    let requirements: Requirements = versions.try_into().map_err(error)?;
    let mut affected = vec![VersionRange { introduced: None, fixed: None }];
    let named = |key, texts: Vec<String>| texts.into_iter().map(move |text| (key, text));
    let patched = named("patched", requirements.patched);
    for (key, text) in patched.chain(named("unaffected", requirements.unaffected)) {
        let problem = |why: String| Error::input(format!("`{key}` has `{text}`: {why}"));
        let requirement: VersionReq =
            text.parse().map_err(|it: semver::Error| problem(it.to_string()))?;
        if !requirement.comparators.iter().all(is_countable) {
            return Err(problem("number too large".to_owned()));
        }
        let alone =
            Versions::new(vec![requirement], Vec::new()).map_err(|it| problem(it.to_string()))?;
        let outside: Vec<VersionRange> = rustsec::osv::ranges_for_advisory(&alone)
            .into_iter()
            .map(|range| VersionRange { introduced: range.introduced, fixed: range.fixed })
            .collect();
        affected = VersionRange::common(&affected, &outside);
    }
    Ok(VersionRange::disjoint(affected))
}

/// Numbers that the `rustsec` crate can count up by one.
fn is_countable(comparator: &Comparator) -> bool {
    [Some(comparator.major), comparator.minor, comparator.patch]
        .into_iter()
        .flatten()
        .all(|number| number < u64::MAX)
}

/// The record without its versions.
fn judge(metadata: &Table) -> Result<rustsec::Advisory, Error> {
    let judged_keys = JUDGED_KEYS.into_iter().map(str::to_owned);
    let judged: Table =
        judged_keys.filter_map(|key| Some((key.clone(), metadata.get(&key)?.clone()))).collect();
    let none_patched = Table::from_iter([("patched".to_owned(), Value::Array(Vec::new()))]);
    let record = Table::from_iter([
        ("advisory".to_owned(), Value::Table(judged)),
        ("versions".to_owned(), Value::Table(none_patched)),
    ]);
    let advisory: rustsec::Advisory = record
        .try_into()
        .map_err(|error: toml::de::Error| Error::input(error.message().to_owned()))?;
    match &advisory.metadata.source {
        Some(source) if !source.is_default_registry() => {
            Err(Error::input(format!("is about a package of another registry, `{source}`")))
        }
        _ => Ok(advisory),
    }
}

fn kind(informational: Option<&Informational>) -> AdvisoryKind {
    match informational {
        None => AdvisoryKind::Vulnerability,
        Some(kind) if kind.is_unsound() => AdvisoryKind::Unsound,
        Some(kind) if kind.is_unmaintained() => AdvisoryKind::Unmaintained,
        Some(_) => AdvisoryKind::Notice,
    }
}

fn date(date: &rustsec::advisory::Date) -> Result<Date, Error> {
    date.as_str().parse().map_err(|_| Error::input(format!("invalid date `{date}`")))
}

fn functions(affected: &Table) -> BTreeMap<String, Vec<String>> {
    let functions = affected.get("functions").and_then(Value::as_table);
    let functions = functions.into_iter().flatten();
    functions.map(|(path, versions)| (path.clone(), strings(Some(versions)))).collect()
}

/// The licence of the whole database holds where the record names none.
fn licence(metadata: &Table) -> String {
    metadata.get("license").and_then(Value::as_str).unwrap_or("CC0-1.0").to_owned()
}

/// The strings of an array; anything else is passed over.
fn strings(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMPLETE: &str = r#"```toml
[advisory]
id = "RUSTSEC-2024-0001"
package = "demo"
date = "2024-02-03"
url = "https://tracker.example/1"
categories = ["memory-corruption", "brand-new"]
keywords = ["smtp"]
aliases = ["CVE-2024-1", "not an identifier"]
cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P"
informational = "unsound"
withdrawn = "2024-05-06"
license = "CC-BY-4.0"

[affected]
arch = ["x86", "arch-of-tomorrow"]
os = ["windows"]
functions = { "demo::read" = ["< 1.2.3", ">= 2"], "demo::{closure}" = [] }

[versions]
patched = [">= 1.2.3, < 2.0.0", ">= 2.1.0-rc.1"]
unaffected = ["< 0.5.0"]
```

# Title

Description.
"#;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn range(introduced: &str, fixed: &str) -> VersionRange {
        VersionRange { introduced: introduced.parse().ok(), fixed: fixed.parse().ok() }
    }

    #[test]
    fn a_complete_advisory_with_details_no_one_knows_yet() {
        let expected = Advisory {
            id: "RUSTSEC-2024-0001".into(),
            package: "demo".into(),
            kind: AdvisoryKind::Unsound,
            date: jiff::civil::date(2024, 2, 3),
            first_seen: None,
            withdrawn: Some(jiff::civil::date(2024, 5, 6)),
            affected: vec![range("0.5.0", "1.2.3"), range("2.0.0", "2.1.0-rc.1")],
            cvss: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P".into()),
            aliases: texts(&["CVE-2024-1", "not an identifier"]),
            categories: texts(&["memory-corruption", "brand-new"]),
            arch: texts(&["x86", "arch-of-tomorrow"]),
            os: texts(&["windows"]),
            functions: BTreeMap::from([
                ("demo::read".to_owned(), texts(&["< 1.2.3", ">= 2"])),
                ("demo::{closure}".to_owned(), Vec::new()),
            ]),
            url: Some("https://tracker.example/1".into()),
            licence: "CC-BY-4.0".into(),
            title: Some("Title".into()),
            rating: None,
            keywords: texts(&["smtp"]),
        };
        assert_eq!(parse(COMPLETE).unwrap(), expected);
    }

    fn with_versions(versions: &str) -> String {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"demo\"\n\
             date = \"2024-02-03\"\n[versions]\n{versions}\n```\n# Title\n\nText\n"
        )
    }

    #[test]
    fn affected_versions_are_what_is_neither_patched_nor_unaffected() {
        let cases = [
            ("patched = []", vec![range("", "")]),
            ("patched = ['>= 1.0.0']", vec![range("", "1.0.0")]),
            ("patched = ['> 1.0.0']", vec![range("", "1.0.1-0")]),
            ("patched = ['^1.2']", vec![range("", "1.2.0"), range("2.0.0-0", "")]),
            ("patched = ['= 1.2.3']", vec![range("", "1.2.3"), range("1.2.4-0", "")]),
            ("patched = []\nunaffected = ['<= 0.9']", vec![range("0.9.1-0", "")]),
            // What several requirements accept is accepted: they may overlap and touch.
            ("patched = ['> 1.0.0', '> 2.0.0']", vec![range("", "1.0.1-0")]),
            ("patched = ['> 1.0.0', '= 1.0.0']", vec![range("", "1.0.0")]),
            (
                "patched = ['^1.2', '>= 1.4.0, < 3.0.0', '>= 4.0.0']",
                vec![range("", "1.2.0"), range("3.0.0", "4.0.0")],
            ),
            (
                "patched = ['>= 2.0.0']\nunaffected = ['< 1.0.0', '< 0.5.0']",
                vec![range("1.0.0", "2.0.0")],
            ),
        ];
        for (versions, expected) in cases {
            assert_eq!(parse(&with_versions(versions)).unwrap().affected, expected, "{versions}");
        }
    }

    #[test]
    fn malformed_advisories_are_refused_with_a_reason_and_a_line() {
        let huge = format!("patched = ['> 1.2.{}']", u64::MAX);
        let cases = [
            (String::new(), "does not start with TOML front matter", Some(1)),
            ("# A title of ninete\u{e9}\u{e9}n".into(), "does not start with TOML", Some(1)),
            ("```toml\n[advisory]\nid = ".into(), "end of TOML front matter", None),
            ("```toml\n\nid = \n```\n# T\n".into(), "not valid TOML", Some(3)),
            ("```toml\na = 1\n```\n# T\n".into(), "missing field `id`", None),
            (with_versions(""), "missing field `patched`", None),
            (with_versions("patched = ['y']"), "`patched` has `y`", None),
            (with_versions("patched = ['*']"), "no version is affected", None),
            (with_versions("patched = [1]"), "invalid type", None),
            (with_versions(&huge), "number too large", None),
            (with_versions("patched = ['>= 1.0.0, >= 2.0.0']"), "More than one lower bound", None),
            (with_versions("patched = ['> 1.0.0', '<= 1.0.0']"), "no version is affected", None),
            (COMPLETE.replace("2024-02-03", "2024-02-30"), "invalid date", None),
            (
                COMPLETE.replace("[affected]", "source = 'registry+https://other.example'"),
                "another registry",
                None,
            ),
        ];
        for (text, reason, line) in cases {
            let error = parse(&text).unwrap_err();
            assert!(error.message.contains(reason), "{}\n{text}", error.message);
            assert_eq!(error.line, line, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(
            text in ".*",
            versions in "(patched|unaffected) = \\[('([<>=^~*, ]{1,3}[0-9.*-]{1,22}){1,2}',?){0,3}\\]",
            cut in 0..COMPLETE.len(),
            noise in "\\PC{0,4}",
        ) {
            let _ = parse(&text);
            let _ = parse(&format!("```toml{text}\n```\n# \n"));
            let _ = parse(&with_versions(&versions));
            let _ = parse(&format!("{}{noise}{}", &COMPLETE[..cut], &COMPLETE[cut..]));
        }
    }
}
