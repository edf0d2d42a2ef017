//! The state of a repository on its forge, and whom one can pay by what the forge shows.

use super::github::{States, owner_and_name};
use super::plan::{Plan, Subject, is_gitlab};
use super::{Answers, known};
use crate::model::{Forge, Funding, Missing, Observed, Repository, Sourced};
use crate::source::gitlab;

/// What a forge says of a repository.
pub(super) struct Said {
    pub(super) forge: Observed<Sourced<Forge>>,
    pub(super) funding: Observed<Sourced<Funding>>,
}

/// What is said of the repository at `position`.
pub(super) fn said(
    plan: &Plan,
    answers: &Answers,
    on_github: &States,
    repository: &Repository,
    position: usize,
) -> Said {
    let missing = |why| Said { forge: Observed::Missing(why), funding: Observed::Missing(why) };
    if owner_and_name(repository).is_some() {
        match on_github.of(position) {
            Ok((state, learned)) => Said {
                forge: known(state.forge, "GitHub", learned.learned),
                funding: known(state.funding, "GitHub", learned.learned),
            },
            Err(why) => missing(why),
        }
    } else if is_gitlab(repository) {
        Said {
            forge: on_gitlab(plan, answers, repository, position),
            // Its interface has no funding links.
            funding: Observed::Missing(Missing::NotFound),
        }
    } else {
        missing(Missing::UnknownHost)
    }
}

fn on_gitlab(
    plan: &Plan,
    answers: &Answers,
    repository: &Repository,
    position: usize,
) -> Observed<Sourced<Forge>> {
    let asked = gitlab::Question::ALL.into_iter().filter_map(|question| {
        Some((question, &answers[plan.index_of(&Subject::GitLab(position, question))?]))
    });
    let mut good = Vec::new();
    let mut learned = None;
    for (question, answer) in asked {
        match answer {
            Ok(answer) => {
                learned = learned.or(Some(answer.learned));
                good.push((question, &answer.answer));
            }
            Err(unanswered) if question == gitlab::Question::Project => {
                return Observed::Missing(unanswered.why);
            }
            Err(_) => {}
        }
    }
    match (gitlab::understand(&good), learned) {
        (Ok(forge), Some(learned)) => known(forge, &repository.host, learned),
        (Err(why), _) => Observed::Missing(why),
        (Ok(_), None) => Observed::Missing(Missing::NotAsked),
    }
}
