//! Command line and exit codes.
