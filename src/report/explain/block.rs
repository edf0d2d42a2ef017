//! Facts from one source, told in sentences.

use jiff::Timestamp;

use crate::model::{Observed, Sourced};
use crate::report::page::Page;
use crate::report::words::thousands;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// A line for each sentence.
    Full,
    /// A paragraph of the most telling sentences for each source, so that all fit one screen.
    Compact,
}

/// Sentences of one source that a compact layout shows.
const COMPACT_SENTENCES: usize = 6;

/// Writes what one source said: short sentences without a full stop, the most telling first.
pub(super) fn write(page: &mut Page, layout: Layout, label: &str, sentences: &[String]) {
    match layout {
        Layout::Full => {
            for (position, sentence) in sentences.iter().enumerate() {
                page.field(if position == 0 { label } else { "" }, sentence);
            }
        }
        Layout::Compact => page.field(label, &sentences.join("; ")),
    }
}

/// [`write`] for a known fact, with where from and when; nothing for a missing one.
pub(super) fn write_known<T>(
    page: &mut Page,
    layout: Layout,
    label: &str,
    fact: &Observed<Sourced<T>>,
    tell: impl FnOnce(&T) -> Vec<String>,
) {
    if let Observed::Known(fact) = fact {
        let mut sentences = tell(&fact.value);
        if layout == Layout::Compact {
            sentences.truncate(COMPACT_SENTENCES);
        }
        sentences.push(format!("from {}, {}", fact.from, fact.on));
        write(page, layout, label, &sentences);
    }
}

/// The day of a time, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// A count that may be larger than what memory can hold.
pub(super) fn large(count: u64) -> String {
    thousands(usize::try_from(count).unwrap_or(usize::MAX))
}
