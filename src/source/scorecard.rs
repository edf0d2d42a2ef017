//! OpenSSF Scorecard results.
