//! The steps of the plan, quick wins first.

use crate::model::{Audit, Finding, Plan, Step, StepOutcome};
use crate::report::page::{Page, Tone};
use crate::report::words::{count_of, thousands};
use crate::report::{label, planned};

/// Steps shown; the rest is counted.
const STEPS_SHOWN: usize = 8;

pub(super) fn write(page: &mut Page, audit: &Audit, plan: &Plan) {
    if plan.steps.is_empty() {
        return;
    }
    page.heading("Steps");
    if let Some(lacks) = planned::index_lacks(plan) {
        page.command("cargo update --dry-run");
        page.line(6, Tone::Faint, &lacks);
    }
    if let Some(cleared) = plan.update.as_ref().filter(|cleared| !cleared.is_empty()) {
        page.command("cargo update");
        let at_least = if plan.index_lacks.is_empty() { "" } else { "at least " };
        let findings = count_of(cleared.len(), "finding");
        page.line(6, Tone::Faint, &format!("alone clears {at_least}{findings}; or one by one:"));
    }
    let is_open = |step: &&Step| {
        let mut findings = audit.findings.iter();
        findings.any(|it| it.waiver.is_none() && is_about(it, step))
    };
    let open: Vec<&Step> = plan.steps.iter().filter(is_open).collect();
    for shown in open.iter().take(STEPS_SHOWN) {
        write_step(page, audit, shown);
    }
    let more = open.len().saturating_sub(STEPS_SHOWN);
    if more > 0 {
        let rest = "see `plan` in `--format json`";
        page.line(2, Tone::Plain, &format!("and {} more steps: {rest}", thousands(more)));
    }
}

fn is_about(finding: &Finding, step: &Step) -> bool {
    finding.package == step.package && step.findings.iter().any(|id| id == finding.id())
}

fn write_step(page: &mut Page, audit: &Audit, shown: &Step) {
    match shown.outcome {
        StepOutcome::Update | StepOutcome::ManifestChange => {
            for change in planned::changes(shown) {
                page.line(2, Tone::Plain, &change);
            }
            for command in &shown.commands {
                page.command(&command.to_string());
            }
            page.line(6, Tone::Faint, &planned::outcome(audit, shown));
        }
        StepOutcome::Blocked { .. } | StepOutcome::Unknown { .. } => {
            let name = label::package(&audit.graph, shown.package);
            page.line(2, Tone::Plain, &format!("{name}: {}", planned::outcome(audit, shown)));
        }
    }
}
