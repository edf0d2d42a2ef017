//! Whom one can pay and how: FUNDING.yml, funding.json, the `funding` field of npm.
//!
//! A text with an e-mail address in it is not kept.

mod manifest;

use std::collections::BTreeMap;

use serde_json::Value;

use super::wire::bounded;
use crate::model::{Funding, Payee};

/// Most ways to pay kept of one file.
const MOST_PAYEES: usize = 100;

/// Longest file that is looked at, in bytes.
pub const LONGEST_FILE: usize = 256 * 1024;

/// Where a repository or package may say whom to pay, in the order of the forges' own look-up.
pub const PATHS: [&str; 6] = [
    ".github/FUNDING.yml",
    "FUNDING.yml",
    "docs/FUNDING.yml",
    "funding.json",
    "FUNDING.json",
    "package.json",
];

/// Reads the file at one of [`PATHS`].
///
/// # Errors
/// Where it cannot be understood or is too long: a lowercase fragment that says so.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Funding, String> {
    let alone = |payees| Funding { payees, history: Vec::new() };
    if path.ends_with(".yml") {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        parse_yaml(text).map(alone)
    } else if path.ends_with("package.json") {
        parse_npm(bytes).map(alone)
    } else {
        parse_json(bytes)
    }
}

/// The part of the file at one of [`PATHS`] that says whom to pay, without texts that hold an
/// e-mail address; empty where there is none.
pub fn without_mailboxes(path: &str, text: &str) -> String {
    if path.ends_with(".yml") {
        return text.lines().filter(|line| !holds_mailbox(line)).collect::<Vec<_>>().join("\n");
    }
    let file: Result<BTreeMap<String, Value>, _> = serde_json::from_str(text);
    let mut file = file.unwrap_or_default();
    file.retain(|key, _| matches!(key.as_str(), "funding" | "drips"));
    file.values_mut().for_each(blank_mailboxes);
    if file.is_empty() { String::new() } else { serde_json::json!(file).to_string() }
}

fn blank_mailboxes(value: &mut Value) {
    match value {
        Value::String(text) if holds_mailbox(text) => text.clear(),
        Value::Array(values) => values.iter_mut().for_each(blank_mailboxes),
        Value::Object(table) => table.values_mut().for_each(blank_mailboxes),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads a FUNDING.yml: platforms, each with an account or a list of them. Empty values, as the
/// template has, and values of other shapes are skipped.
///
/// # Errors
/// Where it is not YAML, no table, or too long: a lowercase fragment that says so.
pub fn parse_yaml(text: &str) -> Result<Vec<Payee>, String> {
    checked(text.len())?;
    // A file of comments alone is no table, but no mistake either.
    let platforms: Option<BTreeMap<String, Value>> =
        serde_saphyr::from_str(text).map_err(|error| bounded(error.to_string()))?;
    let payees = platforms.unwrap_or_default().into_iter().flat_map(|(platform, value)| {
        let platform = bounded(platform.to_ascii_lowercase());
        scalars(value).into_iter().map(move |account| Payee::account(&platform, &account))
    });
    Ok(sorted(payees))
}

/// Reads a funding.json of [fundingjson.org](https://fundingjson.org), version 1, or one of the
/// older FUNDING.json that hold accounts of Drips.
///
/// # Errors
/// Where it is not JSON or neither of the two, or too long: a lowercase fragment that says so.
pub fn parse_json(bytes: &[u8]) -> Result<Funding, String> {
    checked(bytes.len())?;
    manifest::parse(bytes)
}

/// Reads the `funding` field of a `package.json`: an address, a table with a `url` and perhaps a
/// `type`, or a list of these. A file without the field names nobody.
///
/// # Errors
/// Where it is not JSON or no table, or too long: a lowercase fragment that says so.
pub fn parse_npm(bytes: &[u8]) -> Result<Vec<Payee>, String> {
    checked(bytes.len())?;
    let mut file: BTreeMap<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let entries = match file.remove("funding") {
        Some(Value::Array(entries)) => entries,
        Some(entry) => vec![entry],
        None => Vec::new(),
    };
    Ok(sorted(entries.into_iter().filter_map(npm_payee)))
}

/// An unknown address under a platform's name belongs to that platform. `individual` and the like
/// are kinds of payees, which only say `custom`.
fn npm_payee(entry: Value) -> Option<Payee> {
    let (url, kind) = match entry {
        Value::String(url) => (url, None),
        Value::Object(mut table) => match (table.remove("url")?, table.remove("type")) {
            (Value::String(url), Some(Value::String(kind))) => (url, Some(kind)),
            (Value::String(url), _) => (url, None),
            _ => return None,
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    };
    let mut payee = Payee::link(&bounded(url));
    let named = kind.filter(|kind| !matches!(kind.as_str(), "individual" | "corporation"));
    if let (Some(kind), "custom") = (named, payee.platform.as_str()) {
        payee.platform = bounded(kind.to_ascii_lowercase());
    }
    Some(payee)
}

/// The accounts of a value: one, or a list of them.
fn scalars(value: Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![bounded(text.trim().to_owned())],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values
            .into_iter()
            .filter(|value| !value.is_array())
            .take(MOST_PAYEES)
            .flat_map(scalars)
            .collect(),
        Value::Null | Value::Bool(_) | Value::Object(_) => Vec::new(),
    }
}

/// Ascending, none twice, none that says nothing or names a mailbox.
fn sorted(payees: impl Iterator<Item = Payee>) -> Vec<Payee> {
    let usable = |payee: &Payee| !payee.account.is_empty() && !holds_mailbox(&payee.account);
    let mut payees: Vec<Payee> = payees.filter(usable).take(MOST_PAYEES).collect();
    payees.sort();
    payees.dedup();
    payees
}

/// Whether a text holds something of the shape of an e-mail address.
fn holds_mailbox(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let is_mailbox = |pair: &[&str]| match pair {
        [before, after] => {
            let host = after.split(|it: char| !it.is_alphanumeric() && it != '.' && it != '-');
            before.ends_with(char::is_alphanumeric)
                && host.take(1).any(|host| host.trim_end_matches('.').contains('.'))
        }
        _ => false,
    };
    parts.windows(2).any(is_mailbox)
}

fn checked(length: usize) -> Result<(), String> {
    if length > LONGEST_FILE {
        return Err(format!("it is longer than {LONGEST_FILE} bytes"));
    }
    Ok(())
}
