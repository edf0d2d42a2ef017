//! Lines of text for a terminal: escaped, wrapped, in at most one tone a line.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Colour, Options, escape};

/// What a line is, for the eye. The words alone say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Heading,
    Faint,
    Good,
    Bad,
    Caution,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into())).bold();
        match self {
            Self::Plain => Style::new(),
            Self::Heading => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red),
            Self::Caution => colour(AnsiColor::Yellow),
        }
    }
}

/// A growing text. Everything written is escaped, so a caller cannot forget to.
pub(super) struct Page {
    text: String,
    width: usize,
    colour: Colour,
}

impl Page {
    pub(super) fn new(options: &Options) -> Self {
        Self { text: String::new(), width: options.width.max(20), colour: options.colour }
    }

    /// Columns that a line may fill.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// A title after an empty line.
    pub(super) fn heading(&mut self, title: &str) {
        if !self.text.is_empty() {
            self.blank();
        }
        self.line(0, Tone::Heading, title);
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A paragraph, wrapped at words and indented by so many columns.
    pub(super) fn line(&mut self, indent: usize, tone: Tone, text: &str) {
        for line in wrap(&escape(text), self.width - indent.min(self.width / 2)) {
            self.row(indent, tone, &line);
        }
    }

    /// A label and a paragraph beside it, or below it where the page is narrow.
    pub(super) fn field(&mut self, label: &str, text: &str) {
        const LABEL: usize = 16;
        let label = escape(label);
        if self.width < 60 || label.width() >= LABEL {
            if !label.is_empty() {
                self.line(2, Tone::Faint, &label);
            }
            return self.line(4, Tone::Plain, text);
        }
        let mut label = format!("{label:LABEL$}");
        for line in wrap(&escape(text), self.width - LABEL - 2) {
            self.row(2, Tone::Plain, &format!("{label}{line}"));
            label = " ".repeat(LABEL);
        }
    }

    /// A line whose spaces stay as they are where it fits, else a wrapped paragraph.
    pub(super) fn spaced(&mut self, indent: usize, tone: Tone, text: &str) {
        let escaped = escape(text);
        if indent + escaped.width() <= self.width {
            self.row(indent, tone, &escaped);
        } else {
            self.line(indent, tone, text);
        }
    }

    /// A command, which is never wrapped: it has to be copied whole.
    pub(super) fn command(&mut self, command: &str) {
        self.command_at(2, command);
    }

    /// The same indented by so many columns.
    pub(super) fn command_at(&mut self, indent: usize, command: &str) {
        self.row(indent, Tone::Plain, &escape(command));
    }

    /// A text and an address, which is never broken: beside the text, or below it where there is
    /// no room.
    pub(super) fn line_with_link(&mut self, indent: usize, text: &str, link: Option<&str>) {
        let (text, link) = (escape(text), link.map(escape));
        match link {
            Some(link) if indent + text.width() + 2 + link.width() <= self.width => {
                self.row(indent, Tone::Plain, &format!("{text}  {link}"));
            }
            link => {
                self.spaced(indent, Tone::Plain, &text);
                if let Some(link) = link {
                    self.row(indent, Tone::Plain, &link);
                }
            }
        }
    }

    /// A line that is escaped and short enough already.
    pub(super) fn row(&mut self, indent: usize, tone: Tone, text: &str) {
        let style = match self.colour {
            Colour::Plain => Style::new(),
            Colour::Ansi => tone.style(),
        };
        let text = text.trim_end();
        let spaces = " ".repeat(indent);
        self.text.push_str(&format!("{spaces}{style}{text}{style:#}\n"));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Breaks text into lines of at most `width` columns, at spaces where there are any.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let space = usize::from(used > 0);
        if used > 0 && used + space + word.width() > width {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is always a line");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        used = push_word(&mut lines, word, used, width);
    }
    lines
}

/// Adds a word to the last line, breaking it where it is wider than a whole line. Returns the
/// columns then used in the last line.
fn push_word(lines: &mut Vec<String>, word: &str, mut used: usize, width: usize) -> usize {
    for character in word.chars() {
        let columns = character.width().unwrap_or(0);
        if used > 0 && used + columns > width {
            lines.push(String::new());
            used = 0;
        }
        lines.last_mut().expect("there is always a line").push(character);
        used += columns;
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Detail;

    #[test]
    fn text_wraps_at_words_and_breaks_only_what_is_too_long() {
        let cases: [(&str, usize, &[&str]); 6] = [
            ("one two three", 20, &["one two three"]),
            ("one two three", 7, &["one two", "three"]),
            ("one two three", 8, &["one two", "three"]),
            ("abcdefghij kl", 4, &["abcd", "efgh", "ij", "kl"]),
            ("日本語", 4, &["日本", "語"]),
            ("", 4, &[""]),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrap(text, width), expected, "{text} at {width}");
        }
    }
    fn written(width: usize, colour: Colour, write: impl FnOnce(&mut Page)) -> String {
        let mut page = Page::new(&Options { width, colour, detail: Detail::All });
        write(&mut page);
        page.finish()
    }

    fn plain(width: usize, write: impl FnOnce(&mut Page)) -> String {
        written(width, Colour::Plain, write)
    }

    /// A caller cannot forget to escape.
    #[test]
    fn whatever_is_written_is_escaped() {
        let bad = "a\u{1b}[2J\u{202e}b\nc";
        let shown = "a\\u{1b}[2J\\u{202e}b\\u{a}c\n";
        type Write<'a> = &'a dyn Fn(&mut Page);
        let writes: [(Write<'_>, String); 8] = [
            (&|page| page.heading(bad), shown.into()),
            (&|page| page.line(1, Tone::Bad, bad), format!(" {shown}")),
            (&|page| page.spaced(3, Tone::Good, bad), format!("   {shown}")),
            (&|page| page.command(bad), format!("  {shown}")),
            (&|page| page.command_at(4, bad), format!("    {shown}")),
            (&|page| page.field("key", bad), format!("  {:16}{shown}", "key")),
            (&|page| page.field(bad, "value"), format!("  {shown}    value\n")),
            (&|page| page.line_with_link(2, "text", Some(bad)), format!("  text  {shown}")),
        ];
        for (write, expected) in writes {
            assert_eq!(plain(80, write), expected);
        }
    }

    #[test]
    fn what_does_not_fit_is_wrapped_or_goes_below() {
        let at = |width, write: &dyn Fn(&mut Page)| plain(width, write);
        let text = "one two three four five";
        assert_eq!(at(20, &|page| page.line(0, Tone::Plain, text)), "one two three four\nfive\n");
        assert_eq!(at(23, &|page| page.line(0, Tone::Plain, text)), format!("{text}\n"));
        let indented = "  one two three four\n  five\n";
        assert_eq!(at(24, &|page| page.line(2, Tone::Plain, text)), indented);
        // However far it is indented, half of the page is left.
        let deep = |page: &mut Page| page.line(30, Tone::Plain, "one two three");
        assert_eq!(at(20, &deep), format!("{0}one two\n{0}three\n", " ".repeat(30)));
        // Spaces stay where the whole line fits, to the last column.
        let columns = "a    b                 c";
        assert_eq!(at(26, &|page| page.spaced(2, Tone::Plain, columns)), format!("  {columns}\n"));
        assert_eq!(at(25, &|page| page.spaced(2, Tone::Plain, columns)), "  a b c\n");
        assert_eq!(at(9, &|page| assert_eq!(page.width(), 20)), "");
    }

    #[test]
    fn a_label_stands_beside_its_text_or_above_it() {
        let field = |width, label: &str, text: &str| plain(width, |page| page.field(label, text));
        let beside = |label: &str, text: &str| format!("  {label:16}{text}\n");
        assert_eq!(field(60, "key", "value"), beside("key", "value"));
        assert_eq!(field(59, "key", "value"), "  key\n    value\n");
        assert_eq!(field(80, "a label so long", "value"), beside("a label so long", "value"));
        assert_eq!(field(80, "a label too long", "value"), "  a label too long\n    value\n");
        assert_eq!(field(50, "", "value"), "    value\n");
        let (first, second) = ("x".repeat(42), "y");
        assert_eq!(
            field(60, "key", &format!("{first} {second}")),
            beside("key", &first) + &beside("", second)
        );
    }

    #[test]
    fn an_address_is_never_broken() {
        let link = "https://a.example/a/long/address";
        let write =
            |width, indent| plain(width, |page| page.line_with_link(indent, "text", Some(link)));
        let whole = 3 + 4 + 2 + link.len();
        assert_eq!(write(whole, 3), format!("   text  {link}\n"));
        assert_eq!(write(whole - 1, 3), format!("   text\n   {link}\n"));
        assert_eq!(plain(40, |page| page.line_with_link(1, "text", None)), " text\n");
    }

    #[test]
    fn headings_stand_apart_and_only_colour_is_lost() {
        let write = |page: &mut Page| {
            page.heading("one");
            page.row(0, Tone::Plain, "text  ");
            page.heading("two");
            page.row(1, Tone::Bad, "bad");
        };
        assert_eq!(plain(80, write), "one\ntext\n\ntwo\n bad\n");
        let coloured = written(80, Colour::Ansi, write);
        assert!(coloured.starts_with("\u{1b}[1mone\u{1b}[0m\n"), "{coloured:?}");
        assert!(coloured.contains(" \u{1b}[1m\u{1b}[31mbad\u{1b}[0m\n"), "{coloured:?}");
    }
}
