//! All findings, counted by kind and tier.

use std::collections::BTreeMap;

use crate::model::{Audit, Certainty, Finding, FindingKind, Presence, Tier};
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::thousands;

pub(super) fn write(page: &mut Page, audit: &Audit) {
    if audit.findings.is_empty() {
        return;
    }
    let mut counts: BTreeMap<(FindingKind, Tier), usize> = BTreeMap::new();
    for finding in &audit.findings {
        *counts.entry((finding.kind, finding.tier)).or_default() += 1;
    }
    let present = |kind: &FindingKind| counts.keys().any(|(of, _)| of == kind);
    let rows = FindingKind::ALL.into_iter().filter(present).map(|kind| {
        let count = |tier| counts.get(&(kind, tier)).map_or("-".to_owned(), |&n| thousands(n));
        let cells = std::iter::once(kind.name().to_owned()).chain(Tier::ALL.map(count));
        Row { group: None, cells: cells.collect(), details: Vec::new() }
    });
    page.heading("Counts");
    table(page, &columns(), &rows.collect::<Vec<_>>());
    let labels = labels(&audit.findings);
    if !labels.is_empty() {
        page.line(2, Tone::Plain, &format!("of these, {labels}"));
    }
}

fn columns() -> Vec<Column> {
    let kind = Column { title: "kind", align: Align::Left, from_width: 0 };
    let tiers = Tier::ALL.map(|tier| tier.name());
    let counts = tiers.map(|title| Column { title, align: Align::Right, from_width: 0 });
    std::iter::once(kind).chain(counts).collect()
}

fn labels(findings: &[Finding]) -> String {
    let count = |is: fn(&Finding) -> bool, label: &str| {
        let times = findings.iter().filter(|finding| is(finding)).count();
        (times > 0).then(|| format!("{} {label}", thousands(times)))
    };
    let labels = [
        count(|finding| finding.waiver.is_some(), "waived"),
        count(|finding| finding.certainty == Certainty::Possible, "only possible"),
        count(|finding| finding.presence == Presence::OtherTarget, "on another target"),
        count(|finding| finding.presence.is_undecided(), "of unknown presence"),
    ];
    labels.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
