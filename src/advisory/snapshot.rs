//! The compiled form of an advisory database: a text to keep under version control and to embed.
//!
//! The first line is a JSON object about the database, with a CRC-32 of itself (its own taken as 0)
//! and all that follows. Then
//! comes one JSON object a line for each advisory, ascending by package and identifier. Facts
//! only: no title, no prose. `first_seen` is the day on which the advisory first appeared in the
//! database, left out where nobody recorded it. A range of versions is written `introduced..fixed`, either end left
//! out where it is open; what is empty is left out.

mod line;
mod text;

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{Advisory, Error, Unread};
use line::Line;
use text::Text;

/// The snapshot inside the program.
pub const EMBEDDED: &str = include_str!("../../rules/advisories.jsonl");

/// Whether advisories about a package of this name are wanted.
pub type Wanted<'a> = &'a dyn Fn(&str) -> bool;

/// Changes whenever a reader of the old form would misunderstand the new one.
const FORMAT: u32 = 2;

/// A compiled database.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Name of the database, such as `RustSec`.
    pub name: String,
    /// Commit it was made from, where known.
    pub commit: Option<String>,
    /// Day of that commit, or of the newest advisory where no commit is known.
    pub date: Option<Date>,
    /// Day on which the first of its advisories was public, where recorded.
    pub since: Option<Date>,
    /// Licence of the data, an SPDX expression.
    pub licence: String,
    /// Files that could not be understood and were left out.
    pub skipped: usize,
    /// What may be about a package among them.
    pub unread: Vec<Unread>,
    /// The advisories.
    pub advisories: Vec<Advisory>,
}

impl Snapshot {
    /// The same with facts only: a title is prose, under the licence of its database.
    pub fn without_prose(mut self) -> Self {
        self.advisories.iter_mut().for_each(|advisory| advisory.title = None);
        self
    }
}

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    format: u32,
    name: Cow<'a, str>,
    commit: Option<Cow<'a, str>>,
    date: Option<Text<Date>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Text<Date>>,
    licence: Cow<'a, str>,
    skipped: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unread: Vec<Unread>,
    advisories: usize,
    crc32: u32,
}

/// The text of a snapshot.
pub fn write(snapshot: &Snapshot) -> String {
    let mut advisories: Vec<&Advisory> = snapshot.advisories.iter().collect();
    advisories.sort_by_key(|advisory| (&advisory.package, &advisory.id));
    let mut body = String::new();
    for advisory in &advisories {
        body.push_str(&json(&Line::of(advisory)));
        body.push('\n');
    }
    let mut header = header(snapshot);
    header.crc32 = checksum(&header, &body);
    format!("{}\n{body}", json(&header))
}

fn header(snapshot: &Snapshot) -> Header<'_> {
    Header {
        format: FORMAT,
        name: Cow::Borrowed(&snapshot.name),
        commit: snapshot.commit.as_deref().map(Cow::Borrowed),
        date: snapshot.date.map(Text),
        since: snapshot.since.map(Text),
        licence: Cow::Borrowed(&snapshot.licence),
        skipped: snapshot.skipped,
        unread: snapshot.unread.clone(),
        advisories: snapshot.advisories.len(),
        crc32: 0,
    }
}

/// Of a header whose own checksum is 0, and the body.
fn checksum(header: &Header<'_>, body: &str) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(json(header).as_bytes());
    hasher.update(body.as_bytes());
    hasher.finalize()
}

fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("texts, numbers and maps by text are always JSON")
}

/// Reads the text of a snapshot.
///
/// # Errors
/// Where the text is not a snapshot of this format or is not exactly what was written.
pub fn read(text: &str) -> Result<Snapshot, Error> {
    read_about(text, &|_| true).map(|(snapshot, _)| snapshot)
}

/// Reads of a snapshot the advisories about wanted packages, by name, and says how many it has in
/// all. The whole text is checked all the same.
///
/// # Errors
/// As for [`read`].
pub fn read_about(text: &str, wanted: Wanted<'_>) -> Result<(Snapshot, usize), Error> {
    let (first, body) =
        text.split_once('\n').ok_or_else(|| damaged(1, "ends in its first line"))?;
    let mut header: Header<'_> =
        serde_json::from_str(first).map_err(|error| damaged(1, &error.to_string()))?;
    if header.format != FORMAT {
        let format = header.format;
        return Err(damaged(1, &format!("has format {format}, this program reads {FORMAT}")));
    }
    if header.advisories == 0 {
        return Err(damaged(1, "holds no advisory"));
    }
    let claimed = std::mem::take(&mut header.crc32);
    if claimed != checksum(&header, body) {
        return Err(damaged(1, "does not have the checksum it claims"));
    }
    let mut advisories = Vec::new();
    let mut total = 0;
    for (number, text) in body.lines().enumerate() {
        total += 1;
        if !package_of(text).is_none_or(wanted) {
            continue;
        }
        let line: Line<'_> =
            serde_json::from_str(text).map_err(|error| damaged(number + 2, &error.to_string()))?;
        advisories.push(line.into_advisory());
    }
    if total != header.advisories {
        return Err(damaged(1, "does not have the number of advisories it claims"));
    }
    let snapshot = Snapshot {
        name: header.name.into_owned(),
        commit: header.commit.map(Cow::into_owned),
        date: header.date.map(|day| day.0),
        since: header.since.map(|day| day.0),
        licence: header.licence.into_owned(),
        skipped: header.skipped,
        unread: header.unread,
        advisories,
    };
    Ok((snapshot, total))
}

/// The number of advisories that a snapshot says it has, sound or not.
pub fn claimed(text: &[u8]) -> Option<usize> {
    let first = text.split(|&byte| byte == b'\n').next()?;
    serde_json::from_slice::<Header<'_>>(first).ok().map(|header| header.advisories)
}

/// The package a line is about, where it can be told without understanding the line.
fn package_of(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix("{\"package\":\"")?.split_once('"')?;
    (!name.contains('\\')).then_some(name)
}

fn damaged(line: usize, problem: &str) -> Error {
    Error::input(format!("is not a sound advisory snapshot: {problem}")).line(Some(line))
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;
    use crate::advisory::tests::advisory;
    use crate::model::{AdvisoryKind, Part};

    fn example() -> Snapshot {
        let functions = [("demo::\"f\"".to_owned(), vec!["< 1.0.0".to_owned()])];
        let complete = Advisory {
            kind: AdvisoryKind::Unmaintained,
            first_seen: Some(civil::date(2024, 2, 1)),
            withdrawn: Some(civil::date(2024, 3, 4)),
            title: Some("what it is about".into()),
            cvss: Some("AV:N".into()),
            rating: Some(crate::model::Severity::High),
            keywords: vec!["k".into()],
            aliases: vec!["CVE-1".into(), "\u{1f980}\n".into()],
            categories: vec!["c".into()],
            arch: vec!["x86".into()],
            os: vec!["linux".into()],
            functions: functions.into(),
            url: Some("https://tracker.example/1".into()),
            licence: "CC-BY-4.0".into(),
            ..advisory("A-2", "demo", "1.0.0-rc.1", "2.0.0+b.1")
        };
        Snapshot {
            name: "Demo".into(),
            commit: Some("\"abc\"".into()),
            date: Some(civil::date(2024, 5, 6)),
            since: Some(civil::date(2024, 1, 2)),
            licence: "CC0-1.0 AND CC-BY-4.0".into(),
            skipped: 3,
            unread: vec![Unread {
                file: "A-9.md".into(),
                part: Part::Whole,
                packages: Some(vec!["demo".into()]),
            }],
            advisories: vec![advisory("A-1", "demo", "", ""), complete],
        }
    }

    #[test]
    fn the_form_is_fixed() {
        let one = Advisory {
            first_seen: Some(civil::date(2024, 2, 1)),
            ..advisory("A-1", "demo", "", "1.0.0")
        };
        let snapshot = Snapshot { advisories: vec![one], ..example() };
        let expected = concat!(
            r#"{"format":2,"name":"Demo","commit":"\"abc\"","date":"2024-05-06","since":"2024-01-02","#,
            r#""licence":"CC0-1.0 AND CC-BY-4.0","skipped":3,"unread":[{"file":"A-9.md","packages":["demo"]}],"#,
            r#""advisories":1,"crc32":"#,
        );
        let body = concat!(
            r#"{"package":"demo","id":"A-1","kind":"vulnerability","#,
            r#""date":"2024-01-02","first_seen":"2024-02-01","affected":["..1.0.0"]}"#,
            "\n"
        );
        let crc32 = crc32fast::hash(format!("{expected}0}}{body}").as_bytes());
        assert_eq!(write(&snapshot), format!("{expected}{crc32}}}\n{body}"));
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(read(&write(&example())).unwrap(), example());
        let mut unsorted = example();
        unsorted.advisories.reverse();
        assert_eq!(write(&unsorted), write(&example()));
    }

    #[test]
    fn any_changed_byte_is_detected() {
        let text = write(&example());
        for position in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[position] ^= 1;
            if let Ok(damaged) = String::from_utf8(bytes) {
                assert!(read(&damaged).is_err(), "byte {position}");
            }
        }
    }

    #[test]
    fn damage_is_named() {
        let text = write(&example());
        let cases = [
            (String::new(), "ends in its first line"),
            (text[..text.len() - 1].to_owned(), "checksum"),
            (text.replacen("\"format\":2", "\"format\":1", 1), "has format 1"),
            (text.replacen("\"format\":2", "\"format\":3", 1), "has format 3"),
            (text.replacen("\"advisories\":2", "\"advisories\":3", 1), "checksum"),
            (text.replacen("2024-05-06", "2024-05-32", 1), "not a sound advisory snapshot"),
            (text.replacen("\"name\"", "\"nom\"", 1), "missing field `name`"),
        ];
        for (text, reason) in cases {
            let error = read(&text).unwrap_err();
            assert!(error.message.contains(reason), "{}", error.message);
            assert_eq!(error.line, Some(1));
        }
    }

    #[test]
    fn the_embedded_snapshot_is_sound_and_small() {
        let snapshot = read(EMBEDDED).unwrap();
        assert!(snapshot.advisories.len() > 1_000 && snapshot.skipped == 0);
        assert!(snapshot.commit.is_some() && snapshot.date.is_some());
        assert_eq!(write(&snapshot), EMBEDDED);
        // All of them are recorded. By hand, from the history of RustSec: dated eight months before.
        assert!(snapshot.advisories.iter().all(|it| it.first_seen.is_some()));
        // Facts only, no prose; keywords are facts.
        assert!(snapshot.advisories.iter().all(|it| it.title.is_none()));
        assert!(snapshot.advisories.iter().any(|it| !it.keywords.is_empty()));
        let late = snapshot.advisories.iter().find(|it| it.id == "RUSTSEC-2020-0048");
        let days = late.map(|it| (it.date, it.public()));
        assert_eq!(days, Some((civil::date(2020, 1, 24), civil::date(2020, 9, 26))));
        // It compresses about sixfold and has to stay well under 200 KiB then.
        assert!(EMBEDDED.len() < 600 << 10);
    }

    proptest! {
        #[test]
        fn nothing_panics(body in "(\\PC|\n)*", interval in "[0-9.a-]{0,12}") {
            let _ = read(&body);
            let line = write(&example()).replace("1.0.0-rc.1..", &interval);
            let body = line.split_once('\n').unwrap().1;
            let example = example();
            let mut header = header(&example);
            header.crc32 = checksum(&header, body);
            let _ = read(&format!("{}\n{body}", json(&header)));
        }
    }

    #[test]
    fn only_wanted_packages_are_read_and_all_are_counted() {
        let text = write(&example());
        let all = read(&text).unwrap().advisories;
        for name in ["demo", "nothing-of-this-name"] {
            let (some, total) = read_about(&text, &|package| package == name).unwrap();
            let expected = all.iter().filter(|advisory| advisory.package == name);
            assert_eq!((some.advisories.len(), total), (expected.count(), all.len()), "{name}");
        }
        assert!(all.iter().any(|advisory| advisory.package == "demo"));
        let cut = text.trim_end().rsplit_once('\n').unwrap().0;
        assert!(read_about(cut, &|_| false).is_err(), "damage is seen in what is not wanted too");
    }
}
