//! The environmentalist: which upstream projects to support first.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::forecast::Models;
use crate::model::{
    Advisory, Cadence, Chance, Classification, Features, Finding, FindingKind, Fix, Graph, Harm,
    MaintenanceStatus, Missing, Observed, Outlook, PackageFacts, PackageIndex, Places, Project,
    Upstream,
};
use crate::rule::Rule;
use crate::signal::class::{Circumstances, class};
use crate::signal::repository::ProjectKey;
use crate::source::successors::Successors;

use super::advice::{Situation, advice, is_in_trouble};
use super::alternative::{alternatives, superseded};
use super::expected::expected;
use super::harm::harm;
use super::project::{principal, projects};
use super::reason::{TOLD, reasons};
use super::stability::places;
use super::trouble::{Evidence, at as chance_at, chance, parts, project_features};

/// What the environmentalist judges by.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The packages and their dependencies.
    pub graph: &'a Graph,
    /// Facts by package position.
    pub facts: &'a [PackageFacts],
    /// The gatekeeper's findings.
    pub findings: &'a [Finding],
    /// All advisories about packages of a name, in force on the day judged for.
    pub advisories: &'a dyn Fn(&str) -> Vec<Arc<Advisory>>,
    /// What was learned about upstream projects, by normalised repository address.
    pub upstream: &'a BTreeMap<String, Upstream>,
    /// The rules.
    pub rules: &'a [Rule],
    /// The models of forecasts.
    pub models: &'a Models,
    /// The day judged for.
    pub as_of: Date,
}

/// Ranks the upstream projects of registry and git packages by chance of trouble times harm,
/// highest first. Those that are in trouble already come after them, and then those of which too
/// little is known; among each, what most stands on first, equal ones by name, then repository.
pub fn rank(input: Input<'_>) -> Vec<Project> {
    let successors = Successors::shipped();
    let unordered: Vec<Project> = projects(input.graph, input.facts)
        .into_iter()
        .map(|(key, packages)| project(input, &successors, key, packages))
        .collect();
    let mut order: Vec<usize> = (0..unordered.len()).collect();
    order.sort_by(|a, b| in_order(&unordered[*a], &unordered[*b]));
    // Projects are large: sorting would move each of them often.
    let mut unordered: Vec<Option<Project>> = unordered.into_iter().map(Some).collect();
    let mut ranking: Vec<Project> =
        order.into_iter().filter_map(|at| unordered[at].take()).collect();
    let chances: Vec<(&Chance, Harm)> =
        ranking.iter().filter_map(|it| Some((it.chance.known()?, it.harm))).collect();
    let ranges = ranges(&chances);
    for (project, range) in ranking.iter_mut().zip(ranges) {
        project.places = range;
    }
    for project in ranking.iter_mut().take(TOLD) {
        if let Observed::Known(chance) = &project.chance {
            let features = features(input, &principal(input.graph, &project.packages));
            project.reasons = reasons(input.rules, chance, features.known());
        }
    }
    ranking
}

/// Assessed before in trouble already before not assessed; then the highest priority or harm
/// first; equal ones by name, then repository.
fn in_order(a: &Project, b: &Project) -> Ordering {
    let group = |project: &Project| match project.chance {
        Observed::Known(_) => 0,
        Observed::Missing(Missing::InTrouble) => 1,
        Observed::Missing(_) => 2,
    };
    let weight = |project: &Project| project.priority().unwrap_or(project.harm.value);
    (group(a).cmp(&group(b)))
        .then_with(|| weight(b).total_cmp(&weight(a)))
        .then_with(|| (&a.name, &a.repository).cmp(&(&b.name, &b.repository)))
}

/// How far each chance times harm moves in its ranking.
pub(super) fn ranges(ranked: &[(&Chance, Harm)]) -> Vec<Places> {
    let items: Vec<_> = ranked.iter().map(|(chance, _)| parts(chance)).collect();
    places(&items, |at, total| {
        let (chance, harm) = ranked[at];
        -(chance_at(chance.fitted.log_odds, total) * harm.value)
    })
}

fn project(
    input: Input<'_>,
    successors: &Successors<'_>,
    key: ProjectKey,
    packages: Vec<PackageIndex>,
) -> Project {
    let facts = || packages.iter().filter_map(|package| input.facts.get(package.get()));
    let (name, repository) = match key {
        ProjectKey::Repository(repository) => (repository.path, Some(repository.address)),
        ProjectKey::Publisher(publisher) => (format!("published by {publisher}"), None),
        ProjectKey::Name(name) => (name, None),
    };
    let learned = repository.as_ref().and_then(|address| input.upstream.get(address));
    let is_ours = |finding: &&Finding| packages.binary_search(&finding.package).is_ok();
    let cadence = freshest(facts().map(|facts| &facts.cadence));
    let findings: Vec<&Finding> = input.findings.iter().filter(is_ours).collect();
    let unasked = if repository.is_some() { Missing::NotAsked } else { Missing::NoRepository };
    let forge = learned.map_or(Observed::Missing(unasked), |it| it.forge.clone());
    let status = |package: &PackageIndex| input.facts.get(package.get())?.maintenance.known();
    let worst_status = packages.iter().filter_map(status).max().copied();
    let class = classify(learned, &cadence, &findings, worst_status, input.as_of, unasked);
    let principal = principal(input.graph, &packages);
    let outlooks = outlooks(input, &packages);
    let expected =
        outlooks.and_then(|outlooks| Observed::Known(expected(outlooks.iter().copied())));
    let alternatives =
        alternatives(input.graph, &packages, successors, input.advisories, input.as_of);
    let situation = Situation {
        packages: &principal,
        class: &class,
        forge: forge.known(),
        findings: &findings,
        status: worst_status,
        cadence: cadence.known(),
        expected: &expected,
        has_payee: learned.is_some_and(has_payee),
        superseded: &superseded(input.graph, &principal, input.advisories, input.as_of),
        alternatives: &alternatives,
    };
    let advice = advice(&situation);
    let chance = if is_in_trouble(&situation) {
        Observed::Missing(Missing::InTrouble)
    } else {
        features(input, &principal).map(|features| {
            let evidence = Evidence {
                upstream: learned,
                unasked,
                class: Some(&class),
                publishers: None,
                tag: None,
                findings: &findings,
                as_of: input.as_of,
            };
            chance(input.rules, input.models.trouble_of(&features), &features, &evidence)
        })
    };
    let harm = harm(input.rules, input.graph, input.facts, &packages);
    let upstream = learned.cloned().map(Box::new);
    let places = Places { first: 1, last: 1 };
    Project {
        name,
        repository,
        packages,
        chance,
        harm,
        places,
        expected,
        reasons: Vec::new(),
        advice,
        alternatives,
        class,
        upstream,
    }
}

/// What forecasts about a project look at.
fn features(input: Input<'_>, packages: &[PackageIndex]) -> Observed<Features> {
    outlooks(input, packages).and_then(|outlooks| project_features(outlooks))
}

/// The cadence of the package that was released last: a project of many packages releases them
/// one by one, and one that goes on shows that somebody is there.
fn freshest<'a>(
    cadences: impl Iterator<Item = &'a Observed<Cadence>> + Clone,
) -> Observed<Cadence> {
    let known = cadences.clone().filter_map(Observed::known);
    let last = known.max_by_key(|cadence| (cadence.last_release, cadence.releases));
    let why = cadences.filter_map(Observed::missing).next().unwrap_or(Missing::NoIndexEntry);
    Observed::from_option(last.cloned(), why)
}

fn has_payee(upstream: &Upstream) -> bool {
    upstream.funding.known().is_some_and(|funding| !funding.value.payees.is_empty())
}

/// The forecasts about the packages of a project, each name once; missing where none has any that
/// is made from something known.
fn outlooks<'a>(input: Input<'a>, packages: &[PackageIndex]) -> Observed<Vec<&'a Outlook>> {
    let mut outlooks: Vec<&Outlook> = Vec::with_capacity(packages.len());
    let mut why = Missing::NotFromRegistry;
    let mut last = "";
    for package in packages {
        // Versions of one package stand side by side.
        let name = input.graph.package(*package).name.as_str();
        match input.facts.get(package.get()).map(|facts| &facts.outlook) {
            Some(Observed::Known(outlook)) if name != last => {
                outlooks.push(outlook.as_ref());
                last = name;
            }
            Some(Observed::Missing(reason)) => why = *reason,
            Some(Observed::Known(_)) | None => {}
        }
    }
    let unknown = outlooks.iter().map(|outlook| outlook.unknown());
    match unknown.collect::<Option<Vec<Missing>>>() {
        Some(reasons) => Observed::Missing(reasons.first().copied().unwrap_or(why)),
        None => Observed::Known(outlooks),
    }
}

/// The class of a project, from its history and what else is known.
fn classify(
    learned: Option<&Upstream>,
    cadence: &Observed<Cadence>,
    findings: &[&Finding],
    status: Option<MaintenanceStatus>,
    as_of: Date,
    unasked: Missing,
) -> Observed<Classification> {
    let Some(learned) = learned else { return Observed::Missing(unasked) };
    let forge = learned.forge.known().map(|forge| &forge.value);
    let unfixed = |finding: &&&Finding| {
        finding.kind == FindingKind::Vulnerability && finding.fix == Fix::None
    };
    let open = forge.and_then(|forge| Some(forge.open_issues? + forge.open_requests?));
    let open_needs = match findings.iter().filter(unfixed).count() {
        0 => open,
        vulnerabilities => Some(vulnerabilities as u64 + open.unwrap_or(0)),
    };
    let unmaintained = findings.iter().filter(|it| it.says_unmaintained());
    let circumstances = Circumstances {
        cadence: cadence.known(),
        open_needs,
        declared_unmaintained: unmaintained
            .filter_map(|it| it.advisory.as_ref().map(|advisory| advisory.public()))
            .min(),
        archived: forge.map(|forge| forge.archived),
        status,
    };
    let activity = learned.activity.clone();
    activity.map(|activity| class(&activity.value, &circumstances, as_of))
}
