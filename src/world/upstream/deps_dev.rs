//! What deps.dev says of projects and of locked releases.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Plan, Subject, deps_dev_question};
use super::{Answers, Asking, known};
use crate::model::{DepsDevProject, DepsDevRelease, Graph, Missing, Observed, Project, Sourced};
use crate::source::deps_dev::{
    dependents_request, release_request, understand_dependents, understand_project,
    understand_release,
};
use crate::world::http::{Heard, Learned, Question, Unanswered};

/// How the service calls itself.
const NAME: &str = "deps.dev";

/// The ecosystem of the public Rust registry, as the service calls it.
const SYSTEM: &str = "cargo";

/// What deps.dev says about releases, by name and version of the package.
pub type Releases = BTreeMap<(String, String), Observed<Sourced<DepsDevRelease>>>;

/// The locked releases of a ranking that come from the public registry, those of the most
/// important project first. One of each project comes before the second of any.
pub(super) fn releases(graph: &Graph, ranking: &[&Project]) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut releases = Vec::new();
    for project in ranking {
        let packages = project.packages.iter().map(|index| graph.package(*index));
        let public = packages.filter(|package| package.is_from_crates_io());
        let release = public.map(|package| (package.name.clone(), package.version.to_string()));
        releases.extend(release.filter(|release| seen.insert(release.clone())).enumerate());
    }
    releases.sort_by_key(|(turn, _)| *turn);
    releases.into_iter().map(|(_, release)| release).collect()
}

/// What is said about the repository at `position`.
pub(super) fn project(
    plan: &Plan,
    answers: &Answers,
    position: usize,
    asking: &Asking<'_>,
) -> Observed<Sourced<DepsDevProject>> {
    let Some(index) = plan.index_of(&Subject::DepsDev(position)) else {
        return Observed::Missing(Missing::UnknownHost);
    };
    let learned = match &answers[index] {
        Ok(learned) => learned,
        Err(unanswered) => return Observed::Missing(unanswered.why),
    };
    match understand_project(&learned.answer) {
        Ok(value) => known(value, NAME, learned.learned),
        Err(why) => {
            asking.network.forget(&plan.questions[index].request);
            Observed::Missing(why)
        }
    }
}

/// Learns about releases, the most important first.
pub(super) fn learn(releases: &[(String, String)], asking: &Asking<'_>) -> Releases {
    let endpoint = &asking.endpoints.deps_dev;
    let requests = releases.iter().flat_map(|(name, version)| {
        [release_request, dependents_request].map(|ask| ask(SYSTEM, name, version, endpoint))
    });
    let questions: Vec<Question> = requests.map(deps_dev_question).collect();
    let mut learned = Releases::new();
    let mut waiting: Vec<[Option<Result<Learned, Unanswered>>; 2]> =
        releases.iter().map(|_| [None, None]).collect();
    asking.network.ask(&questions, &mut |index, heard| {
        let Heard::Answered(answer) = heard else { return };
        let answers = &mut waiting[index / 2];
        answers[index % 2] = Some(answer);
        if let [Some(release), Some(dependents)] = answers {
            let settled = settle(release, dependents);
            if settled.missing() == Some(Missing::NotUnderstood) {
                asking.network.forget(&questions[index - index % 2].request);
            }
            *answers = [None, None];
            learned.insert(releases[index / 2].clone(), settled);
        }
    });
    learned
}

/// The counts of dependents come from a part of the service that may change: where they fail,
/// the rest stands.
fn settle(
    release: &Result<Learned, Unanswered>,
    dependents: &Result<Learned, Unanswered>,
) -> Observed<Sourced<DepsDevRelease>> {
    let release = match release {
        Ok(release) => release,
        Err(unanswered) => return Observed::Missing(unanswered.why),
    };
    let counted = dependents.as_ref().ok();
    let counts = counted.and_then(|counted| understand_dependents(&counted.answer).ok());
    match understand_release(&release.answer) {
        Ok(understood) => {
            let value = DepsDevRelease { dependents: counts, ..understood };
            let oldest = counted.map_or(release.learned, |it| it.learned.min(release.learned));
            known(value, NAME, oldest)
        }
        Err(why) => Observed::Missing(why),
    }
}
