//! Standard output for the report, standard error for the rest.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

use super::arguments::Color;
use crate::model::{Diagnostic, Error, Level, without_secrets};
use crate::report::{Colour, Detail, Options, escape};

/// Columns of a report that does not go to a terminal.
const PLAIN_WIDTH: usize = 100;

/// The longest message, in characters: names and values of inputs may be of any length.
const LONGEST_MESSAGE: usize = 8_000;

/// Where text goes and how it may look.
#[derive(Debug)]
pub(super) struct Output {
    choice: ColorChoice,
    quiet: bool,
}

impl Output {
    pub(super) fn new(color: Color, quiet: bool) -> Self {
        let choice = match color {
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { choice, quiet }
    }

    /// How a report on standard output may look.
    pub(super) fn options(&self) -> Options {
        let on_terminal = || terminal_size::terminal_size_of(io::stdout());
        let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
        let width = on_terminal().map(|(width, _)| usize::from(width.0)).or_else(columns);
        let colour = match self.choice {
            ColorChoice::Never => Colour::Plain,
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => Colour::Ansi,
        };
        Options { width: width.unwrap_or(PLAIN_WIDTH), colour, detail: Detail::Short }
    }

    /// The same for everything where that is asked for.
    pub(super) fn options_with(&self, all: bool) -> Options {
        Options { detail: detail(all), ..self.options() }
    }

    /// How a report in a file looks.
    pub(super) fn file_options(all: bool) -> Options {
        Options { width: PLAIN_WIDTH, colour: Colour::Plain, detail: detail(all) }
    }

    /// Prints on standard output. A reader that went away is no error.
    ///
    /// # Errors
    /// Where standard output cannot be written for another reason.
    pub(super) fn print(&self, text: &str) -> Result<(), Error> {
        let mut stdout = AutoStream::new(io::stdout().lock(), self.choice);
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::input(format!("standard output cannot be written: {error}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Says what went wrong on standard error.
    pub(super) fn error(&self, error: &Error) {
        say(&of_error("error", error));
    }

    /// Says why there is nothing to do, unless it is to be quiet.
    pub(super) fn nothing(&self, error: &Error) {
        if !self.quiet {
            say(&of_error("note", error));
        }
    }

    /// Says what is wrong with the inputs on standard error.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let label = match diagnostic.level {
                Level::Warning => "warning",
                Level::Note if self.quiet => continue,
                Level::Note => "note",
            };
            let place = match (&diagnostic.path, diagnostic.line) {
                (Some(path), Some(line)) => Some(format!("  in {path}:{line}")),
                (Some(path), None) => Some(format!("  in {path}")),
                (None, _) => None,
            };
            let message = format!("{label}: {}", diagnostic.message);
            say(&[message].into_iter().chain(place).collect::<Vec<_>>());
        }
    }

    /// Says something on standard error, unless it is to be quiet.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            say(&[text]);
        }
    }
}

fn detail(all: bool) -> Detail {
    if all { Detail::All } else { Detail::Short }
}

/// An error in lines.
fn of_error(label: &str, error: &Error) -> Vec<String> {
    let mut lines = vec![format!("{label}: {}", error.message)];
    if let Some(path) = &error.path {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.push(format!("  in {}{line}", path.display()));
    }
    lines.extend(error.excerpt.iter().flat_map(|it| it.lines()).map(str::to_owned));
    lines.extend(error.help.as_ref().map(|help| format!("  help: {help}")));
    lines
}

/// Writes a message to standard error. Nothing from outside can begin a line: those who make a
/// message say where its lines end.
/// Where standard error is gone there is nobody to tell.
pub(super) fn say(lines: &[impl AsRef<str>]) {
    let mut stderr = io::stderr().lock();
    let mut left = LONGEST_MESSAGE;
    for line in lines {
        let line = line.as_ref().lines().collect::<Vec<_>>().join(", ");
        let line = without_secrets(&line);
        let shown: String = line.chars().take(left).collect();
        left -= shown.chars().count();
        let cut = if shown == line { "" } else { " [cut]" };
        let _ = writeln!(stderr, "{}{cut}", escape(&shown));
        if left == 0 {
            break;
        }
    }
}

/// Writes a file that the user named.
///
/// # Errors
/// Where it cannot be written; the message names it.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text)
        .map_err(|error| Error::input(format!("cannot be written: {error}")).at(path))
}

/// Whether standard error is a terminal, for progress.
pub(super) fn is_interactive() -> bool {
    io::stderr().is_terminal()
}
