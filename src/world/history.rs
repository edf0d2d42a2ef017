//! Histories of upstream projects, from local clones or fetched with the `git` program.
//!
//! **Privacy.** A history says who worked on what and when, so as little as possible is kept.
//! E-mail addresses are read, hashed with a salt of this cache directory, and forgotten; of the
//! address only the domain remains, and only where it is no public mail provider's. Names are
//! looked at to tell bots apart and forgotten. What is kept in the cache is the hashed history
//! alone. A clone holds every address inside its packs, so the clone itself is temporary: it is
//! made in a private folder, read, and deleted, and what a crash leaves behind is deleted by the
//! next run. Asking again costs one round trip while nothing has changed (`git ls-remote`) and a
//! new treeless clone otherwise, about half a kilobyte for each commit. Whoever prefers lasting
//! clones keeps a folder of mirrors; those are the user's own and only read.

mod clone;
mod mailmap;
mod memo;
mod mirror;
mod people;
mod read;
mod salt;
mod wire;

pub use mirror::mirror;
pub use read::read;
pub use salt::Salt;

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::cache::CacheDir;
use crate::model::{History, Missing, Sourced};
use memo::Memo;

/// No time limit is longer, so that it ends at a time the clock can tell.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How a remote repository may be asked.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    /// The day it is today.
    pub today: Date,
    /// Take what was learned less than so many days ago without asking; 0 to always ask. `None`
    /// never asks and takes what was learned at any time.
    pub max_age_days: Option<u32>,
    /// How long asking may take.
    pub time_limit: Duration,
}

/// The history of a clone on this machine, with or without a working tree. It is remembered in
/// the cache until its head or tags change.
///
/// # Errors
/// [`Missing::NotUnderstood`] for what is no repository or a damaged one, [`Missing::CutOff`]
/// for a shallow one.
pub fn of_folder(
    folder: &Path,
    cache: &CacheDir,
    today: Date,
) -> Result<Sourced<History>, Missing> {
    let salt = Salt::of(cache);
    let subject = folder.to_string_lossy();
    let source = read::Source::open(folder)?;
    let state = source.state(&salt);
    let remembered = Memo::read(cache, &salt, &subject).filter(|memo| memo.state == state);
    let history = match remembered {
        Some(memo) => memo.history,
        None => {
            let memo = Memo { state, learned: today, history: source.history(&salt)? };
            memo.write(cache, &salt, &subject);
            memo.history
        }
    };
    Ok(Sourced { value: history, from: subject.into_owned(), on: today })
}

/// The history of the main branch of a remote repository, at an `https://`, `ssh://` or
/// `file://` address. What was learned earlier is taken while it is fresh, or where asking
/// fails; its day says how old it is.
///
/// # Errors
/// Where nothing was learned earlier: [`Missing::NotAsked`] if it may not ask, else why asking
/// failed.
pub fn of_remote(
    url: &str,
    cache: &CacheDir,
    asking: &Asking,
) -> Result<Sourced<History>, Missing> {
    let salt = Salt::of(cache);
    let remembered = Memo::read(cache, &salt, url);
    let fresh = |memo: &Memo| {
        let age_days = (asking.today - memo.learned).get_days();
        asking.max_age_days.is_none_or(|most| i64::from(age_days) < i64::from(most))
    };
    let memo = match remembered {
        Some(memo) if fresh(&memo) => memo,
        None if asking.max_age_days.is_none() => return Err(Missing::NotAsked),
        remembered => ask(url, cache, &salt, asking, remembered)?,
    };
    Ok(Sourced { value: memo.history, from: url.to_owned(), on: memo.learned })
}

fn ask(
    url: &str,
    cache: &CacheDir,
    salt: &Salt,
    asking: &Asking,
    remembered: Option<Memo>,
) -> Result<Memo, Missing> {
    let deadline = Instant::now() + asking.time_limit.min(LONGEST);
    let folder = clone::temporary(cache).map_err(|_| Missing::NotUnderstood)?;
    let asked = clone::refs(url, folder.path(), deadline).and_then(|refs| {
        let state = read::state(&refs, salt);
        let history = match &remembered {
            Some(memo) if memo.state == state => memo.history.clone(),
            _ if refs.is_empty() => History::default(),
            _ => clone::history(url, folder.path(), salt, deadline)?,
        };
        Ok(Memo { state, learned: asking.today, history })
    });
    match (asked, remembered) {
        (Ok(memo), _) => {
            memo.write(cache, salt, url);
            Ok(memo)
        }
        (Err(_), Some(stale)) => Ok(stale),
        (Err(why), None) => Err(why),
    }
}
