//! What is wrong with the user's own files and databases, without stopping the run.

/// The most diagnostics about one matter that are told one by one.
const MOST_ALIKE: usize = 20;

/// A complaint about an input, shown on standard error and kept in the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// How grave it is.
    pub level: Level,
    /// The file, as the user would name it.
    pub path: Option<String>,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// What is wrong and what to do: a lowercase fragment without a full stop.
    pub message: String,
}

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The result may be wrong or stale because of it.
    Warning,
    /// Good to know.
    Note,
}

impl Diagnostic {
    /// A warning about a file.
    pub fn warning(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, path: Some(path.into()), line: None, message: message.into() }
    }

    /// The first of very many alike, and one that says how many more there are of `what`.
    #[must_use]
    pub fn first_of(mut alike: Vec<Self>, what: &str) -> Vec<Self> {
        let Some(more) = alike.len().checked_sub(MOST_ALIKE).filter(|more| *more > 1) else {
            return alike;
        };
        alike.truncate(MOST_ALIKE);
        let message = format!("{more} more {what}");
        let level = alike.last().map_or(Level::Warning, |last| last.level);
        alike.push(Self { level, path: None, line: None, message });
        alike
    }

    /// A note about no file in particular.
    pub fn note(message: impl Into<String>) -> Self {
        Self { level: Level::Note, path: None, line: None, message: message.into() }
    }
}
