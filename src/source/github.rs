//! GitHub's GraphQL interface: the state of many repositories by one request.
//!
//! The sample of issues and requests makes nearly the whole cost: by GitHub's formula (a point for
//! 100 lists) about half a point a repository, of the 5,000 points of an hour.

mod answer;
mod response;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Answer, Method, Request};
use crate::model::{Forge, Missing};

/// Where GitHub itself answers; an installation of one's own answers at `/api/graphql`.
pub const ENDPOINT: &str = "https://api.github.com/graphql";

/// Repositories to ask for in one request: more run into the time limit of the interface.
pub const MOST_REPOSITORIES: usize = 20;

/// What is asked of each repository. The counts of issues leave out requests.
const FRAGMENT: &str = "
fragment Who on Actor { __typename login }
fragment State on Repository {
  nameWithOwner isArchived archivedAt isDisabled isMirror isFork createdAt pushedAt stargazerCount
  isSecurityPolicyEnabled securityPolicyUrl
  parent { nameWithOwner }
  fundingLinks { platform url }
  openIssues: issues(states: OPEN) { totalCount }
  closedIssues: issues(states: CLOSED) { totalCount }
  openRequests: pullRequests(states: OPEN) { totalCount }
  closedRequests: pullRequests(states: [CLOSED, MERGED]) { totalCount }
  releases(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) {
    totalCount nodes { publishedAt }
  }
  newestIssues: issues(first: 15, orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes {
      createdAt closedAt authorAssociation author { ...Who }
      comments(first: 5) { nodes { createdAt author { ...Who } } }
    }
  }
  newestRequests: pullRequests(first: 15, orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes {
      createdAt closedAt authorAssociation author { ...Who }
      comments(first: 5) { nodes { createdAt author { ...Who } } }
      reviews(first: 5) { nodes { createdAt author { ...Who } } }
    }
  }
}";

/// What an answer says.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// For each repository asked for, in that order: its state, or why it is not known.
    pub forges: Vec<Result<Forge, Missing>>,
    /// What is left of the rate limit.
    pub limit: Limit,
}

/// The rate limit, as far as the answer tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limit {
    /// Points the request cost.
    pub cost: Option<u64>,
    /// Points left.
    pub remaining: Option<u64>,
    /// When the points are full again.
    pub resets: Option<Timestamp>,
    /// Seconds to wait before the next request of any kind (a secondary limit).
    pub retry_after_seconds: Option<u64>,
}

/// Asks for repositories by owner and name, at most [`MOST_REPOSITORIES`] of them. Needs a token.
///
/// Owners and names go as variables, so no text of theirs is read as a part of the query.
pub fn request(repositories: &[(&str, &str)], endpoint: &str) -> Request {
    let mut parameters = String::new();
    let mut selections = String::new();
    let mut variables = Map::new();
    for (position, (owner, name)) in repositories.iter().enumerate() {
        parameters += &format!("$o{position}: String!, $n{position}: String!, ");
        selections += &format!(
            "  {}: repository(owner: $o{position}, name: $n{position}) {{ ...State }}\n",
            alias(position)
        );
        variables.insert(format!("o{position}"), Value::from(*owner));
        variables.insert(format!("n{position}"), Value::from(*name));
    }
    let query = format!(
        "query Repositories({}) {{\n  rateLimit {{ cost remaining resetAt }}\n{selections}}}\n{}",
        parameters.trim_end_matches(", "),
        FRAGMENT.trim_start()
    );
    Request {
        method: Method::Post,
        url: endpoint.to_owned(),
        headers: vec![("content-type", "application/json".to_owned())],
        body: Some(json!({ "query": query, "variables": variables }).to_string()),
    }
}

/// Understands the answer to a [`request`] for the same repositories, received at `now`.
///
/// A renamed repository is answered for under its new name: [`Forge::name`] differs from what was
/// asked for. Errors inside a successful answer concern the repository they name; one that could
/// be read in part is given in part.
pub fn understand(answer: &Answer, repositories: &[(&str, &str)], now: Timestamp) -> Understood {
    answer::understand(answer, repositories.len(), now)
}

fn alias(position: usize) -> String {
    format!("r{position}")
}
