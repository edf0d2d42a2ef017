//! Reading the history of a clone.

use std::collections::HashSet;
use std::path::Path;

use gix::bstr::ByteSlice;
use gix::objs::commit::ref_iter::Token;
use gix::{ObjectId, Repository};
use jiff::Timestamp;

use super::people::Register;
use super::salt::Salt;
use crate::model::{Commit, History, Missing, PersonIndex, Tag};

/// No object larger than this is read: a commit or tag beyond it is an attack.
const LARGEST_OBJECT: &str = "gitoxide.objects.allocLimit=64MiB";

/// Reads the history that a clone's `HEAD` stands for, and its tags. An empty repository has an
/// empty history.
///
/// # Errors
/// [`Missing::NotUnderstood`] for what is no repository or a damaged one, [`Missing::CutOff`]
/// for a shallow one.
pub fn read(repository: &Path, salt: &Salt) -> Result<History, Missing> {
    Source::open(repository)?.history(salt)
}

/// The state of a repository's references: `HEAD` and the tags with what they point at.
pub(super) fn state(references: &[(String, String)], salt: &Salt) -> [u8; 32] {
    let mut sorted: Vec<_> = references.iter().collect();
    sorted.sort();
    let parts = sorted.iter().flat_map(|(name, id)| [name.as_bytes(), id.as_bytes()]);
    salt.hash(&parts.collect::<Vec<_>>())
}

/// A clone on this machine.
pub(super) struct Source {
    repository: Repository,
    /// `None` where there is no commit yet.
    head: Option<ObjectId>,
    /// Full name of each tag's reference, and what it points at.
    tags: Vec<(String, ObjectId)>,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, Missing> {
        // Neither the user's configuration nor the environment may change what is read.
        let options = gix::open::Options::isolated().config_overrides([LARGEST_OBJECT]);
        let repository = gix::open_opts(path, options).map_err(|_| Missing::NotUnderstood)?;
        if repository.is_shallow().map_err(|_| Missing::NotUnderstood)? {
            return Err(Missing::CutOff);
        }
        let head = repository.head().map_err(|_| Missing::NotUnderstood)?;
        let head = match head.id() {
            Some(id) => Some(id.detach()),
            None if head.is_unborn() => None,
            None => return Err(Missing::NotUnderstood),
        };
        let tags = tag_references(&repository).ok_or(Missing::NotUnderstood)?;
        Ok(Self { repository, head, tags })
    }

    pub(super) fn state(&self, salt: &Salt) -> [u8; 32] {
        let head = self.head.map(|id| ("HEAD".to_owned(), id.to_string()));
        let tags = self.tags.iter().map(|(name, id)| (name.clone(), id.to_string()));
        state(&head.into_iter().chain(tags).collect::<Vec<_>>(), salt)
    }

    pub(super) fn history(&self, salt: &Salt) -> Result<History, Missing> {
        let mut register = Register::new(salt, self.repository.open_mailmap());
        let commits = self.commits(&mut register)?;
        let tags = self.tags.iter().filter_map(|(name, id)| self.tag(name, *id, &register));
        let mut tags: Vec<Tag> = tags.collect();
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(History { people: register.into_people(), commits, tags })
    }

    /// The commits that `HEAD` stands on. One without a readable time is left out.
    fn commits(&self, register: &mut Register<'_>) -> Result<Vec<Commit>, Missing> {
        let mut commits = Vec::new();
        let mut next: Vec<ObjectId> = self.head.into_iter().collect();
        let mut seen: HashSet<ObjectId> = next.iter().copied().collect();
        while let Some(id) = next.pop() {
            let object = self.repository.find_object(id).map_err(|_| Missing::NotUnderstood)?;
            let object = object.try_into_commit().map_err(|_| Missing::NotUnderstood)?;
            let wire = WireCommit::of(&object);
            next.extend(wire.parents.iter().filter(|parent| seen.insert(**parent)));
            commits.extend(wire.commit(register));
        }
        Ok(commits)
    }

    /// A tag; `None` for one of a file or folder, or without a readable time.
    fn tag(&self, name: &str, id: ObjectId, register: &Register<'_>) -> Option<Tag> {
        let name = name.strip_prefix("refs/tags/")?.to_owned();
        let mut object = self.repository.find_object(id).ok()?;
        if object.kind == gix::objs::Kind::Tag {
            let tag = object.clone().try_into_tag().ok()?;
            if let Ok(Some(tagger)) = tag.tagger() {
                let made = timestamp(tagger.time)?;
                return Some(Tag { name, made, by: register.find(tagger.name, tagger.email) });
            }
            object = object.peel_tags_to_end().ok()?;
        }
        let commit = object.try_into_commit().ok()?;
        let author = commit.author().ok()?;
        let made = timestamp(author.time)?;
        Some(Tag { name, made, by: register.find(author.name, author.email) })
    }
}

fn tag_references(repository: &Repository) -> Option<Vec<(String, ObjectId)>> {
    let references = repository.references().ok()?;
    let mut tags = Vec::new();
    for reference in references.tags().ok()? {
        let reference = reference.ok()?;
        let Some(id) = reference.try_id() else { continue };
        tags.push((reference.name().as_bstr().to_string(), id.detach()));
    }
    Some(tags)
}

/// What is read of a commit. Names and addresses borrow from it and go no further.
#[derive(Default)]
struct WireCommit<'a> {
    parents: Vec<ObjectId>,
    author: Option<gix::actor::SignatureRef<'a>>,
    message: &'a [u8],
}

impl<'a> WireCommit<'a> {
    fn of(commit: &'a gix::Commit<'_>) -> Self {
        let mut wire = Self::default();
        // What follows a damaged line is not reached; a commit without author is left out.
        for token in commit.iter().map_while(Result::ok) {
            match token {
                Token::Parent { id } => wire.parents.push(id),
                Token::Author { signature } => wire.author = Some(signature),
                Token::Message(message) => wire.message = message,
                Token::Tree { .. }
                | Token::Committer { .. }
                | Token::Encoding(_)
                | Token::ExtraHeader(_) => {}
            }
        }
        wire
    }

    fn commit(&self, register: &mut Register<'_>) -> Option<Commit> {
        let signature = self.author?;
        let authored = timestamp(signature.time)?;
        let author = register.enter(signature.name, signature.email);
        let mut co_authors: Vec<PersonIndex> =
            co_authors(self.message).map(|(name, email)| register.enter(name, email)).collect();
        co_authors.sort_unstable();
        co_authors.dedup();
        co_authors.retain(|co_author| *co_author != author);
        Some(Commit { author, co_authors, authored, merge: self.parents.len() > 1 })
    }
}

/// Name and address of each `Co-authored-by: Name <address>` line.
fn co_authors(message: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    const KEY: &[u8] = b"co-authored-by:";
    message.lines().filter_map(|line| {
        let (key, value) = line.split_at_checked(KEY.len())?;
        let (name, rest) = value.split_once_str("<")?;
        let (address, _) = rest.split_once_str(">")?;
        key.eq_ignore_ascii_case(KEY).then(|| (name.trim(), address.trim()))
    })
}

/// The time of a signature, such as `1700000000 +0100`.
fn timestamp(time: &str) -> Option<Timestamp> {
    let seconds = time.split_ascii_whitespace().next()?;
    Timestamp::from_second(seconds.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn co_authors_are_read_from_trailers() {
        let message = b"One\n\nText with Co-authored-by: Not <not@host.example>\n\n\
            Co-authored-by: A B <a@host.example>\r\nco-authored-BY:<b@host.example> and more\n\
            Co-authored-by: No Address\nCo-authored-by: Open <c@host.example\nCo-auth";
        let found: Vec<_> = co_authors(message).collect();
        let expected: [(&[u8], &[u8]); 2] = [(b"A B", b"a@host.example"), (b"", b"b@host.example")];
        assert_eq!(found, expected);
    }

    #[test]
    fn times_are_read_or_missing() {
        let cases = [
            ("0 +0000", Some(0)),
            ("1700000000 -0730", Some(1_700_000_000)),
            ("-5 +0000", Some(-5)),
            ("99999999999999999 +0000", None),
            ("soon", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(timestamp(text).map(Timestamp::as_second), expected, "{text}");
        }
    }
}
