//! The reader that the target is named after.
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let named = readers::READERS.iter().find(|it| it.name == env!("CARGO_BIN_NAME"));
    (named.expect("every target is named after a reader").read)(bytes);
});
