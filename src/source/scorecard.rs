//! OpenSSF Scorecard results.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::wire::{base, bounded, json, segment};
use super::{Answer, Request};
use crate::model::{Missing, Scorecard};

/// Where the results of the weekly scan are published.
pub const ENDPOINT: &str = "https://api.scorecard.dev";

/// Most checks kept of one result; there are about twenty.
const MOST_CHECKS: usize = 200;

/// Asks for the newest result of the repository at `host` and `path`, such as `owner/name`.
pub fn request(host: &str, path: &str, endpoint: &str) -> Request {
    let path: Vec<String> = path.split('/').map(segment).collect();
    Request::get(format!("{}/projects/{}/{}", base(endpoint), segment(host), path.join("/")))
}

/// Understands a result. A negative score, or one above 10, is an inconclusive check.
///
/// # Errors
/// Why there is none. A result without checks (as of probes) is one that is not understood.
pub fn understand(answer: &Answer) -> Result<Scorecard, Missing> {
    let result: ResultFile = json(answer)?;
    let told = |text: Option<String>| text.filter(|it| !it.is_empty() && it != "unknown");
    let checks = result.checks.into_iter().take(MOST_CHECKS);
    let checks: BTreeMap<_, _> =
        checks.map(|check| (bounded(check.name), score(check.score))).collect();
    Ok(Scorecard {
        date: result.date.as_deref().and_then(date),
        commit: told(result.repo.commit).map(bounded),
        version: told(result.scorecard.version).map(bounded),
        checks,
    })
}

fn score(score: f64) -> Option<u8> {
    // In range, so that the conversion keeps the value.
    (0.0..=10.0).contains(&score).then_some(score as u8)
}

/// The day of `2024-02-01` and of `2024-02-01T10:30:43-06:00`.
fn date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

#[derive(Deserialize)]
struct ResultFile {
    date: Option<String>,
    #[serde(default)]
    repo: Commit,
    #[serde(default)]
    scorecard: Tool,
    checks: Vec<Check>,
}

#[derive(Default, Deserialize)]
struct Commit {
    commit: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tool {
    version: Option<String>,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    score: f64,
}
