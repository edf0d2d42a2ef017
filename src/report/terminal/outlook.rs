//! What is to be expected of the product in the next year.

use crate::model::Audit;
use crate::report::page::{Page, Tone};
use crate::report::words::{count_of, interval};

pub(super) fn write(page: &mut Page, audit: &Audit) {
    let expected = &audit.expected;
    if expected.packages == 0 {
        return;
    }
    page.heading("Outlook: what the next 12 months may bring");
    let packages = count_of(expected.packages, "package");
    let disclosures = interval(expected.disclosures);
    page.field("disclosures", &format!("{disclosures} expected among {packages}"));
    let exposure = interval(expected.exposure);
    page.field("unfixed", &format!("{exposure} of them without a fixed release 90 days later"));
    let caveat = "flaws are reported where people look: `headwater explain disclosure`";
    page.line(2, Tone::Faint, caveat);
}
