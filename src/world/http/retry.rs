//! What a status and its headers mean: an answer, an end, or another try and when.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::question::Unanswered;
use crate::model::Missing;

/// How often a question is tried before it is given up.
pub(super) const TRIES: u32 = 4;

/// The longest random delay after the first try; it doubles with each.
const FIRST_DELAY: Duration = Duration::from_millis(500);

/// GitHub asks for a minute of silence where it limits the rate and does not say for how long.
pub(super) const UNSAID_WAIT: Duration = Duration::from_secs(60);

/// What is to be done with an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Hand it on.
    Good,
    /// The remembered answer still holds.
    Unchanged,
    /// The question has no answer.
    Final(Unanswered),
    /// Ask again, not before the wait where one is given.
    Again(Unanswered, Option<Duration>),
}

/// Judges an answer at a moment by the local clock. The start of the body is enough.
pub(super) fn judge(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Verdict {
    let code = status.as_u16();
    let failed = |why| Unanswered::new(why, format!("the source answered with status {code}"));
    let limited = || Unanswered::because(Missing::RateLimited);
    match code {
        200..=299 => Verdict::Good,
        304 => Verdict::Unchanged,
        404 | 410 => Verdict::Final(failed(Missing::NotFound)),
        403 if !speaks_of_a_limit(headers, body) => Verdict::Final(failed(Missing::Refused)),
        403 => Verdict::Again(limited(), Some(wait(headers, now).unwrap_or(UNSAID_WAIT))),
        429 => Verdict::Again(limited(), wait(headers, now)),
        502..=504 => Verdict::Again(failed(Missing::Unreachable), retry_after(headers, now)),
        400..=499 => Verdict::Final(failed(Missing::Refused)),
        500..=599 => Verdict::Final(failed(Missing::Unreachable)),
        _ => Verdict::Final(failed(Missing::NotUnderstood)),
    }
}

/// How long the source is to be left alone after any answer, even a good one: the time until its
/// count of requests starts anew, where the count is used up.
pub(super) fn wait_for_reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    if text(headers, "x-ratelimit-remaining")? != "0" {
        return None;
    }
    let reset = text(headers, "x-ratelimit-reset")?.parse().ok()?;
    until(Timestamp::from_second(reset).ok()?, headers, now)
}

/// A random delay before the next try, after this many: full jitter over exponential growth
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
pub(super) fn delay(tries: u32) -> Duration {
    let longest = FIRST_DELAY * 2_u32.saturating_pow(tries.saturating_sub(1)).min(64);
    longest.mul_f64(fastrand::f64())
}

fn speaks_of_a_limit(headers: &HeaderMap, body: &[u8]) -> bool {
    let says_so = || {
        let start = body.get(..4_096).unwrap_or(body);
        memchr::memmem::find(&start.to_ascii_lowercase(), b"rate limit").is_some()
    };
    headers.contains_key(RETRY_AFTER)
        || text(headers, "x-ratelimit-remaining") == Some("0")
        || says_so()
}

fn wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    retry_after(headers, now).or_else(|| wait_for_reset(headers, now))
}

/// Seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER.as_str())?;
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(date(value)?, headers, now),
    }
}

/// The time from an answer until a moment. The source's own clock counts where it says it, so
/// that a wrong local one does no harm.
fn until(moment: Timestamp, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let asked = text(headers, DATE.as_str()).and_then(date).unwrap_or(now);
    let seconds = moment.as_second().saturating_sub(asked.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// 2026-01-01T00:00:00Z.
    const NOW: i64 = 1_767_225_600;

    fn judged(code: u16, headers: &[(&str, &str)], body: &str) -> (Option<Missing>, Option<u64>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let now = Timestamp::from_second(NOW).unwrap();
        match judge(StatusCode::from_u16(code).unwrap(), &map, body.as_bytes(), now) {
            Verdict::Good | Verdict::Unchanged => (None, None),
            Verdict::Final(unanswered) => (Some(unanswered.why), None),
            Verdict::Again(unanswered, wait) => {
                (Some(unanswered.why), Some(wait.map_or(u64::MAX, |wait| wait.as_secs())))
            }
        }
    }

    #[test]
    fn a_status_means_an_end_or_another_try_and_when() {
        use Missing::{NotFound, NotUnderstood, RateLimited, Refused, Unreachable};
        const UNSAID: u64 = u64::MAX;
        let later = ("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT");
        let none_left = ("x-ratelimit-remaining", "0");
        let reset = ("x-ratelimit-reset", "1767229200");
        type Case<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, Option<Missing>, Option<u64>);
        let cases: &[Case<'_>] = &[
            (200, &[], "", None, None),
            (304, &[], "", None, None),
            (300, &[], "", Some(NotUnderstood), None),
            (400, &[], "", Some(Refused), None),
            (401, &[], "", Some(Refused), None),
            (403, &[], "", Some(Refused), None),
            (403, &[], "You exceeded a secondary Rate Limit", Some(RateLimited), Some(60)),
            (403, &[("retry-after", "7")], "", Some(RateLimited), Some(7)),
            (403, &[none_left, reset], "", Some(RateLimited), Some(3_600)),
            (403, &[("x-ratelimit-remaining", "9"), reset], "", Some(Refused), None),
            (404, &[], "", Some(NotFound), None),
            (410, &[], "", Some(NotFound), None),
            (429, &[], "", Some(RateLimited), Some(UNSAID)),
            (429, &[("retry-after", "0")], "", Some(RateLimited), Some(0)),
            (429, &[("retry-after", "soon")], "", Some(RateLimited), Some(UNSAID)),
            (429, &[("retry-after", "-5")], "", Some(RateLimited), Some(UNSAID)),
            (429, &[later], "", Some(RateLimited), Some(30)),
            // The source's clock is ten seconds ahead of the local one.
            (
                429,
                &[later, ("date", "Thu, 01 Jan 2026 00:00:10 GMT")],
                "",
                Some(RateLimited),
                Some(20),
            ),
            (429, &[none_left, reset], "", Some(RateLimited), Some(3_600)),
            (500, &[], "", Some(Unreachable), None),
            (503, &[("retry-after", "2")], "", Some(Unreachable), Some(2)),
            (504, &[], "", Some(Unreachable), Some(UNSAID)),
        ];
        for (code, headers, body, why, wait) in cases {
            assert_eq!(judged(*code, headers, body), (*why, *wait), "{code} {headers:?} {body}");
        }
    }

    #[test]
    fn delays_are_random_and_bounded() {
        for (tries, longest_ms) in [(1, 500), (2, 1_000), (3, 2_000), (1_000, 32_000)] {
            let delays: Vec<_> = (0..50).map(|_| delay(tries)).collect();
            let longest = Duration::from_millis(longest_ms);
            assert!(delays.iter().all(|delay| *delay < longest), "{tries}");
            assert!(delays.iter().any(|delay| *delay > longest / 4), "{tries}");
        }
    }
}
