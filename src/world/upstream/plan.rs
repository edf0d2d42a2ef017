//! Which questions are asked about single repositories.

use super::github::owner_and_name;
use crate::model::Repository;
use crate::source::deps_dev::project_request;
use crate::source::{Request, github, gitlab, scorecard};
use crate::world::http::{Access, Kind, Pace, Question};

/// Hosts whose repositories deps.dev knows.
const OF_DEPS_DEV: [&str; 3] = ["bitbucket.org", "github.com", "gitlab.com"];

/// Where the services answer that have one address for all.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// GitHub's GraphQL interface.
    pub github: String,
    /// OpenSSF Scorecard.
    pub scorecard: String,
    /// deps.dev.
    pub deps_dev: String,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self {
            github: github::ENDPOINT.to_owned(),
            scorecard: scorecard::ENDPOINT.to_owned(),
            deps_dev: crate::source::deps_dev::ENDPOINT.to_owned(),
        }
    }
}

/// What a question is about; repositories by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// One thing about a project on a GitLab.
    GitLab(usize, gitlab::Question),
    /// The Scorecard of a repository.
    Scorecard(usize),
    /// What deps.dev says of a repository.
    DepsDev(usize),
}

/// Questions, the most important first, and what each is about.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) questions: Vec<Question>,
    pub(super) subjects: Vec<Subject>,
}

impl Plan {
    fn add(&mut self, subject: Subject, question: Question) {
        self.subjects.push(subject);
        self.questions.push(question);
    }

    /// The position of the question about a subject.
    pub(super) fn index_of(&self, subject: &Subject) -> Option<usize> {
        self.subjects.iter().position(|known| known == subject)
    }
}

impl Subject {
    /// What is being asked, for people.
    pub(super) fn name(&self, repositories: &[Repository]) -> String {
        match self {
            Self::GitLab(position, _) => {
                format!("the forge about {}", repositories[*position].path)
            }
            Self::Scorecard(position) => {
                format!("the scorecard of {}", repositories[*position].path)
            }
            Self::DepsDev(position) => format!("deps.dev about {}", repositories[*position].path),
        }
    }
}

/// Whether the host is a GitLab, as far as its name tells.
pub(super) fn is_gitlab(repository: &Repository) -> bool {
    repository.host.split('.').any(|label| label == "gitlab")
}

/// A question to deps.dev.
pub(super) fn deps_dev_question(request: Request) -> Question {
    Question { request, kind: Kind::DepsDev, pace: Pace::USUAL, access: Access::Open }
}

pub(super) fn plan(repositories: &[Repository], endpoints: &Endpoints) -> Plan {
    let mut plan = Plan::default();
    for (position, repository) in repositories.iter().enumerate() {
        let (host, path) = (&repository.host, &repository.path);
        if is_gitlab(repository) {
            for asked in gitlab::Question::ALL {
                let request = gitlab::request(host, path, asked);
                let access = Access::Open;
                let question = Question { request, kind: Kind::Forge, pace: Pace::USUAL, access };
                plan.add(Subject::GitLab(position, asked), question);
            }
        }
        if is_gitlab(repository) || owner_and_name(repository).is_some() {
            let request = scorecard::request(host, path, &endpoints.scorecard);
            let access = Access::Open;
            let question = Question { request, kind: Kind::Scorecard, pace: Pace::USUAL, access };
            plan.add(Subject::Scorecard(position), question);
        }
        if OF_DEPS_DEV.contains(&host.as_str()) {
            let request = project_request(host, path, &endpoints.deps_dev);
            plan.add(Subject::DepsDev(position), deps_dev_question(request));
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::repository::repository;

    #[test]
    fn every_forge_is_asked_in_its_own_way() {
        let mut addresses: Vec<String> =
            (0..25).map(|at| format!("https://github.com/owner/name{at}")).collect();
        addresses.push("https://gitlab.example/group/name".into());
        addresses.push("https://git.example/name".into());
        let repositories: Vec<_> =
            addresses.iter().filter_map(|address| repository(address)).collect();
        assert_eq!(repositories.len(), 27);
        let plan = plan(&repositories, &Endpoints::default());
        let asked = |at| plan.index_of(&Subject::GitLab(at, gitlab::Question::Project)).is_some();
        assert!(asked(25) && !asked(26) && !asked(0));
        let scored = |at| plan.index_of(&Subject::Scorecard(at)).is_some();
        assert!(scored(0) && scored(25) && !scored(26), "no scorecard of an unknown forge");
        let gathered = |at| plan.index_of(&Subject::DepsDev(at)).is_some();
        assert!(gathered(0) && !gathered(25) && !gathered(26), "only of hosts it knows");
    }
}
