//! Facts about registry packages from Cargo's local index and source cache.

mod files;
mod lookup;
mod sparse;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub use sparse::{Remote, SparseIndex};

use lookup::{Answer, Question, look_up};

use super::cache::CacheDir;
use super::cargo_home::{CargoHome, RegistryFolder};
use super::memo::Memo;
use crate::model::{
    Declaration, Diagnostic, Missing, Observed, Package, Packaged, Registry, ReleaseHistory, Source,
};

/// Most threads that read index files; more wait for the disk rather than the processor.
const MOST_THREADS: usize = 8;
/// Packages per thread below which another thread costs more than it saves.
const FEWEST_PER_THREAD: usize = 32;

/// What Cargo's home knows about packages, each list by position in the packages asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistryFacts {
    /// All releases of the package; shared between versions of one package.
    pub histories: Vec<Observed<Arc<ReleaseHistory>>>,
    /// What the locked version declares.
    pub declarations: Vec<Observed<Arc<Declaration>>>,
    /// What the locked version's own manifest says.
    pub packaged: Vec<Observed<Packaged>>,
    /// What could not be read, and why.
    pub diagnostics: Vec<Diagnostic>,
}

/// Learns what Cargo's home knows about the packages. What was parsed before and has not changed
/// since comes from the memo in the cache directory; what is new is added to it.
///
/// `progress` is told, from any thread, how many package names of a registry are done, and of
/// how many.
/// Neither threads nor the memo change the result, except for diagnostics about the memo itself.
pub fn load(
    packages: &[Package],
    home: &CargoHome,
    cache: &CacheDir,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> RegistryFacts {
    let mut facts = RegistryFacts::none(packages.len());
    for (registry, questions) in questions(packages) {
        match home.folder(registry) {
            Some(folder) => facts.load_folder(&folder, &questions, cache, progress),
            None => facts.no_folder(home, registry, &questions),
        }
    }
    facts
}

/// Registry packages by registry and name, so that every index file is read once.
fn questions(packages: &[Package]) -> BTreeMap<&Registry, Vec<Question<'_>>> {
    let mut by_name = BTreeMap::<_, BTreeMap<&str, Question<'_>>>::new();
    for (position, package) in packages.iter().enumerate() {
        if let Source::Registry(registry) = &package.source {
            let names = by_name.entry(registry).or_default();
            let question = names.entry(&package.name).or_insert_with(|| Question::new(package));
            question.locked.push((position, package.version.to_string()));
        }
    }
    let in_order = by_name.into_iter();
    in_order.map(|(registry, names)| (registry, names.into_values().collect())).collect()
}

impl RegistryFacts {
    fn none(packages: usize) -> Self {
        let why = Missing::NotFromRegistry;
        Self {
            histories: vec![Observed::Missing(why); packages],
            declarations: vec![Observed::Missing(why); packages],
            packaged: vec![Observed::Missing(why); packages],
            diagnostics: Vec::new(),
        }
    }

    fn no_folder(&mut self, home: &CargoHome, registry: &Registry, questions: &[Question<'_>]) {
        for (position, _) in questions.iter().flat_map(|question| &question.locked) {
            self.histories[*position] = Observed::Missing(Missing::NoIndexEntry);
            self.declarations[*position] = Observed::Missing(Missing::NoIndexEntry);
            self.packaged[*position] = Observed::Missing(Missing::SourceNotCached);
        }
        let registry = match registry {
            Registry::CratesIo => "the public registry".to_owned(),
            Registry::Other(url) => format!("`{url}`"),
        };
        self.diagnostics.push(Diagnostic {
            path: home.path().map(|path| path.display().to_string()),
            ..Diagnostic::note(format!(
                "Cargo's home holds no index of {registry}, so that releases and declarations \
                 of its packages are known only where the registry was asked; run `cargo fetch` in \
                 the workspace"
            ))
        });
    }

    fn load_folder(
        &mut self,
        folder: &RegistryFolder,
        questions: &[Question<'_>],
        cache: &CacheDir,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) {
        let opened = Memo::open(cache, &folder.index);
        let mut memo_damaged = opened.is_err();
        let memo = opened.unwrap_or_default();
        let mut changed = BTreeMap::new();
        let mut troubles = BTreeMap::<String, Vec<PathBuf>>::new();
        let answers = answers(questions, folder, &memo, progress);
        for (question, answer) in questions.iter().zip(answers) {
            memo_damaged |= answer.memo_damaged;
            if let Some(record) = answer.changed {
                changed.insert(question.name.to_owned(), record);
            }
            for (path, message) in answer.troubles {
                troubles.entry(message).or_default().push(path);
            }
            for ((position, _), facts) in question.locked.iter().zip(answer.facts) {
                self.histories[*position] = facts.history;
                self.declarations[*position] = facts.declaration;
                self.packaged[*position] = facts.packaged;
            }
        }
        self.diagnostics.extend(troubles.into_iter().map(diagnostic));
        if memo_damaged {
            self.note_on_memo(cache, "was damaged or of another version and is made again");
        }
        if (memo_damaged || !changed.is_empty())
            && let Err(error) = memo.save(cache, &folder.index, &changed)
        {
            let why = format!("cannot be written, so that the next run is no faster: {error}");
            self.note_on_memo(cache, &why);
        }
    }

    /// Several registries may have the same trouble with the cache directory; one note will do.
    fn note_on_memo(&mut self, cache: &CacheDir, what: &str) {
        let note = Diagnostic {
            path: cache.path().map(|path| path.display().to_string()),
            ..Diagnostic::note(format!("the memo of the registry index {what}"))
        };
        if !self.diagnostics.contains(&note) {
            self.diagnostics.push(note);
        }
    }
}

/// Answers every question, in order, on as many threads as pay.
fn answers(
    questions: &[Question<'_>],
    folder: &RegistryFolder,
    memo: &Memo,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<Answer> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let work = || {
        let mut buffer = Vec::new();
        let mut answered = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(question) = questions.get(place) else { return answered };
            answered.push((place, look_up(question, folder, memo, &mut buffer)));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, questions.len());
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MOST_THREADS).min(questions.len() / FEWEST_PER_THREAD);
    let mut answers = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut answers = work();
        for other in others {
            answers.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        answers
    });
    answers.sort_unstable_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The same trouble with many files is one diagnostic, at the first of them.
fn diagnostic((message, mut paths): (String, Vec<PathBuf>)) -> Diagnostic {
    paths.sort_unstable();
    let more = match paths.len() {
        1 => String::new(),
        files => format!(" (and {} more files)", files - 1),
    };
    Diagnostic::warning(paths[0].display().to_string(), format!("{message}{more}"))
}
