//! What the cache remembers of a history: hashed identities, times and tags.
//!
//! Layout: the magic, the format number and the checksum of the rest (little-endian `u32` each),
//! the rest.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::salt::Salt;
use crate::model::{Commit, History, Person, PersonIndex, Tag};
use crate::world::cache::CacheDir;

const MAGIC: &[u8; 8] = b"hwhist\r\n";
/// Raised with every change of the layout or of what a history holds.
const FORMAT: u32 = 1;

/// A history as of a state of its references.
pub(super) struct Memo {
    /// The state of the references, by [`super::read::state`].
    pub(super) state: [u8; 32],
    /// The day it was learned that this is the state.
    pub(super) learned: Date,
    pub(super) history: History,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    state: [u8; 32],
    learned: String,
    people: Vec<WirePerson>,
    commits: Vec<WireCommit>,
    tags: Vec<WireTag>,
}

#[derive(Serialize, Deserialize)]
struct WirePerson {
    identity: String,
    organisation: Option<String>,
    bot: bool,
}

#[derive(Serialize, Deserialize)]
struct WireCommit {
    author: u32,
    co_authors: Vec<u32>,
    /// Seconds since the commit before in the list.
    after_seconds: i64,
    merge: bool,
}

#[derive(Serialize, Deserialize)]
struct WireTag {
    name: String,
    made_seconds: i64,
    by: Option<u32>,
}

impl Memo {
    /// What is remembered of a subject; `None` where there is nothing or it cannot be used.
    pub(super) fn read(cache: &CacheDir, salt: &Salt, subject: &str) -> Option<Self> {
        Self::decode(&cache.read(&file_name(salt, subject))?)
    }

    /// Remembers a subject. A cache that cannot be written remembers nothing, which costs time
    /// and no fact.
    pub(super) fn write(&self, cache: &CacheDir, salt: &Salt, subject: &str) {
        let _ = cache.write(&file_name(salt, subject), &self.encode());
    }

    fn encode(&self) -> Vec<u8> {
        let body = postcard::to_stdvec(&Wire::of(self))
            .expect("every length is known, and a vector takes every byte");
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&FORMAT.to_le_bytes());
        file.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
        file.extend_from_slice(&body);
        file
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (format, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (crc, body) = rest.split_first_chunk()?;
        let valid = u32::from_le_bytes(*format) == FORMAT
            && u32::from_le_bytes(*crc) == crc32fast::hash(body);
        if !valid {
            return None;
        }
        postcard::from_bytes::<Wire>(body).ok()?.memo()
    }
}

impl Wire {
    fn of(memo: &Memo) -> Self {
        let History { people, commits, tags } = &memo.history;
        let person = |person: &Person| WirePerson {
            identity: person.identity.clone(),
            organisation: person.organisation.clone(),
            bot: person.bot,
        };
        let tag = |tag: &Tag| WireTag {
            name: tag.name.clone(),
            made_seconds: tag.made.as_second(),
            by: tag.by.map(|by| by.0),
        };
        let mut before = 0;
        let commit = |commit: &Commit| {
            let seconds = commit.authored.as_second();
            WireCommit {
                author: commit.author.0,
                co_authors: commit.co_authors.iter().map(|person| person.0).collect(),
                after_seconds: seconds - std::mem::replace(&mut before, seconds),
                merge: commit.merge,
            }
        };
        Self {
            state: memo.state,
            learned: memo.learned.to_string(),
            people: people.iter().map(person).collect(),
            commits: commits.iter().map(commit).collect(),
            tags: tags.iter().map(tag).collect(),
        }
    }

    fn memo(self) -> Option<Memo> {
        let person = |wire: WirePerson| {
            let WirePerson { identity, organisation, bot } = wire;
            Person { identity, organisation, bot }
        };
        let tag = |wire: WireTag| {
            let made = Timestamp::from_second(wire.made_seconds).ok()?;
            Some(Tag { name: wire.name, made, by: wire.by.map(PersonIndex) })
        };
        let mut seconds: i64 = 0;
        let commit = |wire: WireCommit| {
            seconds = seconds.checked_add(wire.after_seconds)?;
            Some(Commit {
                author: PersonIndex(wire.author),
                co_authors: wire.co_authors.into_iter().map(PersonIndex).collect(),
                authored: Timestamp::from_second(seconds).ok()?,
                merge: wire.merge,
            })
        };
        let history = History {
            people: self.people.into_iter().map(person).collect(),
            commits: self.commits.into_iter().map(commit).collect::<Option<_>>()?,
            tags: self.tags.into_iter().map(tag).collect::<Option<_>>()?,
        };
        Some(Memo { state: self.state, learned: self.learned.parse().ok()?, history })
    }
}

/// One file per subject. The name tells nobody without the salt which one.
fn file_name(salt: &Salt, subject: &str) -> String {
    format!("history/{}.memo", salt.short(&[b"subject", subject.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn memo() -> Memo {
        let person = |identity: &str, organisation: Option<&str>, bot| Person {
            identity: identity.into(),
            organisation: organisation.map(str::to_owned),
            bot,
        };
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let commit = |author, co_authors: &[u32], at, merge| Commit {
            author: PersonIndex(author),
            co_authors: co_authors.iter().copied().map(PersonIndex).collect(),
            authored: time(at),
            merge,
        };
        let history = History {
            people: vec![person("aa", Some("company.example"), false), person("bb", None, true)],
            commits: vec![
                commit(0, &[1], "2024-01-01T00:00:00Z", false),
                commit(1, &[], "1969-01-01T00:00:00Z", true),
            ],
            tags: vec![Tag {
                name: "v1".into(),
                made: time("2024-01-02T00:00:00Z"),
                by: Some(PersonIndex(1)),
            }],
        };
        Memo { state: [7; 32], learned: date(2024, 1, 3), history }
    }

    #[test]
    fn what_was_remembered_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().to_owned()));
        let salt = Salt::of(&cache);
        memo().write(&cache, &salt, "a");
        let read = Memo::read(&cache, &salt, "a").unwrap();
        assert_eq!((read.state, read.learned), ([7; 32], date(2024, 1, 3)));
        assert_eq!(read.history, memo().history);
        assert!(Memo::read(&cache, &salt, "b").is_none());
        let other = Salt::of(&CacheDir::locate(Some(folder.path().join("other"))));
        assert!(Memo::read(&cache, &other, "a").is_none());
    }

    #[test]
    fn a_damaged_memo_is_never_believed() {
        let written = memo().encode();
        assert!(Memo::decode(&written).is_some());
        for at in 0..written.len() {
            let mut flipped = written.clone();
            flipped[at] ^= 0x10;
            assert!(Memo::decode(&flipped).is_none(), "flipped at {at}");
            assert!(Memo::decode(&written[..at]).is_none(), "cut at {at}");
        }
    }
}
