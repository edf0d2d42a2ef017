//! Reports as users and programs read them.

mod explain;
mod json;
mod sample;
mod terminal;

use headwater::model::Audit;
use headwater::report::{Colour, FORMATS, Options};

fn options(width: usize) -> Options {
    Options { width, colour: Colour::Plain, detail: headwater::report::Detail::Short }
}

fn render(format: &str, audit: &Audit, options: &Options) -> String {
    let format = FORMATS.iter().find(|each| each.name == format).unwrap();
    (format.render)(audit, options)
}

/// Words separated by single spaces, so that an assertion does not depend on wrapping.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asserts that a text could not command or deceive a terminal.
fn assert_harmless(text: &str) {
    let bad = |character: &char| {
        character.is_control() && *character != '\n'
            || ['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}'].contains(character)
    };
    let found: Vec<char> = text.chars().filter(bad).collect();
    assert!(found.is_empty(), "{found:?} in {text}");
}

#[test]
fn formats_are_sorted_by_name() {
    assert!(FORMATS.is_sorted_by_key(|format| format.name));
}
