//! GitLab's REST interface (version 4), on any host.
//!
//! A project is public without a token; lists of merge requests and releases may not be, and what
//! is not given stays unknown. So do the time to a first response, which would take a request for
//! each issue of a sample, and funding, which has no place in the interface.

use serde::Deserialize;

use super::wire::{Time, bounded, json, refusal, segment};
use super::{Answer, Request};
use crate::model::{Forge, Missing};

/// What is asked about a project; each is one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Its state.
    Project,
    /// Open and closed issues.
    Issues,
    /// Open merge requests.
    OpenRequests,
    /// Merge requests closed without merging.
    ClosedRequests,
    /// Merged merge requests.
    MergedRequests,
    /// Releases.
    Releases,
}

impl Question {
    /// All of them. The first answer is enough for a [`Forge`], the others complete it.
    pub const ALL: [Self; 6] = [
        Self::Project,
        Self::Issues,
        Self::OpenRequests,
        Self::ClosedRequests,
        Self::MergedRequests,
        Self::Releases,
    ];

    /// The address behind that of the project.
    fn path(self) -> &'static str {
        match self {
            Self::Project => "",
            Self::Issues => "/issues_statistics?scope=all",
            Self::OpenRequests => "/merge_requests?scope=all&state=opened&per_page=1",
            Self::ClosedRequests => "/merge_requests?scope=all&state=closed&per_page=1",
            Self::MergedRequests => "/merge_requests?scope=all&state=merged&per_page=1",
            Self::Releases => "/releases?per_page=1",
        }
    }
}

/// Asks the GitLab on `host` about the project at `path`, such as `group/subgroup/name`.
pub fn request(host: &str, path: &str, question: Question) -> Request {
    let id = segment(path);
    Request::get(format!("https://{host}/api/v4/projects/{id}{}", question.path()))
}

/// Understands the answers to the questions that were asked, in any order. Only the project's own
/// state has to be among them; of the others a failed one leaves its counts unknown.
///
/// # Errors
/// Why the project's state is not known.
pub fn understand(answers: &[(Question, &Answer)]) -> Result<Forge, Missing> {
    let answer =
        |question| answers.iter().find(|(asked, _)| *asked == question).map(|(_, answer)| *answer);
    let project: Project = json(answer(Question::Project).ok_or(Missing::NotAsked)?)?;
    let issues: Option<Statistics> = answer(Question::Issues).and_then(|it| json(it).ok());
    let issues = issues.map(|it| it.statistics.counts);
    let releases = answer(Question::Releases);
    let newest: Option<Vec<Release>> = releases.and_then(|it| json(it).ok());
    let total = |question| answer(question).and_then(total);
    let closed = total(Question::ClosedRequests).zip(total(Question::MergedRequests));
    Ok(Forge {
        name: bounded(project.path_with_namespace),
        archived: project.archived,
        archived_on: None,
        disabled: None,
        mirror: project.mirror,
        fork: project.forked_from_project.is_some().then_some(true),
        fork_of: project.forked_from_project.map(|parent| bounded(parent.path_with_namespace)),
        created: project.created_at.0,
        pushed: project.last_activity_at.0,
        open_issues: issues.as_ref().and_then(|it| it.opened).or(project.open_issues_count),
        closed_issues: issues.as_ref().and_then(|it| it.closed),
        open_requests: total(Question::OpenRequests),
        closed_requests: closed.map(|(closed, merged)| closed.saturating_add(merged)),
        first_response_days: None,
        sampled: 0,
        releases: total(Question::Releases),
        last_release: newest.and_then(|releases| releases.first()?.released_at.0),
        security_policy: None,
        funding: Vec::new(),
        stars: project.star_count,
    })
}

/// How long a list is in all. The header is left out of lists of more than 10,000.
fn total(answer: &Answer) -> Option<u64> {
    if refusal(answer).is_some() {
        return None;
    }
    answer.header("x-total")?.trim().parse().ok()
}

#[derive(Deserialize)]
struct Project {
    path_with_namespace: String,
    archived: bool,
    mirror: Option<bool>,
    forked_from_project: Option<Parent>,
    #[serde(default)]
    created_at: Time,
    #[serde(default)]
    last_activity_at: Time,
    open_issues_count: Option<u64>,
    star_count: Option<u64>,
}

#[derive(Deserialize)]
struct Parent {
    path_with_namespace: String,
}

#[derive(Deserialize)]
struct Statistics {
    statistics: Counts,
}

#[derive(Deserialize)]
struct Counts {
    counts: IssueCounts,
}

#[derive(Deserialize)]
struct IssueCounts {
    opened: Option<u64>,
    closed: Option<u64>,
}

#[derive(Deserialize)]
struct Release {
    #[serde(default)]
    released_at: Time,
}
