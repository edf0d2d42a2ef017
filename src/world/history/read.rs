//! Reading the history of a clone.

use std::io::{self, BufRead, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use super::mailmap::Mailmap;
use super::people::Register;
use super::salt::Salt;
use super::wire::{Signature, WireCommit};
use crate::model::{Commit, History, Missing, PersonIndex, Tag};
use crate::world::git::{Object, Repository};

/// How long git may take to tell a history; that of the Linux kernel takes a quarter of it.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long git may take for a list of references.
const PATIENCE_FOR_LISTS: Duration = Duration::from_secs(30);
/// No commit, tag or mailmap larger than this is read, in bytes.
const LARGEST_OBJECT: u64 = 16 << 20;
/// The longest list of tags that is read, in bytes: a million.
const LARGEST_LIST_BYTES: u64 = 128 << 20;
/// The most commits that are read; three times those of the Linux kernel.
const MOST_COMMITS: usize = 5_000_000;

/// Reads the history that a clone's `HEAD` stands for, and its tags. An empty repository has an
/// empty history.
///
/// # Errors
/// [`Missing::NotUnderstood`] for what is no repository, a damaged or too large one,
/// [`Missing::CutOff`] for a shallow one, [`Missing::NoGit`] where there is no git.
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
    head: Option<String>,
    /// Full name of each tag's reference, and what it points at.
    tags: Vec<(String, String)>,
}

/// Who made a tag and when, with the name of its reference.
type Made = (String, SignatureOwned);

/// A signature that outlives the object it was read from.
struct SignatureOwned {
    name: Vec<u8>,
    address: Vec<u8>,
    time: jiff::Timestamp,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, Missing> {
        let repository = Repository::at(path).map_err(|_| Missing::NotUnderstood)?;
        let repository = repository.ok_or(Missing::NotUnderstood)?;
        if repository.is_shallow() {
            return Err(Missing::CutOff);
        }
        let head = head(&repository)?;
        let format = "--format=%(objectname) %(refname)";
        let tags = lines(&repository, &["for-each-ref", format, "refs/tags/"])?;
        let tags = tags.ok_or(Missing::NotUnderstood)?;
        let pair = |line: &str| {
            let (id, name) = line.split_once(' ')?;
            Some((name.to_owned(), id.to_owned()))
        };
        Ok(Self { repository, head, tags: tags.lines().filter_map(pair).collect() })
    }

    pub(super) fn state(&self, salt: &Salt) -> [u8; 32] {
        let head = self.head.iter().map(|id| ("HEAD".to_owned(), id.clone()));
        state(&head.chain(self.tags.iter().cloned()).collect::<Vec<_>>(), salt)
    }

    pub(super) fn history(&self, salt: &Salt) -> Result<History, Missing> {
        let (mailmap, made) = self.objects()?;
        let mut register = Register::new(salt, mailmap);
        let commits = match &self.head {
            Some(head) => self.commits(head, &mut register)?,
            None => Vec::new(),
        };
        let tag = |(name, by): Made| {
            let by_person = register.find(&by.name, &by.address);
            Some(Tag {
                name: name.strip_prefix("refs/tags/")?.to_owned(),
                made: by.time,
                by: by_person,
            })
        };
        let mut tags: Vec<Tag> = made.into_iter().filter_map(tag).collect();
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(History { people: register.into_people(), commits, tags })
    }

    /// The commits that `HEAD` stands on. One without a readable time is left out.
    fn commits(&self, head: &str, register: &mut Register<'_>) -> Result<Vec<Commit>, Missing> {
        let take = |out: &mut dyn BufRead| {
            let (mut commits, mut record, mut read) = (Vec::new(), Vec::new(), 0);
            loop {
                record.clear();
                // Each is the id, the text and a zero.
                (&mut *out).take(LARGEST_OBJECT).read_until(0, &mut record)?;
                if record.is_empty() {
                    return Ok(commits);
                }
                read += 1;
                if record.pop() != Some(0) || read > MOST_COMMITS {
                    return Err(io::ErrorKind::FileTooLarge.into());
                }
                commits.extend(commit(&WireCommit::parse(&record), register));
            }
        };
        let arguments = ["rev-list", "--header", head, "--"];
        let told = self.repository.read_out(&arguments, Instant::now() + PATIENCE, take);
        told.map_err(missing)?.ok_or(Missing::NotUnderstood)
    }

    /// The mailmap of `HEAD`, and what is told of the tags: one of a file or folder, or without a
    /// readable time, is left out.
    fn objects(&self) -> Result<(Mailmap, Vec<Made>), Missing> {
        let mut names = vec!["HEAD:.mailmap".to_owned()];
        names.extend(self.tags.iter().flat_map(|(_, id)| [id.clone(), format!("{id}^{{commit}}")]));
        let deadline = Instant::now() + PATIENCE;
        let objects = self.repository.objects(&names, LARGEST_OBJECT, deadline);
        let mut objects = objects.map_err(missing)?.ok_or(Missing::NotUnderstood)?.into_iter();
        let mailmap = objects.next().flatten().and_then(|object| of_kind(object, "blob"));
        let mailmap = Mailmap::parse(&mailmap.unwrap_or_default());
        let mut made = Vec::new();
        for (name, _) in &self.tags {
            let tag = objects.next().flatten().and_then(|object| of_kind(object, "tag"));
            let commit = objects.next().flatten().and_then(|object| of_kind(object, "commit"));
            let tagger = tag.as_deref().and_then(Signature::of_tag);
            let author = || WireCommit::parse(commit.as_deref()?).author;
            let owned = |it: Signature<'_>| SignatureOwned {
                name: it.name.to_vec(),
                address: it.address.to_vec(),
                time: it.time,
            };
            made.extend(tagger.or_else(author).map(|it| (name.clone(), owned(it))));
        }
        Ok((mailmap, made))
    }
}

/// The commit of `HEAD`; `None` where its branch has none yet.
fn head(repository: &Repository) -> Result<Option<String>, Missing> {
    if let Some(id) = lines(repository, &["rev-parse", "--verify", "--quiet", "HEAD"])? {
        return Ok(Some(id.trim().to_owned()));
    }
    let branch = lines(repository, &["symbolic-ref", "--quiet", "HEAD"])?;
    match branch {
        Some(branch) if !repository.has_file(branch.trim()) => Ok(None),
        _ => Err(Missing::NotUnderstood),
    }
}

/// What git says; `None` where it fails.
fn lines(repository: &Repository, arguments: &[&str]) -> Result<Option<String>, Missing> {
    let deadline = Instant::now() + PATIENCE_FOR_LISTS;
    let said = repository.ask(arguments, deadline, LARGEST_LIST_BYTES);
    let said = said.map_err(missing)?.ok_or(Missing::OutOfTime)?;
    Ok(said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned()))
}

fn of_kind(object: Object, kind: &str) -> Option<Vec<u8>> {
    object.content.filter(|_| object.kind == kind)
}

fn missing(error: io::Error) -> Missing {
    if error.kind() == io::ErrorKind::NotFound { Missing::NoGit } else { Missing::NotUnderstood }
}

fn commit(wire: &WireCommit<'_>, register: &mut Register<'_>) -> Option<Commit> {
    let signature = wire.author?;
    let author = register.enter(signature.name, signature.address);
    let co_authors = wire.co_authors().map(|(name, address)| register.enter(name, address));
    let mut co_authors: Vec<PersonIndex> = co_authors.collect();
    co_authors.sort_unstable();
    co_authors.dedup();
    co_authors.retain(|co_author| *co_author != author);
    Some(Commit { author, co_authors, authored: signature.time, merge: wire.parents > 1 })
}
