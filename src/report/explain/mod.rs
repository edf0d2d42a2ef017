//! The evidence behind one package, advisory, rule or forecast, for `headwater explain`.

mod activity;
mod block;
mod chance;
mod deps_dev;
mod evidence;
mod facts;
mod forge;
mod funding;
mod model;
mod outlook;
mod path;
mod presence;
mod rule;
mod score;
mod unaffected;
mod upstream;
mod word;

pub use model::model;
pub use rule::rule;
pub use unaffected::unaffected;
pub use word::word;

use crate::forecast::Models;
use crate::model::{Advisory, Audit, Finding, Observed, PackageIndex};

use super::identity::identifiers;
use super::label;
use super::page::{Page, Tone};
use super::words::{count_of, first_few};
use super::{Options, models};
use block::Layout;

/// Packages of one name, or with one advisory, that are explained; the rest is counted.
const MOST_PACKAGES: usize = 20;

/// Explains every package that the query names: how it got here, what was measured, what was
/// found. `None` where no package has that name.
///
/// A query is a name (`syn`), a name and version (`syn@1.0.109`), or a purl or identifier from
/// the JSON report, with or without version.
pub fn package(audit: &Audit, query: &str, options: &Options) -> Option<String> {
    let found = named(audit, query);
    if found.is_empty() {
        return None;
    }
    let mut page = Page::new(options);
    let models = models();
    for &index in found.iter().take(MOST_PACKAGES) {
        write_package(&mut page, audit, &models, index);
    }
    write_more(&mut page, found.len(), "version");
    write_sources(&mut page, audit);
    Some(page.finish())
}

/// Counts what is left out.
fn write_more(page: &mut Page, found: usize, what: &str) {
    if let Some(more) = found.checked_sub(MOST_PACKAGES).filter(|more| *more > 0) {
        page.blank();
        let more = count_of(more, &format!("more {what}"));
        page.line(0, Tone::Plain, &format!("and {more}: name one as NAME@VERSION"));
    }
}

fn write_package(page: &mut Page, audit: &Audit, models: &Models, index: PackageIndex) {
    facts::write(page, audit, index);
    outlook::write(page, audit, models, index);
    outlook::write_exposure(page, audit, models, index);
    for finding in audit.findings.iter().filter(|finding| finding.package == index) {
        page.heading(&format!("Finding: {}", finding.id()));
        evidence::write(page, audit, finding);
    }
    write_project(page, audit, models, index);
}

/// What is known about a package and its upstream project, whoever uses it, on half a screen.
pub(super) fn write_own(page: &mut Page, audit: &Audit, index: PackageIndex) {
    page.heading(&label::package(&audit.graph, index));
    facts::write_own(page, audit, index, Layout::Compact);
    outlook::write_compact(page, audit, index);
    for project in audit.ranking.iter().filter(|project| project.packages.contains(&index)) {
        page.heading(&format!("Upstream project: {}", project.name));
        upstream::write(page, project, Layout::Compact);
        chance::compact(page, &project.chance, project.harm);
    }
}

/// Explains an advisory and every finding it led to. `None` where no finding has an advisory
/// with this identifier or alias. Case does not matter.
pub fn advisory(audit: &Audit, query: &str, options: &Options) -> Option<String> {
    let same = |name: &String| name.eq_ignore_ascii_case(query);
    let concerns = |advisory: &Advisory| same(&advisory.id) || advisory.aliases.iter().any(same);
    let concerns_finding =
        |finding: &&Finding| finding.advisory.as_ref().is_some_and(|advisory| concerns(advisory));
    let mut page = Page::new(options);
    let mut written: Vec<&str> = Vec::new();
    for finding in audit.findings.iter().filter(concerns_finding) {
        let Some(advisory) = &finding.advisory else { continue };
        if written.contains(&advisory.id.as_str()) {
            continue;
        }
        written.push(&advisory.id);
        evidence::write_advisory(&mut page, finding.kind, advisory);
        let of_it = |other: &&Finding| other.id() == advisory.id;
        let all = audit.findings.iter().filter(of_it);
        let count = all.clone().count();
        for finding in all.take(MOST_PACKAGES) {
            page.heading(&format!("Found in {}", label::package(&audit.graph, finding.package)));
            presence::write(&mut page, audit, finding.package);
            path::write(&mut page, audit, finding.package, &finding.paths);
            evidence::write(&mut page, audit, finding);
        }
        write_more(&mut page, count, "package");
    }
    if written.is_empty() {
        return None;
    }
    write_sources(&mut page, audit);
    Some(page.finish())
}

/// The packages that a query names.
fn named(audit: &Audit, query: &str) -> Vec<PackageIndex> {
    if query.starts_with("pkg:") {
        let identifiers = identifiers(&audit.graph);
        let matches = |index: &PackageIndex| {
            let identifier = &identifiers[index.get()];
            let rest = identifier.strip_prefix(query);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['@', '?', '#']))
        };
        return audit.graph.indices().filter(matches).collect();
    }
    // An upstream project stands for its packages.
    if let Some(project) = audit.ranking.iter().find(|it| it.name.eq_ignore_ascii_case(query))
        && query.contains('/')
    {
        return project.packages.clone();
    }
    // As a purl, a lockfile and a report write it.
    let (name, version) = match query.rsplit_once(['@', ' ']) {
        Some((name, version)) => (name, Some(version)),
        None => (query, None),
    };
    let matches = |index: &PackageIndex| {
        let package = audit.graph.package(*index);
        let same = |version| package.version.to_string() == version;
        let named = |name: &str| package.name.eq_ignore_ascii_case(name);
        named(query) || named(name) && version.is_none_or(same)
    };
    audit.graph.indices().filter(matches).collect()
}

fn write_project(page: &mut Page, audit: &Audit, models: &Models, index: PackageIndex) {
    let projects = audit.ranking.iter().enumerate();
    for (rank, project) in projects.filter(|(_, project)| project.packages.contains(&index)) {
        page.heading(&format!("Upstream project: {}", project.name));
        match &project.chance {
            Observed::Known(_) => {
                page.field("rank", &outlook::place(rank + 1, audit.ranking.len(), project.places));
            }
            Observed::Missing(why) => page.field("rank", &format!("not ranked: {why}")),
        }
        if let Some(repository) = &project.repository {
            page.field("repository", repository);
        }
        let labels = project.packages.iter().map(|&index| label::package(&audit.graph, index));
        page.field("packages", &first_few(&labels.collect::<Vec<_>>(), 10));
        if let Observed::Known(chance) = &project.chance {
            chance::write(page, models, chance, project.harm);
        }
        for reason in &project.reasons {
            page.line(2, Tone::Plain, reason);
        }
        match &project.expected {
            Observed::Known(expected) => page.field("expected", &outlook::expected(expected)),
            Observed::Missing(why) => page.field("expected", &format!("unknown: {why}")),
        }
        match &project.advice {
            Observed::Known(advice) => page.field("advice", &label::advice(advice)),
            Observed::Missing(why) => page.field("advice", &format!("unknown: {why}")),
        }
        for moved in &project.alternatives {
            let (package, to, last) = (&moved.package, &moved.to, moved.last_day);
            let [switched, dropped] =
                [moved.dependents, moved.dropped].map(|count| count_of(count, "crate"));
            let sentence = format!(
                "{switched} switched from {package} to {to}, the last on {last}; {dropped} dropped it"
            );
            page.field("moved", &sentence);
        }
        upstream::write(page, project, Layout::Full);
    }
}

fn write_sources(page: &mut Page, audit: &Audit) {
    page.heading("Sources");
    page.field("lockfile", &format!("{} as of {}", audit.lockfile, audit.as_of));
    for database in audit.databases.iter().chain([&audit.exploited]) {
        let date = database.date.map_or("unknown date".to_owned(), |date| date.to_string());
        let commit = database.commit.as_ref().map(|commit| format!(", commit {commit}"));
        let path = database.path.as_ref().map(|path| format!(", {path}"));
        let (commit, path) = (commit.unwrap_or_default(), path.unwrap_or_default());
        let (origin, licence) = (database.origin.name(), &database.licence);
        page.field(&database.name, &format!("{date}{commit}, {origin} copy{path}, {licence}"));
    }
    page.field("releases", "the index of the registry in Cargo's home, as last updated by Cargo");
}
