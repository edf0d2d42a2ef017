//! CISA's catalogue of known exploited vulnerabilities (KEV): its JSON file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::model::Error;

/// The catalogue, as far as it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The day it was released.
    pub date: Date,
    /// CVE identifier to the day it was added. One that is listed twice has the earlier day.
    pub added: BTreeMap<String, Date>,
}

/// Reads the catalogue in the form of `known_exploited_vulnerabilities.json`.
///
/// # Errors
/// Where the text is not such a catalogue, or one of its entries has no CVE identifier or day:
/// a vulnerability left out would pass for one that nobody exploits.
pub fn parse(text: &str) -> Result<Catalogue, Error> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        Error::input(format!("is no catalogue of exploited vulnerabilities: {error}"))
            .line(Some(error.line()).filter(|line| *line > 0))
    })?;
    let released = &file.date_released;
    // The time of day does not matter.
    let date = day(released.get(..10).unwrap_or(released), "the catalogue")?;
    let mut added = BTreeMap::new();
    for entry in file.vulnerabilities {
        if !is_cve(&entry.cve_id) {
            let message = format!("lists `{}`, which is no CVE identifier", entry.cve_id);
            return Err(Error::input(message));
        }
        let listed = day(&entry.date_added, &entry.cve_id)?;
        added
            .entry(entry.cve_id)
            .and_modify(|day: &mut Date| *day = listed.min(*day))
            .or_insert(listed);
    }
    if added.is_empty() {
        return Err(Error::input("lists no vulnerability"));
    }
    Ok(Catalogue { date, added })
}

fn day(text: &str, of: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| Error::input(format!("has `{text}` as the day of `{of}`")))
}

/// `CVE-YYYY-NNNN`, with four digits or more at the end.
fn is_cve(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && number.len() >= 4 && digits(number)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    date_released: String,
    vulnerabilities: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn catalogue(entries: &[(&str, &str)]) -> String {
        let entries = entries.iter().map(|(id, day)| {
            format!(r#"{{"cveID":"{id}","product":"x","dateAdded":"{day}","cwes":["CWE-1"]}}"#)
        });
        let entries = entries.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"title":"a","catalogVersion":"2024.05.06","count":9,
            "dateReleased":"2024-05-06T17:04:19.9796Z","vulnerabilities":[{entries}]}}"#
        )
    }

    #[test]
    fn identifiers_and_days_are_read() {
        let text = catalogue(&[
            ("CVE-2024-12345", "2024-05-06"),
            ("CVE-2023-0001", "2023-02-03"),
            ("CVE-2024-12345", "2024-04-01"),
        ]);
        let added = [("CVE-2023-0001", date(2023, 2, 3)), ("CVE-2024-12345", date(2024, 4, 1))];
        let added = added.map(|(id, day)| (id.to_owned(), day)).into();
        assert_eq!(parse(&text).unwrap(), Catalogue { date: date(2024, 5, 6), added });
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let cases = [
            (String::new(), "is no catalogue"),
            ("{}".to_owned(), "missing field `dateReleased`"),
            (catalogue(&[]), "lists no vulnerability"),
            (catalogue(&[("CVE-2024-1\\t2", "2024-05-06")]), "no CVE identifier"),
            (catalogue(&[("GHSA-aaaa-bbbb-cccc", "2024-05-06")]), "no CVE identifier"),
            (catalogue(&[("CVE-2024-0001", "05/06/2024")]), "as the day of `CVE-2024-0001`"),
            (catalogue(&[("CVE-2024-0001", "2024-05-06")]).replace("06T", "66T"), "the catalogue"),
        ];
        for (text, reason) in cases {
            let error = parse(&text).unwrap_err();
            assert!(error.message.contains(reason), "{}", error.message);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(id in "\\PC{0,12}", day in "[0-9é-]{0,12}", text in "\\PC*") {
            let _ = parse(&text);
            let _ = parse(&catalogue(&[(&id, &day)]));
            let _ = parse(&catalogue(&[("CVE-2024-0001", "2024-05-06")]).replace("2024-05-06T", &day));
        }
    }
}
