//! Text of manifests and lockfiles to packages and declarations.
//!
//! One file per format. A reader understands text; `world` opens the files.

pub mod cargo_lock;
pub mod cargo_manifest;

use std::fmt;

/// Why a text could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// What is wrong: a lowercase fragment without a full stop.
    pub message: String,
    /// Line in the text, from 1.
    pub line: Option<usize>,
}

impl ReadError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None }
    }

    fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map(|span| line_of(text, span.start));
        Self { message: error.message().trim().replace('\n', ", "), line }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

/// Line, from 1, of a byte offset.
fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count() + 1
}
