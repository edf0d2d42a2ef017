//! Sources that are asked over HTTP: requests as they are sent, answers as they come.

mod deps_dev;
mod funding;
mod github;
mod gitlab;
mod repository;
mod rust_registry;
mod scorecard;

use std::path::Path;

use headwater::source::Answer;

use crate::data;

/// A recorded body.
fn case(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/sources");
    std::fs::read(folder.join(name)).unwrap()
}

/// An answer without headers.
fn answer(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status, headers: Vec::new(), body: body.into() }
}

/// An answer with one header more.
fn with_header(mut answer: Answer, name: &str, value: &str) -> Answer {
    answer.headers.push((name.to_owned(), value.to_owned()));
    answer
}

/// A body with one byte changed and cut short: what a hostile or broken server may send.
fn damaged(mut body: Vec<u8>, at: usize, byte: u8, end: usize) -> Vec<u8> {
    if !body.is_empty() {
        let at = at % body.len();
        body[at] = byte;
        body.truncate(body.len() - end % 3 * (end % body.len()) / 2);
    }
    body
}
