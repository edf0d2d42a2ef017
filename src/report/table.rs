//! Aligned tables that give up columns as a terminal gets narrower.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

use super::escape;
use super::page::{Page, Tone};

/// A column of a table. The first one must have text in every row and stays at every width.
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) align: Align,
    /// Narrower pages show its cells in the lines below each row instead.
    pub(super) from_width: usize,
}

/// Side to which a column is aligned: numbers right, words left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// A row with the lines that belong to it.
pub(super) struct Row {
    /// A title above it, where it begins a group.
    pub(super) group: Option<(Tone, &'static str)>,
    /// One text for each column.
    pub(super) cells: Vec<String>,
    /// Remarks below the row, as wide as the page.
    pub(super) details: Vec<String>,
}

const INDENT: usize = 2;
/// Cells wider than this wrap even where there is room.
const WIDEST_CELL: u16 = 40;

/// Writes a table.
pub(super) fn table(page: &mut Page, columns: &[Column], rows: &[Row]) {
    let shown: Vec<usize> =
        (0..columns.len()).filter(|&column| columns[column].from_width <= page.width()).collect();
    let first = first_column_width(columns, rows);
    let mut lines = layout(page, columns, rows, &shown).into_iter().peekable();
    let mut next_row = |page: &mut Page, tone: Tone| {
        let mut begun = false;
        while let Some(line) = lines.next_if(|line| !begun || is_continued(line, first)) {
            page.row(INDENT, tone, &line);
            begun = true;
        }
    };
    next_row(page, Tone::Faint);
    for row in rows {
        if let Some((tone, title)) = row.group {
            page.blank();
            page.line(INDENT, tone, title);
        }
        next_row(page, Tone::Plain);
        let hidden = hidden_cells(columns, row, &shown);
        let below: Vec<&str> = hidden.iter().chain(&row.details).map(String::as_str).collect();
        if !below.is_empty() {
            page.line(INDENT + first + gap(page), Tone::Faint, &below.join("; "));
        }
    }
}

fn first_column_width(columns: &[Column], rows: &[Row]) -> usize {
    let widths = rows.iter().map(|row| escape(&row.cells[0]).width());
    widths.chain([columns[0].title.width()]).max().unwrap_or(0)
}

/// The first column never wraps and is never empty: a line that is blank there continues the
/// row above.
fn is_continued(line: &str, first_column_width: usize) -> bool {
    line.bytes().take(first_column_width).all(|byte| byte == b' ')
}

/// The texts of cells whose column is not shown, numbers with their title.
fn hidden_cells(columns: &[Column], row: &Row, shown: &[usize]) -> Option<String> {
    let hidden = (0..columns.len()).filter(|column| !shown.contains(column));
    let texts = hidden.filter(|&column| !row.cells[column].is_empty()).map(|column| {
        let (text, title) = (&row.cells[column], columns[column].title);
        match columns[column].align {
            // A bare "unknown" would not say what is.
            Align::Left if text == "unknown" => format!("{title} {text}"),
            Align::Left => text.clone(),
            Align::Right => format!("{title} {text}"),
        }
    });
    let texts = texts.collect::<Vec<_>>().join(", ");
    (!texts.is_empty()).then_some(texts)
}

/// Columns between two columns.
fn gap(page: &Page) -> usize {
    if page.width() < 60 { 1 } else { 2 }
}

fn layout(page: &Page, columns: &[Column], rows: &[Row], shown: &[usize]) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(page.width() - INDENT).unwrap_or(u16::MAX));
    table.set_header(shown.iter().map(|&column| columns[column].title));
    for row in rows {
        table.add_row(shown.iter().map(|&column| escape(&row.cells[column]).into_owned()));
    }
    for (position, column) in table.column_iter_mut().enumerate() {
        let last = position + 1 == shown.len();
        column.set_padding((0, if last { 0 } else { gap(page) as u16 }));
        if columns[shown[position]].align == Align::Right {
            column.set_cell_alignment(CellAlignment::Right);
        }
        column.set_constraint(match position {
            0 => ColumnConstraint::ContentWidth,
            _ => ColumnConstraint::UpperBoundary(Width::Fixed(WIDEST_CELL)),
        });
    }
    table.lines().collect()
}
