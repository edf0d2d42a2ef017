//! Learns about upstream projects, the most important first, until everything is known or the
//! budget is over.
//!
//! What earlier runs learned is used without asking while it is fresh, and at any age offline.
//! A source that fails leaves a [`Missing`] with the reason; it never ends the run.

mod deps_dev;
mod forge;
mod funding;
mod github;
mod history;
mod ownership;
mod plan;
mod subjects;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::cache::CacheDir;
use super::http::{Heard, Learned, Network, Unanswered};
use crate::model::{Missing, Observed, Repository, Sourced, Upstream};
use crate::source::scorecard;
use plan::{Plan, Subject, plan};

pub use deps_dev::Releases;
pub use ownership::Owners;
pub use plan::Endpoints;
pub use subjects::{Subjects, UnpackedSource};

/// How to learn.
pub struct Asking<'a> {
    /// The network.
    pub network: &'a Network,
    /// Where earlier runs left what they learned.
    pub cache: &'a CacheDir,
    /// Where services answer.
    pub endpoints: &'a Endpoints,
    /// Folders of repositories to read in place of remote ones.
    pub mirrors: &'a [PathBuf],
    /// The public registry's index, which says where the registry is asked.
    pub index: Index<'a>,
    /// The day the audit speaks for.
    pub as_of: Date,
    /// Told what is being asked, how many are done and of how many.
    pub progress: &'a (dyn Fn(&str, usize, usize) + Sync),
}

/// Where the public registry's index is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Index<'a> {
    /// Cargo's copy on this machine.
    pub folder: Option<&'a Path>,
    /// The address over HTTP, which is asked where there is no copy.
    pub address: Option<&'a str>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Knowledge {
    /// About projects, by normalised address of the repository.
    pub upstream: BTreeMap<String, Upstream>,
    /// Who can publish each package, by name.
    pub ownership: Owners,
    /// What deps.dev says about each release, by name and version.
    pub deps_dev: Releases,
}

/// Whether earlier runs left anything that could be used, so that a run that may not ask can
/// save itself the look.
pub fn has_memory(cache: &CacheDir) -> bool {
    ["http", "history"].iter().any(|name| cache.path_of(name).is_some_and(|path| path.is_dir()))
}

/// Learns about projects, packages and releases side by side.
pub fn learn(subjects: &Subjects, asking: &Asking<'_>) -> Knowledge {
    let packages = &subjects.packages;
    let projects_are_done = AtomicBool::new(false);
    let tell = |name: &str, done| {
        if projects_are_done.load(Ordering::Relaxed) {
            (asking.progress)(&format!("who can publish {name}"), done, packages.len());
        }
    };
    thread::scope(|scope| {
        // The registry wants to be asked slowly: meanwhile there is time for the histories.
        let owners = scope.spawn(|| ownership::owners(packages, asking, &tell));
        let releases = scope.spawn(|| deps_dev::learn(&subjects.releases, asking));
        let upstream = projects(subjects, asking);
        projects_are_done.store(true, Ordering::Relaxed);
        let ownership = owners.join().unwrap_or_else(|panic| resume_unwind(panic));
        let deps_dev = releases.join().unwrap_or_else(|panic| resume_unwind(panic));
        Knowledge { upstream, ownership, deps_dev }
    })
}

/// What files on this machine say about projects, without asking or remembering anything;
/// projects of which they say nothing are absent. For runs that have nothing else to learn from.
pub fn from_files(subjects: &Subjects, today: Date) -> BTreeMap<String, Upstream> {
    let known = subjects.read_repositories().into_iter().filter_map(|repository| {
        let here = funding::on_this_machine(&repository, subjects, &[], today)?;
        let upstream = Upstream { funding: Observed::Known(here), ..Upstream::NOT_ASKED };
        Some((repository.address, upstream))
    });
    known.collect()
}

fn projects(subjects: &Subjects, asking: &Asking<'_>) -> BTreeMap<String, Upstream> {
    let repositories = subjects.read_repositories();
    let today = Offset::UTC.to_datetime(asking.network.now()).date();
    let plan = plan(&repositories, asking.endpoints);
    let (on_github, answers) = thread::scope(|scope| {
        let on_github = scope.spawn(|| github::learn(&repositories, asking));
        let answers = ask(&plan, &repositories, asking);
        (on_github.join().unwrap_or_else(|panic| resume_unwind(panic)), answers)
    });
    let mut learned = BTreeMap::new();
    for (position, repository) in repositories.iter().enumerate() {
        let forge::Said { forge, funding: told } =
            forge::said(&plan, &answers, &on_github, repository, position);
        (asking.progress)(&repository.path, position, repositories.len());
        let here = funding::on_this_machine(repository, subjects, asking.mirrors, today);
        let upstream = Upstream {
            activity: history::activity(repository, &forge, asking),
            scorecard: scorecard(&plan, &answers, position, asking),
            deps_dev: deps_dev::project(&plan, &answers, position, asking),
            forge,
            funding: funding::together(told, here),
        };
        learned.insert(repository.address.clone(), upstream);
    }
    learned
}

/// What came of each question of a plan.
type Answers = Vec<Result<Learned, Unanswered>>;

fn ask(plan: &Plan, repositories: &[Repository], asking: &Asking<'_>) -> Answers {
    let not_asked = || Err(Unanswered { why: Missing::NotAsked, detail: String::new() });
    let mut answers: Answers = plan.questions.iter().map(|_| not_asked()).collect();
    let mut done = 0;
    asking.network.ask(&plan.questions, &mut |index, heard| match heard {
        Heard::Asking => {
            let name = plan.subjects[index].name(repositories);
            (asking.progress)(&name, done, plan.questions.len());
        }
        Heard::Answered(answer) => {
            done += 1;
            answers[index] = answer;
        }
    });
    answers
}

fn scorecard(
    plan: &Plan,
    answers: &Answers,
    position: usize,
    asking: &Asking<'_>,
) -> Observed<Sourced<crate::model::Scorecard>> {
    let Some(index) = plan.index_of(&Subject::Scorecard(position)) else {
        return Observed::Missing(Missing::UnknownHost);
    };
    match &answers[index] {
        Err(unanswered) => Observed::Missing(unanswered.why),
        Ok(learned) => match scorecard::understand(&learned.answer) {
            Ok(value) => known(value, "OpenSSF Scorecard", learned.learned),
            Err(why) => {
                asking.network.forget(&plan.questions[index].request);
                Observed::Missing(why)
            }
        },
    }
}

fn known<T>(value: T, from: &str, learned: Timestamp) -> Observed<Sourced<T>> {
    let on = Offset::UTC.to_datetime(learned).date();
    Observed::Known(Sourced { value, from: from.to_owned(), on })
}
