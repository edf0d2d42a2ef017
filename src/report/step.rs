//! The step that is shown for a package: one line, the cheapest that ends most.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};

use crate::model::{Audit, Certainty, Finding, Fix, PackageIndex, StepOutcome};

use super::{label, planned};

/// Commands that are shown one after the other; more are counted.
const COMMANDS_SHOWN: usize = 3;

/// What to do about the findings of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// How much it takes; the cheaper first.
    pub(super) effort: Effort,
    /// The step in words, or the command.
    pub(super) text: String,
    /// Findings it ends.
    pub(super) clears: usize,
}

/// How much a step takes, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effort {
    /// A command that every requirement allows.
    Lockfile,
    /// A command that the requirements may not allow.
    LockfilePerhaps,
    /// A change of a manifest of the workspace.
    Manifest,
    /// Facts that would tell are missing.
    Unknown,
    /// Another project has to move first.
    Upstream,
    /// No release helps, as far as is known.
    NoRelease,
}

impl Step {
    /// Whether the text is a command, which is never wrapped.
    pub(super) fn is_command(&self) -> bool {
        self.text.starts_with("cargo ")
    }
}

/// Whether something is to be done about a finding: it is surely there and not waived.
pub(super) fn is_open(finding: &Finding) -> bool {
    finding.waiver.is_none() && finding.certainty == Certainty::Exact
}

/// The cheapest step for findings about one package.
pub(super) fn step(audit: &Audit, package: PackageIndex, findings: &[&Finding]) -> Step {
    let open: Vec<&Finding> = findings.iter().copied().filter(|it| is_open(it)).collect();
    plan(audit, package, &open)
        .or_else(|| lockfile(audit, package, &open))
        .or_else(|| perhaps(audit, package, &open))
        .or_else(|| upgrade(audit, package, &open))
        .unwrap_or_else(|| none(&open))
}

/// The first step of the plan about them, which was checked by choosing versions as Cargo does.
fn plan(audit: &Audit, package: PackageIndex, open: &[&Finding]) -> Option<Step> {
    let speaks_of = |id: &String| open.iter().any(|finding| finding.id() == id);
    let steps = audit.plan.as_ref()?.steps_for(package);
    let step = steps.into_iter().find(|step| step.findings.iter().any(speaks_of))?;
    let clears = step.findings.len();
    let commands: Vec<String> = step.commands.iter().map(ToString::to_string).collect();
    match &step.outcome {
        StepOutcome::Update if commands.len() <= COMMANDS_SHOWN => {
            Some(Step { effort: Effort::Lockfile, text: commands.join(" && "), clears })
        }
        StepOutcome::Update => {
            let text = format!("{} commands: headwater audit --all", commands.len());
            Some(Step { effort: Effort::Lockfile, text, clears })
        }
        StepOutcome::ManifestChange => {
            let text = planned::changes(step).join("; ");
            Some(Step { effort: Effort::Manifest, text, clears })
        }
        StepOutcome::Blocked { .. } => {
            let text = planned::outcome(audit, step);
            Some(Step { effort: Effort::Upstream, text, clears: 0 })
        }
        StepOutcome::Unknown { .. } => {
            // Nothing has checked a command, so none is shown.
            let fixed = open.iter().filter_map(|finding| match &finding.fix {
                Fix::Released { to } => Some(to),
                Fix::Update { .. }
                | Fix::Upgrade { .. }
                | Fix::Removed
                | Fix::None
                | Fix::Unknown => None,
            });
            let fixed = fixed.max().map(|to| format!("fixed in {to}; ")).unwrap_or_default();
            let text = format!("{fixed}{}", planned::outcome(audit, step));
            Some(Step { effort: Effort::Unknown, text, clears: 0 })
        }
    }
}

/// The command that moves the lockfile inside all requirements.
fn lockfile(audit: &Audit, package: PackageIndex, open: &[&Finding]) -> Option<Step> {
    let good = open.iter().filter_map(|finding| match &finding.fix {
        Fix::Update { to } => Some(to),
        Fix::Upgrade { .. } | Fix::Released { .. } | Fix::Removed | Fix::None | Fix::Unknown => {
            None
        }
    });
    let releases: Vec<&Version> = good.collect();
    let (lowest, highest) = (releases.iter().min()?, releases.iter().max()?);
    // Where findings name different newest good releases, only up to the lowest all of them are
    // cleared, and a plain update could go beyond it.
    let precise = if lowest == highest { String::new() } else { format!(" --precise {lowest}") };
    let text = command(audit, package, &precise);
    Some(Step { effort: Effort::Lockfile, text, clears: releases.len() })
}

/// The same where it is unknown whether the requirements allow it.
fn perhaps(audit: &Audit, package: PackageIndex, open: &[&Finding]) -> Option<Step> {
    let fixed = open.iter().filter_map(|finding| match &finding.fix {
        Fix::Released { to } => Some(to),
        Fix::Update { .. } | Fix::Upgrade { .. } | Fix::Removed | Fix::None | Fix::Unknown => None,
    });
    let fixed: Vec<&Version> = fixed.collect();
    let to = fixed.iter().max()?;
    let text = format!("{}   (fixed in {to})", command(audit, package, ""));
    Some(Step { effort: Effort::LockfilePerhaps, text, clears: fixed.len() })
}

fn command(audit: &Audit, package: PackageIndex, precise: &str) -> String {
    let name = &audit.graph.package(package).name;
    if is_plain(name) {
        format!("cargo update -p {}{precise}", specification(audit, package))
    } else {
        format!("update `{name}` in the lockfile")
    }
}

/// What the dependents in the way have to do; a member of the workspace first.
fn upgrade(audit: &Audit, package: PackageIndex, open: &[&Finding]) -> Option<Step> {
    let mut blockers: BTreeMap<PackageIndex, (&VersionReq, &Version)> = BTreeMap::new();
    let (mut clears, mut highest) = (0, None);
    for finding in open {
        let Fix::Upgrade { to, blocked_by } = &finding.fix else { continue };
        clears += 1;
        highest = highest.max(Some(to));
        for (dependent, accepts) in blocked_by {
            let entry = blockers.entry(*dependent).or_insert((accepts, to));
            entry.1 = entry.1.max(to);
        }
    }
    let highest = highest?;
    let name = &audit.graph.package(package).name;
    let is_own = |index: &PackageIndex| audit.graph.members().binary_search(index).is_ok();
    let own = blockers.iter().find(|(index, _)| is_own(index));
    let upstream = blockers.iter().find(|(index, _)| !is_own(index));
    let who = |index: &PackageIndex| label::package(&audit.graph, *index);
    let (effort, text) = match (upstream, own) {
        (Some((index, (_, to))), _) => {
            let others = match blockers.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            (Effort::Upstream, format!("blocked by {}{others}: needs {name} {to}", who(index)))
        }
        (None, Some((index, (accepts, to)))) => {
            (Effort::Manifest, format!("in {}: raise {name} from {accepts} to {to}", who(index)))
        }
        (None, None) => (Effort::Upstream, format!("a requirement keeps {name} {highest} out")),
    };
    Some(Step { effort, text, clears })
}

fn none(open: &[&Finding]) -> Step {
    let text = match open.first().map(|finding| &finding.fix) {
        None => "nothing to do",
        Some(_) if open.iter().all(|it| it.fix == Fix::None) => "no fixed release",
        Some(_) => "fix unknown",
    };
    Step { effort: Effort::NoRelease, text: text.to_owned(), clears: 0 }
}

/// The package as Cargo wants it named: with its version where the lockfile has several.
fn specification(audit: &Audit, index: PackageIndex) -> String {
    let package = audit.graph.package(index);
    let same = |other: &PackageIndex| audit.graph.package(*other).name == package.name;
    match audit.graph.indices().filter(same).count() {
        1 => package.name.clone(),
        _ => format!("{}@{}", package.name, package.version),
    }
}

/// Whether a name can stand in a command that a user copies into a shell.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(plain)
}
