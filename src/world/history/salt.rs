//! The secret that identities of one cache directory are hashed with.

use std::fs;
use std::io::{self, Write};

use ring::digest::{Context, SHA256};

use crate::world::cache::CacheDir;

const FILE: &str = "history/salt";
const BYTES: usize = 32;

/// A secret of one cache directory. Without it nobody can test whether an e-mail address is
/// among the hashed ones; two cache directories give one person two identities.
#[derive(Clone)]
pub struct Salt([u8; BYTES]);

impl Salt {
    /// The salt of a cache directory, made once and then kept. Where it cannot be kept, it
    /// serves this time only.
    pub fn of(cache: &CacheDir) -> Self {
        let read = || cache.read(FILE).and_then(|bytes| Some(Self(bytes.try_into().ok()?)));
        read().unwrap_or_else(|| {
            let made = Self::random();
            // Another process may have been faster; its salt then holds.
            match made.keep(cache) {
                Ok(()) => made,
                Err(_) => read().unwrap_or(made),
            }
        })
    }

    fn random() -> Self {
        let mut salt = [0; BYTES];
        getrandom::fill(&mut salt)
            .expect("the system has a source of chance: the maps of the standard library need it");
        Self(salt)
    }

    fn keep(&self, cache: &CacheDir) -> io::Result<()> {
        let path = cache.path_of(FILE).ok_or(io::ErrorKind::NotFound)?;
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&self.0)?;
        // A damaged salt is of no use to anybody.
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() != BYTES as u64) {
            fs::remove_file(&path)?;
        }
        file.persist_noclobber(&path)?;
        Ok(())
    }

    /// SHA-256 of the salt and the parts, each with its length before it.
    pub(super) fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut digest = Context::new(&SHA256);
        digest.update(&self.0);
        for part in parts {
            digest.update(&(part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    /// The first 64 bits of [`Self::hash`] in hexadecimal.
    pub(super) fn short(&self, parts: &[&[u8]]) -> String {
        self.hash(parts).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_made_once_for_each_cache_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let cache = |name: &str| CacheDir::locate(Some(folder.path().join(name)));
        let identity = |cache: &CacheDir| Salt::of(cache).short(&[b"a@mail.example"]);
        assert_eq!(identity(&cache("one")), identity(&cache("one")));
        assert_ne!(identity(&cache("one")), identity(&cache("two")));
        assert_eq!(format!("{:?}", Salt::of(&cache("one"))), "Salt(..)");
        let damaged = folder.path().join("one").join(FILE);
        fs::write(damaged, "short").unwrap();
        assert_eq!(identity(&cache("one")), identity(&cache("one")));
    }

    #[test]
    fn the_parts_are_kept_apart() {
        let salt = Salt([7; BYTES]);
        assert_ne!(salt.short(&[b"ab", b"c"]), salt.short(&[b"a", b"bc"]));
        assert_eq!(salt.short(&[b"ab"]).len(), 16);
    }
}
