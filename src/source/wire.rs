//! What the sources asked over HTTP share: statuses, JSON bodies, bounded texts, parts of
//! addresses.

use std::fmt::Write;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Answer;
use crate::model::Missing;

/// Longest text of somebody else's that is kept, in bytes.
const LONGEST_TEXT: usize = 1024;

/// A time; one that cannot be understood is an absent one.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(from = "Option<String>")]
pub(super) struct Time(pub(super) Option<Timestamp>);

impl From<Option<String>> for Time {
    fn from(text: Option<String>) -> Self {
        Self(text.and_then(|text| text.parse().ok()))
    }
}

/// Reads the body of a successful answer.
///
/// # Errors
/// Why there is none: by the status, or as the body is not the JSON expected.
pub(super) fn json<T: DeserializeOwned>(answer: &Answer) -> Result<T, Missing> {
    match refusal(answer) {
        None => serde_json::from_slice(&answer.body).map_err(|_| Missing::NotUnderstood),
        Some(why) => Err(why),
    }
}

/// Why an answer brings nothing; `None` for a successful one.
///
/// Limits are told by 429 and, as the forges do for their secondary limits, by 403 or 503 with
/// `retry-after` or with nothing remaining.
pub(super) fn refusal(answer: &Answer) -> Option<Missing> {
    let is_limited = answer.header("retry-after").is_some()
        || answer.header("x-ratelimit-remaining").or(answer.header("ratelimit-remaining"))
            == Some("0");
    match answer.status {
        200..=299 => None,
        429 => Some(Missing::RateLimited),
        403 | 503 if is_limited => Some(Missing::RateLimited),
        401 => Some(Missing::NoToken),
        404 | 410 => Some(Missing::NotFound),
        300..=399 | 500..=599 => Some(Missing::Unreachable),
        _ => Some(Missing::Refused),
    }
}

/// The text, cut at 1 KiB.
pub(super) fn bounded(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT).rev().find(|&end| text.is_char_boundary(end));
        text.truncate(end.unwrap_or(0));
    }
    text
}

/// A text as one segment of a path: everything but letters, digits, `-`, `.`, `_` and `~`
/// percent-encoded (RFC 3986), and a segment that is only dots as well.
pub(super) fn segment(text: &str) -> String {
    let dots = text.bytes().all(|byte| byte == b'.');
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) || byte == b'.' && !dots;
        if plain {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// An address without slashes at its end, to continue with a path.
pub(super) fn base(address: &str) -> &str {
    address.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_tells_why_nothing_came() {
        let limited = ("retry-after", "60");
        let none_left = ("x-ratelimit-remaining", "0");
        let cases = [
            (200, None, None),
            (301, None, Some(Missing::Unreachable)),
            (401, None, Some(Missing::NoToken)),
            (403, None, Some(Missing::Refused)),
            (403, Some(limited), Some(Missing::RateLimited)),
            (403, Some(none_left), Some(Missing::RateLimited)),
            (404, None, Some(Missing::NotFound)),
            (429, None, Some(Missing::RateLimited)),
            (451, None, Some(Missing::Refused)),
            (502, None, Some(Missing::Unreachable)),
            (503, Some(limited), Some(Missing::RateLimited)),
        ];
        for (status, header, expected) in cases {
            let headers = header.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let headers = headers.into_iter().collect();
            let answer = Answer { status, headers, body: b"1".to_vec() };
            assert_eq!(refusal(&answer), expected, "{status}");
            assert_eq!(json::<u8>(&answer).err(), expected, "{status}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let cases = [
            ("serde_json", "serde_json"),
            ("a/b", "a%2Fb"),
            ("..", "%2E%2E"),
            ("1.0+é?#", "1.0%2B%C3%A9%3F%23"),
        ];
        for (text, expected) in cases {
            assert_eq!(segment(text), expected);
        }
        assert_eq!(bounded("é".repeat(600)).len(), 1024);
        assert_eq!(bounded("a".repeat(1023) + "é").len(), 1023);
    }
}
