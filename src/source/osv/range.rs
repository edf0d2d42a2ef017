//! From OSV events and enumerated versions to ranges.

use semver::{Prerelease, Version};

use super::record::{Affected, Event, Range};
use crate::model::{Error, VersionRange};

/// The affected versions by ranges and by enumeration; both count.
pub(super) fn affected_ranges(affected: &Affected) -> Result<Vec<VersionRange>, Error> {
    let mut ranges = Vec::new();
    let ordered = |range: &&Range| matches!(range.kind.as_str(), "SEMVER" | "ECOSYSTEM");
    for range in affected.ranges.iter().filter(ordered) {
        ranges.extend(event_ranges(&range.events)?);
    }
    // What is not a semantic version was never a release that Cargo can lock.
    ranges.extend(affected.versions.iter().filter_map(|text| {
        let version = version(text).ok()?;
        Some(VersionRange { fixed: next(&version), introduced: Some(version) })
    }));
    let ranges = VersionRange::disjoint(ranges);
    if ranges.is_empty() {
        return Err(Error::input("does not say which versions are affected"));
    }
    Ok(ranges)
}

/// A place on the line of versions where being affected begins or ends.
struct Turn {
    /// `None` for the beginning of all versions.
    at: Option<Version>,
    begins: bool,
}

/// The ranges between events (OSV schema, "Evaluation"). They may come in any order, but two at
/// one version count in the order written: real records say that a version was introduced and
/// fixed at once.
fn event_ranges(events: &[Event]) -> Result<Vec<VersionRange>, Error> {
    let mut turns = Vec::new();
    for event in events {
        if let Some(text) = &event.introduced {
            turns.push(Turn { at: introduced(text)?, begins: true });
        }
        if let Some(text) = &event.fixed {
            turns.push(Turn { at: Some(version(text)?), begins: false });
        }
        if let Some(text) = &event.last_affected
            && let Some(end) = next(&version(text)?)
        {
            turns.push(Turn { at: Some(end), begins: false });
        }
    }
    turns.sort_by(|a, b| a.at.cmp(&b.at));
    let mut ranges: Vec<VersionRange> = Vec::new();
    let mut open = false;
    for turn in turns {
        if turn.begins && !open {
            ranges.push(VersionRange { introduced: turn.at, fixed: None });
        } else if !turn.begins
            && open
            && let Some(last) = ranges.last_mut()
        {
            last.fixed = turn.at;
        }
        open = turn.begins;
    }
    Ok(ranges)
}

/// `0` and the lowest semantic version stand for the beginning of all versions.
fn introduced(text: &str) -> Result<Option<Version>, Error> {
    if matches!(text, "0" | "0.0.0-0") { Ok(None) } else { version(text).map(Some) }
}

/// A version; minor and patch number may be left out.
fn version(text: &str) -> Result<Version, Error> {
    let padded = match text.split(['-', '+']).next().unwrap_or_default().matches('.').count() {
        0 => format!("{text}.0.0"),
        1 => format!("{text}.0"),
        _ => text.to_owned(),
    };
    padded.parse().map_err(|error| Error::input(format!("invalid version `{text}`: {error}")))
}

/// The lowest version above this one (<https://semver.org>, section 11): `1.2.3` gives
/// `1.2.4-0`, `1.2.3-a` gives `1.2.3-a.0`. `None` where numbers end.
fn next(version: &Version) -> Option<Version> {
    let mut next = Version::new(version.major, version.minor, version.patch);
    if version.pre.is_empty() {
        next.patch = next.patch.checked_add(1)?;
        next.pre = Prerelease::new("0").ok()?;
    } else {
        next.pre = Prerelease::new(&format!("{}.0", version.pre)).ok()?;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranges as `introduced..fixed`.
    fn shown(affected: &str) -> Result<Vec<String>, String> {
        let affected: Affected = serde_json::from_str(affected).unwrap();
        let ranges = affected_ranges(&affected).map_err(|error| error.message)?;
        let end = |version: Option<Version>| version.map(|it| it.to_string()).unwrap_or_default();
        Ok(ranges
            .into_iter()
            .map(|range| format!("{}..{}", end(range.introduced), end(range.fixed)))
            .collect())
    }

    fn events(events: &str) -> String {
        format!(r#"{{"ranges":[{{"type":"SEMVER","events":[{events}]}}]}}"#)
    }

    #[test]
    fn events_become_ranges() {
        let cases: [(&str, &[&str]); 9] = [
            (r#"{"introduced":"0"},{"fixed":"1.2.3"}"#, &["..1.2.3"]),
            (r#"{"introduced":"0.0.0-0"}"#, &[".."]),
            (r#"{"introduced":"1"},{"last_affected":"1.2"}"#, &["1.0.0..1.2.1-0"]),
            (r#"{"introduced":"1.0.0-a"},{"last_affected":"1.0.0-b"}"#, &["1.0.0-a..1.0.0-b.0"]),
            (
                r#"{"fixed":"3.1.0"},{"introduced":"3.0.0"},{"fixed":"1.0.0"},{"introduced":"0"}"#,
                &["..1.0.0", "3.0.0..3.1.0"],
            ),
            (
                r#"{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"2.0.0"},{"fixed":"2.0.0"}"#,
                &["..1.0.0"],
            ),
            (
                r#"{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"1.0.0"},{"fixed":"2.0.0"}"#,
                &["..2.0.0"],
            ),
            (r#"{"introduced":"1.0.0"},{"fixed":"2.0.0"},{"fixed":"3.0.0"}"#, &["1.0.0..2.0.0"]),
            (r#"{"introduced":"1.0.0"},{"limit":"*"}"#, &["1.0.0.."]),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(&events(text)).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn enumerated_versions_count_beside_ranges() {
        let text = r#"{"versions":["5.0.0","5.0.0-rc.1","not a version"],
            "ranges":[{"type":"GIT","events":[{"introduced":"abc"}]},
                      {"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"2.0.0"}]}]}"#;
        let expected = ["1.0.0..2.0.0", "5.0.0-rc.1..5.0.0-rc.1.0", "5.0.0..5.0.1-0"];
        assert_eq!(shown(text).unwrap(), expected);
    }

    #[test]
    fn a_version_at_the_end_of_numbers_leaves_the_range_open() {
        let last = format!("1.0.{}", u64::MAX);
        let text = format!(r#"{{"introduced":"0"}},{{"last_affected":"{last}"}}"#);
        assert_eq!(shown(&events(&text)).unwrap(), [".."]);
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        let cases = [
            ("{}".to_owned(), "does not say"),
            (r#"{"versions":null,"ranges":null}"#.to_owned(), "does not say"),
            (events(""), "does not say"),
            (events(r#"{"fixed":"1.0.0"}"#), "does not say"),
            (events(r#"{"introduced":"one"}"#), "invalid version `one`"),
        ];
        for (text, reason) in cases {
            let message = shown(&text).unwrap_err();
            assert!(message.contains(reason), "{message}\n{text}");
        }
    }
}
