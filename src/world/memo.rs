//! The memo of parsed index entries.
