//! The EPSS scores in use: given by the user, or updated. There are none inside the program: they
//! change every day.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use jiff::civil::Date;

use super::MAXIMUM_SNAPSHOT_BYTES;
use super::exploited::cached;
use super::folder::read_bounded;
use crate::advisory::epss::{NAME, Scores};
use crate::model::{Database, Diagnostic, Error, Failure, Level, Origin};
use crate::source::epss;
use crate::world::cache::CacheDir;

/// The user's updated scores, in the cache directory.
pub(super) const TABLE: &str = "epss.tsv";

/// How FIRST allows its scores to be used; no SPDX licence.
const LICENCE: &str = "NOASSERTION";

/// The largest table that is read, in bytes after decompression; the real one has 10 MB.
const MAXIMUM_BYTES: u64 = 128 << 20;

/// The first bytes of what `gzip` wrote.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The scores in use and where they come from: the given table, or else the updated one; none
/// where there is neither. An updated table that cannot be read is a warning.
///
/// # Errors
/// Where the given file is no such table.
#[expect(clippy::type_complexity, reason = "a table, what it is, and what was wrong with it")]
pub fn scores(
    given: Option<&Path>,
    cache: &CacheDir,
) -> Result<(Option<(Scores, Database)>, Option<Diagnostic>), Error> {
    let path = given.map(Path::to_owned).or_else(|| cache.path_of(TABLE));
    let path = path.map(|path| path.display().to_string());
    let (scores, origin) = match given {
        Some(path) => (read(path)?, Origin::Given),
        None => match updated(cache) {
            None => return Ok((None, None)),
            Some(Ok(scores)) => (scores, Origin::Updated),
            Some(Err(error)) => {
                let message = format!("{}; run `headwater db update`", error.message);
                let warning = Diagnostic { level: Level::Warning, path, line: error.line, message };
                return Ok((None, Some(warning)));
            }
        },
    };
    let database = Database {
        name: NAME.to_owned(),
        origin,
        path,
        commit: None,
        date: Some(scores.date),
        licence: LICENCE.to_owned(),
        advisories: scores.scores.len(),
        skipped: 0,
    };
    Ok((Some((scores, database)), None))
}

/// The updated scores, where there are any.
pub(super) fn updated(cache: &CacheDir) -> Option<Result<Scores, Error>> {
    Some(cached(cache, TABLE)?.and_then(|text| Scores::from_text(&text)))
}

/// Understands FIRST's CSV file, compressed or not, and keeps the scores of wanted identifiers.
///
/// # Errors
/// Where it is no such file.
pub(super) fn understand(bytes: &[u8], wanted: &dyn Fn(&str) -> bool) -> Result<Scores, Error> {
    let mut text = String::new();
    let problem = |_| Error::input("is no table of EPSS scores: cannot be decompressed");
    if bytes.starts_with(&GZIP) {
        let mut decoder = GzDecoder::new(bytes).take(MAXIMUM_BYTES + 1);
        decoder.read_to_string(&mut text).map_err(problem)?;
    } else {
        let mut plain = bytes.take(MAXIMUM_BYTES + 1);
        plain.read_to_string(&mut text).map_err(|_| Error::input("is not UTF-8 text"))?;
    }
    if text.len() as u64 > MAXIMUM_BYTES {
        return Err(Error::input(format!("is larger than {} MiB", MAXIMUM_BYTES >> 20)));
    }
    let table = epss::parse(&text, wanted)?;
    Ok(Scores { date: table.date, total: table.total, scores: table.scores })
}

fn read(path: &Path) -> Result<Scores, Error> {
    let bytes = read_bounded(path, MAXIMUM_SNAPSHOT_BYTES).map_err(Error::input);
    bytes.and_then(|bytes| understand(&bytes, &|_| true)).map_err(|error| {
        Error { failure: Failure::Source, ..error }
            .at(path)
            .help("name FIRST's `epss_scores-current.csv`, compressed or not")
    })
}

/// Scores of nothing, for an audit without a table.
pub fn none(on: Date) -> Scores {
    Scores { date: on, total: 0, scores: std::collections::BTreeMap::new() }
}
