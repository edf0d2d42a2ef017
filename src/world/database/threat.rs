//! Fetching what tells how likely exploitation is: CISA's list and FIRST's scores.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::epss::{self, TABLE};
use super::exploited::{self, LIST};
use crate::advisory::exploited::Exploited;
use crate::advisory::{AdvisoryIndex, epss::Scores};
use crate::model::{Error, Failure};
use crate::source::{Request, kev};
use crate::world::cache::CacheDir;
use crate::world::http::{Access, Heard, Kind, Network, Pace, Question};

/// Where CISA's catalogue of exploited vulnerabilities (KEV) is.
pub const KEV_ADDRESS: &str =
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";

/// Where FIRST's EPSS scores of the day are.
pub const EPSS_ADDRESS: &str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";

/// Share of the entries in use that a new list or table has to have to be believed.
const LEAST_SHARE: f64 = 0.9;

/// Fetches the list and the table and puts them in the place of those in use, each on its own.
/// What cannot be fetched or read, is older, or has lost more than a tenth leaves the old one.
///
/// Returns what went wrong, one error for each of the two.
pub fn update_threat(
    cache: &CacheDir,
    network: &Network,
    [kev, epss]: [&str; 2],
    advisories: &AdvisoryIndex,
) -> Vec<Error> {
    let mut answers = fetch(network, [kev, epss]).into_iter();
    let mut next = || answers.next().unwrap_or_else(|| Err("no answer".to_owned()));
    let list = next().map_err(|why| cannot_fetch(kev, &why)).and_then(|body| {
        store_list(cache, &body)
            .map_err(|error| kept(error, kev, "list of exploited vulnerabilities"))
    });
    let table = next().map_err(|why| cannot_fetch(epss, &why)).and_then(|body| {
        store_table(cache, &body, advisories).map_err(|error| kept(error, epss, "EPSS scores"))
    });
    [list.err(), table.err()].into_iter().flatten().collect()
}

fn fetch(network: &Network, addresses: [&str; 2]) -> Vec<Result<Vec<u8>, String>> {
    let question = |address: &str| Question {
        request: Request::get(address),
        kind: Kind::Batch,
        pace: Pace::USUAL,
        access: Access::Open,
    };
    let mut answers: Vec<Result<Vec<u8>, String>> = vec![Err("no answer".to_owned()); 2];
    network.ask(&addresses.map(question), &mut |position, heard| {
        if let Heard::Answered(answer) = heard {
            answers[position] =
                answer.map(|learned| learned.answer.body).map_err(|why| why.to_string());
        }
    });
    answers
}

fn store_list(cache: &CacheDir, body: &[u8]) -> Result<(), Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::input("is not UTF-8 text"))?;
    let catalogue = kev::parse(text)?;
    let list = Exploited::new(catalogue.date, &catalogue.added);
    let embedded = Exploited::embedded();
    let old = match exploited::updated(cache) {
        Some(Ok(updated)) if updated.date() >= embedded.date() => updated,
        _ => embedded,
    };
    compare((list.date(), list.len()), (old.date(), old.len()))?;
    cache.write(LIST, list.to_text().as_bytes()).map_err(|error| not_written(&error))
}

fn store_table(cache: &CacheDir, body: &[u8], advisories: &AdvisoryIndex) -> Result<(), Error> {
    let names = advisories.iter().flat_map(|it| [&it.id].into_iter().chain(&it.aliases));
    let wanted: BTreeSet<&str> = names.map(String::as_str).collect();
    let new = epss::understand(body, &|cve| wanted.contains(cve))?;
    if let Some(Ok(Scores { date, total, .. })) = epss::updated(cache) {
        compare((new.date, new.total), (date, total))?;
    }
    cache.write(TABLE, new.to_text().as_bytes()).map_err(|error| not_written(&error))
}

/// Whether what is new may take the place of what is in use.
fn compare(new: (Date, usize), old: (Date, usize)) -> Result<(), Error> {
    if new.0 < old.0 {
        return Err(Error::input(format!("is dated {}, before the one in use, {}", new.0, old.0)));
    }
    if (new.1 as f64) < old.1 as f64 * LEAST_SHARE {
        let message = format!("has {} entries, the one in use {}", new.1, old.1);
        return Err(Error::input(message));
    }
    Ok(())
}

fn cannot_fetch(address: &str, why: &str) -> Error {
    Error::new(Failure::Source, format!("`{address}` cannot be fetched: {why}"))
        .help("the old copy stays in use; try again, or leave it with `--advisories-only`")
}

fn kept(error: Error, address: &str, what: &str) -> Error {
    let message = format!("`{address}` {}; the old {what} stay in use", error.message);
    Error::new(Failure::Source, message)
}

fn not_written(error: &std::io::Error) -> Error {
    Error::input(format!("cannot be kept: {error}"))
}
