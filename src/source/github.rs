//! GitHub's GraphQL interface: the state of many repositories by one request.
//!
//! The sample of issues and requests makes nearly the whole cost: by GitHub's formula (a point for
//! 100 lists) about half a point a repository, of the 5,000 points of an hour.
//!
//! An answer is taken apart into one part for each repository ([`parts`]), which has the form of an
//! answer about that repository alone, so that each can be remembered, lengthened by further pages
//! ([`lengthened`]) and understood ([`understand`]) by itself.

mod answer;
mod parts;
mod response;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Answer, Method, Request};
use crate::model::{Forge, Funding, Missing};

pub use parts::{Cursors, lengthened, more, parts};

/// Where GitHub itself answers; an installation of one's own answers at `/api/graphql`.
pub const ENDPOINT: &str = "https://api.github.com/graphql";

/// Repositories to ask for in one request: more run into the time limit of the interface.
pub const MOST_REPOSITORIES: usize = 20;

/// What is asked of each repository. The counts of issues leave out requests.
const STATE: &str = "
fragment File on Blob { text }
fragment State on Repository {
  nameWithOwner isArchived archivedAt isDisabled isMirror isFork createdAt pushedAt stargazerCount
  isSecurityPolicyEnabled securityPolicyUrl
  parent { nameWithOwner }
  fundingLinks { platform url }
  fundingYaml: object(expression: \"HEAD:.github/FUNDING.yml\") { ...File }
  fundingJson: object(expression: \"HEAD:funding.json\") { ...File }
  packageJson: object(expression: \"HEAD:package.json\") { ...File }
  openIssues: issues(states: OPEN) { totalCount }
  closedIssues: issues(states: CLOSED) { totalCount }
  openRequests: pullRequests(states: OPEN) { totalCount }
  closedRequests: pullRequests(states: [CLOSED, MERGED]) { totalCount }
  releases(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) {
    totalCount nodes { publishedAt }
  }
  newestIssues: issues(first: 15, orderBy: {field: CREATED_AT, direction: DESC}) { ...Issues }
  newestRequests: pullRequests(first: 15, orderBy: {field: CREATED_AT, direction: DESC}) {
    ...Requests
  }
}";

/// A page of the sample of issues and requests.
const SAMPLE: &str = "
fragment Who on Actor { __typename login }
fragment Issues on IssueConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    createdAt closedAt authorAssociation author { ...Who }
    comments(first: 5) { nodes { createdAt author { ...Who } } }
  }
}
fragment Requests on PullRequestConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    createdAt closedAt authorAssociation author { ...Who }
    comments(first: 5) { nodes { createdAt author { ...Who } } }
    reviews(first: 5) { nodes { createdAt author { ...Who } } }
  }
}";

/// What is known of a repository.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its state.
    pub forge: Forge,
    /// Whom one can pay: by the links GitHub shows and by files of the repository.
    pub funding: Funding,
}

/// Asks for repositories by owner and name, at most [`MOST_REPOSITORIES`] of them. Needs a token.
///
/// Owners and names go as variables, so no text of theirs is read as a part of the query.
pub fn request(repositories: &[(&str, &str)], endpoint: &str) -> Request {
    let mut query = Query::default();
    for (owner, name) in repositories {
        query.add(owner, name, &[], "...State");
    }
    query.request(&format!("{STATE}{SAMPLE}"), endpoint)
}

/// Asks for the next page of the sample of repositories, at most [`MOST_REPOSITORIES`] of them.
pub fn pages_request(pages: &[(&str, &str, Cursors)], endpoint: &str) -> Request {
    let mut query = Query::default();
    for (position, (owner, name, cursors)) in pages.iter().enumerate() {
        let list = |kind: &str, cursor: &str, fragment: &str| {
            format!(
                "{kind}(first: 15, after: ${cursor}{position}, \
                 orderBy: {{field: CREATED_AT, direction: DESC}}) {{ ...{fragment} }}"
            )
        };
        let selection = format!(
            "newestIssues: {} newestRequests: {}",
            list("issues", "i", "Issues"),
            list("pullRequests", "q", "Requests")
        );
        let variables = [("i", cursors.issues.as_deref()), ("q", cursors.requests.as_deref())];
        query.add(owner, name, &variables, &selection);
    }
    query.request(SAMPLE, endpoint)
}

/// Understands a part of an answer, learned at `now`.
///
/// A renamed repository is answered for under its new name: [`Forge::name`] differs from what was
/// asked for. One that could be read in part is given in part.
///
/// # Errors
/// [`Missing::NotUnderstood`] for what is no part of an answer.
pub fn understand(part: &Answer, now: Timestamp) -> Result<State, Missing> {
    answer::understand(part, now)
}

/// A query about several repositories.
#[derive(Default)]
struct Query {
    repositories: usize,
    parameters: String,
    selections: String,
    variables: Map<String, Value>,
}

impl Query {
    /// Adds a repository with further variables that may be null.
    fn add(&mut self, owner: &str, name: &str, more: &[(&str, Option<&str>)], selection: &str) {
        let position = self.repositories;
        self.repositories += 1;
        self.parameters += &format!("$o{position}: String!, $n{position}: String!, ");
        for (letter, value) in more {
            self.parameters += &format!("${letter}{position}: String, ");
            self.variables.insert(format!("{letter}{position}"), Value::from(*value));
        }
        self.selections += &format!(
            "  {}: repository(owner: $o{position}, name: $n{position}) {{ {selection} }}\n",
            alias(position)
        );
        self.variables.insert(format!("o{position}"), Value::from(owner));
        self.variables.insert(format!("n{position}"), Value::from(name));
    }

    fn request(self, fragments: &str, endpoint: &str) -> Request {
        let (parameters, selections) = (self.parameters.trim_end_matches(", "), self.selections);
        let query = format!("query Repositories({parameters}) {{\n{selections}}}{fragments}");
        Request {
            method: Method::Post,
            url: endpoint.to_owned(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(json!({ "query": query, "variables": self.variables }).to_string()),
        }
    }
}

fn alias(position: usize) -> String {
    format!("r{position}")
}
