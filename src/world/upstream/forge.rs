//! The state of a repository on its forge, from the answers.

use super::plan::{Plan, Subject, is_gitlab, owner_and_name};
use super::{Answers, Asking, known};
use crate::model::{Forge, Missing, Observed, Repository, Sourced};
use crate::source::{github, gitlab};

/// The state of the repository at `position`.
pub(super) fn state(
    plan: &Plan,
    answers: &Answers,
    repositories: &[Repository],
    position: usize,
    asking: &Asking<'_>,
) -> Observed<Sourced<Forge>> {
    let repository = &repositories[position];
    if owner_and_name(repository).is_some() {
        on_github(plan, answers, repositories, position, asking)
    } else if is_gitlab(repository) {
        on_gitlab(plan, answers, repository, position)
    } else {
        Observed::Missing(Missing::UnknownHost)
    }
}

fn on_github(
    plan: &Plan,
    answers: &Answers,
    repositories: &[Repository],
    position: usize,
    asking: &Asking<'_>,
) -> Observed<Sourced<Forge>> {
    let batch = plan.subjects.iter().enumerate().find_map(|(index, subject)| match subject {
        Subject::GitHub(batch) => {
            Some((index, batch, batch.iter().position(|member| *member == position)?))
        }
        Subject::GitLab(..) | Subject::Scorecard(_) | Subject::DepsDev(_) => None,
    });
    let Some((index, batch, place)) = batch else {
        return Observed::Missing(Missing::NotAsked);
    };
    let learned = match &answers[index] {
        Ok(learned) => learned,
        Err(unanswered) => return Observed::Missing(unanswered.why),
    };
    let names: Vec<_> = batch.iter().filter_map(|&at| owner_and_name(&repositories[at])).collect();
    let mut understood = github::understand(&learned.answer, &names, learned.learned);
    if understood.forges.iter().any(|forge| matches!(forge, Err(Missing::RateLimited))) {
        // An error under a status of success is not to be believed for a day.
        asking.network.forget(&plan.questions[index].request);
    }
    match understood.forges.swap_remove(place) {
        Ok(forge) => known(forge, "GitHub", learned.learned),
        Err(why) => Observed::Missing(why),
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
