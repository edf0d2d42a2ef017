//! An answer about many repositories, taken apart by repository.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::alias;
use super::response::sampled;
use crate::model::Missing;
use crate::source::wire::json as read_json;
use crate::source::{Answer, funding};

/// What a message about a limit says, whatever else it says.
const LIMIT_WORDS: &str = "rate limit";

/// Issues and requests of people outside a project that make a sample large enough.
const ENOUGH_SAMPLED: u64 = 10;

/// The lists that are read page by page.
const LISTS: [&str; 2] = ["newestIssues", "newestRequests"];

/// The files that are asked for, by the name of their field.
const FILES: [(&str, &str); 3] = [
    ("fundingYaml", ".github/FUNDING.yml"),
    ("fundingJson", "funding.json"),
    ("packageJson", "package.json"),
];

/// Where the next pages of a sample begin; `None` is their beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursors {
    /// Of issues.
    pub issues: Option<String>,
    /// Of requests.
    pub requests: Option<String>,
}

/// Takes apart the answer about so many repositories: for each, in the order asked for, an answer
/// about it alone, without mailboxes, or why there is none. An error inside a successful answer concerns the
/// repository that it names, else all of them.
pub fn parts(answer: &Answer, asked: usize) -> Vec<Result<Answer, Missing>> {
    let body: Body = match read_json(answer) {
        Ok(body) => body,
        Err(why) => return vec![Err(explained(answer, why)); asked],
    };
    let mut data = body.data.unwrap_or_default();
    let part = |position| {
        let alias = alias(position);
        match data.remove(&alias) {
            Some(Value::Null) => Err(why(&body.errors, &alias).unwrap_or(Missing::NotFound)),
            None => Err(why(&body.errors, &alias).unwrap_or(Missing::NotUnderstood)),
            Some(mut value) => {
                forget_mailboxes(&mut value);
                Ok(part_of(value))
            }
        }
    };
    (0..asked).map(part).collect()
}

/// Where a sample goes on that is too small to judge by; `None` for one that is large enough or
/// at its end.
pub fn more(part: &Answer) -> Option<Cursors> {
    let value = repository(part)?;
    let [issues, requests] = LISTS.map(|list| &value[list]["pageInfo"]);
    let goes_on = [issues, requests].iter().any(|page| page["hasNextPage"] == true);
    let cursor = |page: &Value| page["endCursor"].as_str().map(str::to_owned);
    (goes_on && sampled(value.clone())? < ENOUGH_SAMPLED)
        .then(|| Cursors { issues: cursor(issues), requests: cursor(requests) })
}

/// A part with the next page of its sample, which is a part of an answer as well. What is not
/// there to be added is left out.
pub fn lengthened(part: &Answer, page: &Answer) -> Answer {
    let (Some(mut whole), Some(mut page)) = (repository(part), repository(page)) else {
        return part.clone();
    };
    for list in LISTS {
        let Some(Value::Object(mut new)) = page.get_mut(list).map(Value::take) else { continue };
        let Some(Value::Object(known)) = whole.get_mut(list) else { continue };
        let (Some(Value::Array(nodes)), Some(Value::Array(more))) =
            (known.get_mut("nodes"), new.remove("nodes"))
        else {
            continue;
        };
        nodes.extend(more);
        known.insert("pageInfo".to_owned(), new.remove("pageInfo").unwrap_or_default());
    }
    part_of(whole)
}

/// Leaves of the files only what says whom to pay: a part is kept, and mailboxes are not to be.
fn forget_mailboxes(repository: &mut Value) {
    for (field, path) in FILES {
        if let Some(Value::String(text)) =
            repository.get_mut(field).and_then(|file| file.get_mut("text"))
        {
            *text = funding::without_mailboxes(path, text);
        }
    }
}

/// What a part says of its repository, as an object.
pub(super) fn repository(part: &Answer) -> Option<Value> {
    let mut body: Body = read_json(part).ok()?;
    body.data.as_mut()?.remove(&alias(0)).filter(Value::is_object)
}

fn part_of(value: Value) -> Answer {
    let body = json!({ "data": { alias(0): value } }).to_string().into_bytes();
    Answer { status: 200, headers: Vec::new(), body }
}

/// A secondary limit is sometimes told by the message alone.
fn explained(answer: &Answer, why: Missing) -> Missing {
    let text = String::from_utf8_lossy(&answer.body);
    if why == Missing::Refused && text.contains(LIMIT_WORDS) { Missing::RateLimited } else { why }
}

/// Why there is no repository: by the error that names it, else by one that names none. An error
/// that names none speaks of the whole request.
fn why(errors: &[WireError], alias: &str) -> Option<Missing> {
    let named = errors.iter().find(|error| error.subject() == Some(alias));
    let error = named.or_else(|| errors.iter().find(|error| error.subject().is_none()))?;
    Some(match error.kind.as_deref().unwrap_or_default() {
        "NOT_FOUND" => Missing::NotFound,
        "RATE_LIMITED" | "RATE_LIMIT" => Missing::RateLimited,
        "FORBIDDEN" | "INSUFFICIENT_SCOPES" | "MAX_NODE_LIMIT_EXCEEDED" => Missing::Refused,
        _ if error.message.contains(LIMIT_WORDS) => Missing::RateLimited,
        // The interface gives up on a query that takes too long without naming a kind.
        _ => Missing::Unreachable,
    })
}

#[derive(Deserialize)]
struct Body {
    data: Option<Map<String, Value>>,
    #[serde(default)]
    errors: Vec<WireError>,
}

#[derive(Deserialize)]
struct WireError {
    #[serde(rename = "type")]
    kind: Option<String>,
    path: Option<Vec<Value>>,
    #[serde(default)]
    message: String,
}

impl WireError {
    /// The alias of the repository it is about.
    fn subject(&self) -> Option<&str> {
        self.path.as_ref()?.first()?.as_str()
    }
}
