//! Whether to take a package: the answer first, then a short table, on one screen.

mod all;
mod rows;

use crate::lens::take::{Answer, Take, take};
use crate::model::{Audit, Direction, PackageIndex, VerdictStatus};

use super::page::{Page, Tone};
use super::words::count_of;
use super::{Detail, Options, label};

/// Reasons told beside the answer; the rest is counted.
const REASONS_SHOWN: usize = 4;
/// Reasons of the policy's verdict shown.
const VERDICT_REASONS_SHOWN: usize = 2;

/// Writes whether to take a package and why. The audit is of a stand-in workspace that depends on
/// the package alone.
pub fn answer(audit: &Audit, options: &Options) -> String {
    let mut page = Page::new(options);
    let stand_in = audit.graph.members().first();
    let dependency = |&index| audit.graph.neighbours(index, Direction::Dependencies).next();
    let Some((index, _)) = stand_in.and_then(dependency) else {
        page.line(0, Tone::Caution, "TAKE WITH CARE: nothing is known of the package");
        return page.finish();
    };
    write_answer(&mut page, audit, index);
    rows::write(&mut page, audit, index);
    write_policy(&mut page, audit);
    match options.detail {
        Detail::Short => {
            page.blank();
            let package = audit.graph.package(index);
            page.command(&format!("headwater check {}@{} --all", package.name, package.version));
            page.line(6, Tone::Faint, "shows all facts, findings, and what is unknown");
        }
        Detail::All => all::write(&mut page, audit, index),
    }
    page.finish()
}

fn write_answer(page: &mut Page, audit: &Audit, index: PackageIndex) {
    let Take { answer, reasons } = take(audit, index);
    let (word, tone) = match answer {
        Answer::Take => ("TAKE ".to_owned(), Tone::Good),
        Answer::WithCare => ("TAKE WITH CARE ".to_owned(), Tone::Caution),
        Answer::Avoid => ("AVOID ".to_owned(), Tone::Bad),
        Answer::UseInstead(what) => (format!("USE {what} INSTEAD of"), Tone::Bad),
    };
    let shown = reasons[..reasons.len().min(REASONS_SHOWN)].join("; ");
    let more = match reasons.len().saturating_sub(REASONS_SHOWN) {
        0 => String::new(),
        more => format!("; and {}", count_of(more, "more reason")),
    };
    let package = label::package(&audit.graph, index);
    page.spaced(0, tone, &format!("{word} {package}: {shown}{more}"));
}

/// What the policy says, which is what the exit code says.
fn write_policy(page: &mut Page, audit: &Audit) {
    let reasons = &audit.verdict.reasons;
    let shown = reasons[..reasons.len().min(VERDICT_REASONS_SHOWN)].join("; ");
    let more = match reasons.len().saturating_sub(VERDICT_REASONS_SHOWN) {
        0 => String::new(),
        more => format!("; and {}", count_of(more, "more reason")),
    };
    let status = match audit.verdict.status {
        VerdictStatus::Pass => "pass",
        VerdictStatus::Fail => "fail",
        VerdictStatus::Incomplete => "incomplete",
    };
    page.field("policy", &format!("{status}: {shown}{more}"));
    let databases = audit.databases.iter().filter_map(|it| Some((&it.name, it.date?)));
    let dated: Vec<String> =
        databases.map(|(name, date)| format!(", {name} dated {date}")).collect();
    page.field("as of", &format!("{}{}", audit.as_of, dated.concat()));
}
