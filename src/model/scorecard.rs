//! What OpenSSF Scorecard says.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// OpenSSF Scorecard results: parts kept apart, never mixed into one number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scorecard {
    /// The day of the analysis.
    pub date: Option<Date>,
    /// The commit that was analysed.
    pub commit: Option<String>,
    /// Version of the tool.
    pub version: Option<String>,
    /// Check name to its score, 0 to 10; `None` where the check was inconclusive.
    pub checks: BTreeMap<String, Option<u8>>,
}
