//! The findings that matter first.

use crate::model::{Audit, Finding, Fix};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::{first_few, thousands, whole_points};

use super::{FINDINGS_SHOWN, WIDE};

/// Dependents in the way of an upgrade that are shown.
const BLOCKERS_SHOWN: usize = 3;

const COLUMNS: [Column; 8] = [
    Column { title: "score", align: Align::Right, from_width: 0 },
    Column { title: "package", align: Align::Left, from_width: 0 },
    Column { title: "advisory", align: Align::Left, from_width: 56 },
    Column { title: "kind", align: Align::Left, from_width: 76 },
    Column { title: "presence", align: Align::Left, from_width: 76 },
    Column { title: "severity", align: Align::Left, from_width: 100 },
    Column { title: "fix", align: Align::Left, from_width: 116 },
    Column { title: "place", align: Align::Right, from_width: 0 },
];

pub(in crate::report) fn write(page: &mut Page, audit: &Audit) {
    let findings = &audit.findings;
    if findings.is_empty() {
        page.heading("Findings");
        return page.line(2, Tone::Plain, "none");
    }
    let shown = &findings[..findings.len().min(FINDINGS_SHOWN)];
    page.heading(&match findings.len() - shown.len() {
        0 => format!("Findings: {}", thousands(findings.len())),
        _ => format!("Findings: the first {} of {}", shown.len(), thousands(findings.len())),
    });
    let rows = shown.iter().enumerate().map(|(position, finding)| {
        let begins = position == 0 || shown[position - 1].tier != finding.tier;
        let group = begins.then(|| (label::tone(finding.tier), finding.tier.name()));
        Row { group, cells: cells(audit, position + 1, finding), details: details(audit, finding) }
    });
    let columns = match page.width() {
        ..WIDE => &COLUMNS[..COLUMNS.len() - 1],
        _ => &COLUMNS,
    };
    table(page, columns, &rows.collect::<Vec<_>>());
    let more = findings.len() - shown.len();
    if more > 0 {
        let rest = "see `--format json`, or `headwater explain` with a package or advisory";
        page.line(2, Tone::Plain, &format!("and {} more: {rest}", thousands(more)));
    }
}

fn cells(audit: &Audit, place: usize, finding: &Finding) -> Vec<String> {
    let advisory = finding.advisory.as_ref().map_or("", |advisory| &advisory.id);
    vec![
        whole_points(finding.score.total),
        label::package(&audit.graph, finding.package),
        advisory.to_owned(),
        finding.kind.name().to_owned(),
        finding.presence.in_words().to_owned(),
        label::severity(finding),
        label::fix(&finding.fix),
        label::place(place, finding.places),
    ]
}

fn details(audit: &Audit, finding: &Finding) -> Vec<String> {
    let mut details: Vec<String> = label::exploited(finding).into_iter().collect();
    if let Fix::Upgrade { blocked_by, .. } = &finding.fix {
        let blockers = blocked_by.iter().map(|(index, accepts)| {
            format!("{} accepts {accepts}", label::package(&audit.graph, *index))
        });
        let blockers: Vec<String> = blockers.collect();
        let blockers = Some(first_few(&blockers, BLOCKERS_SHOWN)).filter(|who| !who.is_empty());
        details.push(format!("blocked: {}", blockers.as_deref().unwrap_or("by a requirement")));
    }
    if finding.fails_gate {
        details.push("fails the gate".to_owned());
    }
    details.extend(label::qualifications(audit, finding));
    details
}
