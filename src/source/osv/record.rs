//! The parts of an OSV record that are read. Every enumeration is text, so that a record with a
//! value invented tomorrow is still understood.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::subjects::entries;

#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    #[serde(default)]
    pub(super) published: Option<String>,
    pub(super) modified: String,
    #[serde(default)]
    pub(super) withdrawn: Option<String>,
    #[serde(default)]
    pub(super) summary: Option<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) aliases: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) severity: Vec<Severity>,
    /// As written: one entry that is malformed costs the others nothing.
    #[serde(default, deserialize_with = "entries")]
    pub(super) affected: Vec<Value>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) references: Vec<Reference>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) database_specific: RecordExtra,
}

#[derive(Deserialize)]
pub(super) struct Severity {
    pub(super) score: String,
}

#[derive(Deserialize)]
pub(super) struct Affected {
    #[serde(default)]
    pub(super) package: Option<Package>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) severity: Vec<Severity>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) ranges: Vec<Range>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) versions: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) ecosystem_specific: EcosystemExtra,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) database_specific: AffectedExtra,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) ecosystem: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) purl: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) events: Vec<Event>,
}

#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) introduced: Option<String>,
    pub(super) fixed: Option<String>,
    pub(super) last_affected: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Reference {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    pub(super) url: String,
}

#[derive(Deserialize, Default)]
pub(super) struct RecordExtra {
    pub(super) license: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) severity: Option<String>,
}

#[derive(Deserialize, Default)]
pub(super) struct EcosystemExtra {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) affects: Affects,
}

#[derive(Deserialize, Default)]
pub(super) struct Affects {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) arch: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) os: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) functions: Vec<String>,
}

#[derive(Deserialize, Default)]
pub(super) struct AffectedExtra {
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) categories: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub(super) keywords: Vec<String>,
    pub(super) cvss: Option<String>,
    pub(super) informational: Option<String>,
}

/// A text; anything else a database keeps under the name is passed over.
fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::to_owned))
}

fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
