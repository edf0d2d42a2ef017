//! Rows of cells side by side, or below each other where the page is narrow.

use unicode_width::UnicodeWidthStr;

use crate::report::escape;
use crate::report::page::{Page, Tone};

/// Characters of a name on the first screen; registries allow 64.
const LONGEST_NAME: usize = 72;
/// Columns from which cells stand side by side.
const SIDE_BY_SIDE: usize = 72;

/// A line of the first screen.
pub(in crate::report) struct Cells {
    /// What it is about.
    pub(in crate::report) title: String,
    /// What is said of it; empty ones are left out where the page is narrow.
    pub(in crate::report) others: Vec<String>,
    /// What to do about it.
    pub(in crate::report) step: String,
    /// Whether the step is a command, which is never wrapped.
    pub(in crate::report) keep_whole: bool,
}

/// Text of bounded length: nobody reads a longer one, and it would push the rest off the screen.
pub(in crate::report) fn clip(text: &str) -> String {
    clip_to(text, LONGEST_NAME)
}

/// The same of at most so many characters.
pub(in crate::report) fn clip_to(text: &str, most: usize) -> String {
    let escaped = escape(text);
    match escaped.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &escaped[..end]),
        None => escaped.into_owned(),
    }
}

/// Writes rows with aligned columns; below the title where the page is narrow.
pub(in crate::report) fn write(
    page: &mut Page,
    rows: &[Cells],
    mut below: impl FnMut(&mut Page, usize),
) {
    let count = rows.iter().map(|row| row.others.len()).max().unwrap_or(0);
    let width_of = |texts: &mut dyn Iterator<Item = &str>| texts.map(UnicodeWidthStr::width).max();
    let title = width_of(&mut rows.iter().map(|row| row.title.as_str())).unwrap_or(0).min(34);
    let others: Vec<usize> = (0..count)
        .map(|at| {
            let mut texts = rows.iter().filter_map(|row| row.others.get(at)).map(String::as_str);
            width_of(&mut texts).unwrap_or(0)
        })
        .collect();
    for (position, row) in rows.iter().enumerate() {
        if page.width() < SIDE_BY_SIDE {
            write_narrow(page, row);
        } else {
            write_wide(page, row, title, &others);
        }
        below(page, position);
    }
}

fn write_narrow(page: &mut Page, row: &Cells) {
    page.line(2, Tone::Heading, &row.title);
    let others: Vec<&str> =
        row.others.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    page.line(4, Tone::Plain, &others.join(", "));
    write_step(page, 4, row);
}

fn write_wide(page: &mut Page, row: &Cells, title: usize, others: &[usize]) {
    let mut line = padded(&row.title, title);
    for (text, width) in row.others.iter().zip(others) {
        if *width > 0 {
            line.push_str("  ");
            line.push_str(&padded(text, *width));
        }
    }
    let whole = format!("{line}  {}", row.step);
    if whole.width() + 2 <= page.width() {
        page.row(2, Tone::Plain, &escape(&whole));
    } else if line.trim_end().width() + 2 <= page.width() {
        page.row(2, Tone::Plain, &escape(line.trim_end()));
        write_step(page, 6, row);
    } else {
        page.line(2, Tone::Plain, &line);
        write_step(page, 6, row);
    }
}

fn write_step(page: &mut Page, indent: usize, row: &Cells) {
    if row.keep_whole {
        page.command_at(indent, &row.step);
    } else {
        page.line(indent, Tone::Plain, &row.step);
    }
}

/// A text filled up with spaces to a width.
fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Writes commands, which are never wrapped, with what they do beside or below them.
pub(in crate::report) fn write_commands(page: &mut Page, rows: &[Cells]) {
    let title = rows.iter().map(|row| row.title.width()).max().unwrap_or(0);
    for row in rows {
        let whole = format!("{}   {}", padded(&row.title, title), row.step);
        if whole.width() + 2 <= page.width() {
            page.row(2, Tone::Plain, &escape(&whole));
        } else {
            page.command(&row.title);
            page.line(6, Tone::Faint, &row.step);
        }
    }
}
