//! Release cadence from a release history.
