//! The published JSON schema of the JSON report, made from the types that write it.

use schemars::generate::SchemaSettings;

use super::json::Report;

/// The JSON schema (draft 2020-12) of the `json` report, with descriptions.
///
/// It allows keys it does not know, as a reader of the report should.
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Report<'_>>();
    schema.insert("$id".to_owned(), "urn:headwater:report:1".into());
    let text = serde_json::to_string_pretty(&schema);
    text.expect("a schema is JSON with string keys") + "\n"
}
