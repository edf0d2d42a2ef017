//! Why a run could not happen.

use std::fmt;
use std::path::{Path, PathBuf};

/// The run could not happen: what, where, and what to do about it.
#[derive(Debug)]
pub struct Error {
    /// What sort of failure it is; decides the exit code.
    pub failure: Failure,
    /// What is wrong: a lowercase fragment without a full stop.
    pub message: String,
    /// The file or folder it is about.
    pub path: Option<PathBuf>,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// Lines that show the place, without names from outside that could be more than one line.
    pub excerpt: Option<String>,
    /// What the user can do.
    pub help: Option<String>,
}

/// Sort of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Wrong usage or bad input.
    Input,
    /// There is nothing to audit.
    Nothing,
    /// Facts that the verdict needs are missing, or a source failed.
    Source,
}

impl Error {
    /// Bad input or usage.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Failure::Input, message)
    }

    /// Any failure.
    pub fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into(), path: None, line: None, excerpt: None, help: None }
    }

    /// Says which file or folder it is about.
    #[must_use]
    pub fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_owned());
        self
    }

    /// Says which line (from 1) it is about.
    #[must_use]
    pub fn line(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }

    /// Shows the place.
    #[must_use]
    pub fn excerpt(mut self, excerpt: String) -> Self {
        self.excerpt = Some(excerpt);
        self
    }

    /// Says what the user can do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(path) = &self.path {
            write!(f, "\n  in {}", path.display())?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
        }
        if let Some(excerpt) = &self.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
