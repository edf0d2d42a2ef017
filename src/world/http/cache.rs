//! Answers kept in the cache directory, one file each.
//!
//! Layout of a file: the magic, the format number and the checksum of the rest (little-endian
//! `u32` each), the entry.

use std::io;

use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::source::{Answer, Method, Request};
use crate::world::cache::CacheDir;

const MAGIC: &[u8; 8] = b"hwhttp\r\n";
/// The folder of the cache directory that holds the answers.
pub(super) const FOLDER: &str = "http";
/// Raised with every change of the layout or of the entry.
const FORMAT: u32 = 1;

/// An answer and when the source gave or confirmed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) learned: Timestamp,
    pub(super) answer: Answer,
}

#[derive(Serialize, Deserialize)]
struct WireEntry<'a> {
    learned_seconds: i64,
    status: u16,
    #[serde(borrow)]
    headers: Vec<(&'a str, &'a str)>,
    body: &'a [u8],
}

/// What is remembered of a request. A damaged file is as good as none: the source is asked again.
pub(super) fn read(cache: &CacheDir, request: &Request) -> Option<Entry> {
    decode(&cache.read(&file_name(request))?)
}

/// Remembers an answer.
///
/// # Errors
/// Where the cache directory cannot be written.
pub(super) fn write(cache: &CacheDir, request: &Request, entry: &Entry) -> io::Result<()> {
    cache.write(&file_name(request), &encode(entry)?)
}

/// Forgets what is remembered of a request.
pub(super) fn forget(cache: &CacheDir, request: &Request) {
    if let Some(path) = cache.path_of(&file_name(request)) {
        // Where it cannot be removed it is asked for again when it is too old.
        let _ = std::fs::remove_file(path);
    }
}

/// The name is a digest of the whole request. Neither it nor the file holds the address, which
/// may carry a password, and a request carries no token.
fn file_name(request: &Request) -> String {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let mut digest = Context::new(&SHA256);
    let mut add = |part: &str| {
        // With its length before it, no part can be taken for the end of the one before.
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    };
    add(method);
    add(&request.url);
    for (name, value) in &request.headers {
        add(name);
        add(value);
    }
    add(request.body.as_deref().unwrap_or_default());
    let digest = digest.finish();
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{FOLDER}/{hex}")
}

fn encode(entry: &Entry) -> io::Result<Vec<u8>> {
    let Answer { status, headers, body } = &entry.answer;
    let wire = WireEntry {
        learned_seconds: entry.learned.as_second(),
        status: *status,
        headers: headers.iter().map(|(name, value)| (&name[..], &value[..])).collect(),
        body,
    };
    let wire = postcard::to_stdvec(&wire).map_err(io::Error::other)?;
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&FORMAT.to_le_bytes());
    file.extend_from_slice(&crc32fast::hash(&wire).to_le_bytes());
    file.extend_from_slice(&wire);
    Ok(file)
}

fn decode(file: &[u8]) -> Option<Entry> {
    let rest = file.strip_prefix(MAGIC)?.strip_prefix(&FORMAT.to_le_bytes())?;
    let (checksum, wire) = rest.split_first_chunk()?;
    if crc32fast::hash(wire) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let wire: WireEntry<'_> = postcard::from_bytes(wire).ok()?;
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let answer = Answer {
        status: wire.status,
        headers: wire.headers.iter().map(owned).collect(),
        body: wire.body.to_vec(),
    };
    Some(Entry { learned: Timestamp::from_second(wire.learned_seconds).ok()?, answer })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let headers = vec![("etag".to_owned(), "\"1\"".to_owned())];
        let answer = Answer { status: 200, headers, body: b"body".to_vec() };
        Entry { learned: Timestamp::from_second(1_700_000_000).unwrap(), answer }
    }

    #[test]
    fn what_was_written_is_read_and_damage_is_noticed() {
        let file = encode(&entry()).unwrap();
        assert_eq!(decode(&file), Some(entry()));
        for at in 0..file.len() {
            let mut flipped = file.clone();
            flipped[at] ^= 0x10;
            assert_eq!(decode(&flipped), None, "flipped at {at}");
            assert_eq!(decode(&file[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn every_part_of_a_request_is_in_the_name() {
        let plain = Request::get("https://a.example/x");
        let others = [
            Request::get("https://a.example/y"),
            Request { method: Method::Post, ..plain.clone() },
            Request { headers: vec![("accept", "b".into())], ..plain.clone() },
            Request { body: Some("accept".into()), ..plain.clone() },
        ];
        let mut names: Vec<_> = others.iter().chain([&plain]).map(file_name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 5);
        // SHA-256 of the lengths (little-endian 64 bit) and texts, computed with another program.
        assert_eq!(
            file_name(&plain),
            "http/85713c52e632efe1b76c730befc1e6bb89a3c1c1dcd123cf18f1c7fc5828dec1"
        );
    }
}
