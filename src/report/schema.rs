//! The published JSON schemas of the JSON reports, made from the types that write them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::fund::json::Report as FundReport;
use super::json::Report;
use super::trend::json::Report as TrendReport;

/// The JSON schema (draft 2020-12) of the `json` report, with descriptions.
///
/// It allows keys it does not know, as a reader of the report should.
pub fn schema() -> String {
    schema_of::<Report<'_>>("urn:headwater:report:2")
}

/// The same for the `json` report of a trend.
pub fn trend() -> String {
    schema_of::<TrendReport<'_>>("urn:headwater:trend:1")
}

/// The same for the `json` report of a budget shared out.
pub fn fund() -> String {
    schema_of::<FundReport<'_>>("urn:headwater:fund:2")
}

fn schema_of<T: JsonSchema>(id: &str) -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), id.into());
    let text = serde_json::to_string_pretty(&schema);
    text.expect("a schema is JSON with string keys") + "\n"
}
