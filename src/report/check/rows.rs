//! The short table about a package that may be taken.

use crate::model::{
    Alternative, Audit, Cadence, Finding, Missing, Observed, Ownership, PackageFacts, PackageIndex,
    Presence, Project, RunsAtBuild, Source,
};
use crate::report::page::Page;
use crate::report::words::{chance_interval, count_of, first_few, thousands};
use crate::report::{label, upstream};

/// Findings listed; the rest is counted.
const ISSUES_SHOWN: usize = 5;
/// Packages it brings that are named; the rest is counted.
const NAMES_SHOWN: usize = 4;

/// Writes known issues, releases, the chance of trouble, what it brings, and its people.
pub(super) fn write(page: &mut Page, audit: &Audit, index: PackageIndex) {
    let project = audit.ranking.iter().find(|project| project.packages.contains(&index));
    let facts = audit.facts.get(index.get());
    write_issues(page, audit, index);
    page.field("releases", &releases(audit, index, facts, project));
    page.field("trouble", &trouble(project));
    page.field("what it brings", &brings(audit, index));
    page.field("people", &people(facts, project));
    if let Some(ways) = project.map(upstream::ways_to_pay).filter(|ways| !ways.is_empty()) {
        let ways: Vec<String> = ways.into_iter().map(str::to_owned).collect();
        page.field("pay at", &first_few(&ways, 1));
    }
}

fn write_issues(page: &mut Page, audit: &Audit, index: PackageIndex) {
    if audit.findings.is_empty() {
        return page.field("known issues", "none, nor in what it brings");
    }
    for (position, finding) in audit.findings.iter().take(ISSUES_SHOWN).enumerate() {
        let name = if position == 0 { "known issues" } else { "" };
        page.field(name, &issue(audit, index, finding));
    }
    let more = audit.findings.len().saturating_sub(ISSUES_SHOWN);
    if more > 0 {
        page.field("", &format!("and {} more", thousands(more)));
    }
}

/// `unsound RUSTSEC-2021-0145, no fixed release`, with the package where it is another one.
fn issue(audit: &Audit, index: PackageIndex, finding: &Finding) -> String {
    let id = finding.advisory.as_ref().map_or(String::new(), |it| format!(" {}", it.id));
    let mut parts = vec![format!("{}{id}", finding.kind.name())];
    if finding.package != index {
        let presence = finding.presence.name();
        parts.push(format!("in {} ({presence})", label::package(&audit.graph, finding.package)));
    }
    if finding.advisory.is_some() {
        parts.push(label::fix(&finding.fix));
    }
    parts.extend(label::exploited(finding));
    parts.extend(label::qualifications(audit, finding));
    parts.join(", ")
}

fn releases(
    audit: &Audit,
    index: PackageIndex,
    facts: Option<&PackageFacts>,
    project: Option<&Project>,
) -> String {
    let package = audit.graph.package(index);
    let unknown = Observed::Missing(Missing::NotFromRegistry);
    let cadence = match facts.map_or(&unknown, |facts| &facts.cadence) {
        Observed::Missing(why) => return format!("unknown: {why}"),
        Observed::Known(cadence) => cadence,
    };
    let Cadence { silence_days, releases, releases_12_months, newest, .. } = cadence;
    let mut parts = vec![
        format!("last {} ago", count_of(silence_days.max(0.0) as usize, "day")),
        format!("{} in all, {} in 12 months", thousands(*releases), thousands(*releases_12_months)),
    ];
    let newer = newest.as_ref().filter(|newest| **newest != package.version.to_string());
    parts.extend(newer.map(|newest| format!("newest {newest}")));
    let moved = project.map_or(&[][..], |project| &project.alternatives);
    parts.extend(moved.iter().find(|it| it.package == package.name).map(moves));
    parts.join("; ")
}

fn moves(Alternative { to, dependents, dropped, .. }: &Alternative) -> String {
    let crates = count_of(*dependents, "crate");
    format!("{crates} switched to {to}, {} dropped it", thousands(*dropped))
}

fn trouble(project: Option<&Project>) -> String {
    match project.map(|project| &project.chance) {
        Some(Observed::Known(chance)) => {
            format!("{} within 24 months", chance_interval(chance.estimate))
        }
        Some(Observed::Missing(Missing::InTrouble)) => Missing::InTrouble.to_string(),
        Some(Observed::Missing(why)) => format!("chance unknown: {why}"),
        None => "chance unknown: no upstream project".to_owned(),
    }
}

/// The packages it brings, and the build scripts and procedural macros among them and itself.
fn brings(audit: &Audit, subject: PackageIndex) -> String {
    let (mut names, mut elsewhere, mut scripts, mut macros, mut unknown) = (Vec::new(), 0, 0, 0, 0);
    for index in audit.graph.indices() {
        let package = audit.graph.package(index);
        match audit.graph.presence(index) {
            _ if package.source == Source::Path => continue,
            Presence::OtherTarget | Presence::Inactive | Presence::Dev => {
                elsewhere += 1;
                continue;
            }
            Presence::Runtime
            | Presence::RuntimeOrBuild
            | Presence::RuntimeOrProcMacro
            | Presence::Build
            | Presence::ProcMacro
            | Presence::Unknown => {}
        }
        if index != subject {
            names.push(format!("{} {}", package.name, package.version));
        }
        match audit.facts.get(index.get()).and_then(|facts| facts.runs_at_build.known()) {
            None => unknown += 1,
            Some(RunsAtBuild::Nothing) => {}
            Some(RunsAtBuild::BuildScript) => scripts += 1,
            Some(RunsAtBuild::ProcMacro) => macros += 1,
            Some(RunsAtBuild::Both) => (scripts, macros) = (scripts + 1, macros + 1),
        }
    }
    let mut parts = vec![match names.len() {
        0 => "no other package".to_owned(),
        count => format!("{}: {}", count_of(count, "package"), first_few(&names, NAMES_SHOWN)),
    }];
    let mut count = |number: usize, noun: &str| {
        if number > 0 {
            parts.push(count_of(number, noun));
        }
    };
    count(scripts, "build script");
    count(macros, "procedural macro");
    if unknown > 0 {
        let packages = count_of(unknown, "package");
        parts.push(format!("unknown for {packages} whether code runs at build time"));
    }
    if elsewhere > 0 {
        parts.push(format!("{} not built here", thousands(elsewhere)));
    }
    parts.join("; ")
}

fn people(facts: Option<&PackageFacts>, project: Option<&Project>) -> String {
    let not_asked = Observed::Missing(Missing::NotAsked);
    let owners = facts.map_or(&not_asked, |facts| &facts.ownership);
    let learned = project.map(upstream::of);
    let mut parts = vec![match owners {
        Observed::Known(owners) => publishers(&owners.value),
        Observed::Missing(why) => format!("publishers unknown: {why}"),
    }];
    if let Some(activity) = learned.and_then(|it| it.activity.known()) {
        let [_, recent, _] = activity.value.recent_people;
        parts.push(format!("{} with commits in 12 months", thousands(recent)));
    }
    if learned.and_then(|it| it.forge.known()).is_some_and(|forge| forge.value.archived) {
        parts.push("repository archived".to_owned());
    }
    parts.join("; ")
}

fn publishers(owners: &Ownership) -> String {
    let people = count_of(owners.people.len(), "publisher");
    match owners.teams.len() {
        0 => people,
        teams => format!("{people} and {}", count_of(teams, "team")),
    }
}
