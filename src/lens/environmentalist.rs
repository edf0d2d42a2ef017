//! The environmentalist: which upstream projects to support first.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::forecast::Models;
use crate::model::{
    Advisory, Cadence, Classification, Finding, FindingKind, Fix, Graph, MaintenanceStatus,
    Measure, Missing, Observed, Outlook, PackageFacts, PackageIndex, Place, Places, Presence,
    Project, Score, Upstream,
};
use crate::rule::{Rule, Scale, score};
use crate::signal::class::{Circumstances, class};
use crate::signal::repository::ProjectKey;
use crate::signal::{place, trouble};
use crate::source::successors::Successors;

use super::advice::{Situation, advice};
use super::alternative::{alternatives, superseded};
use super::expected::expected;
use super::fragility::{Evidence, fragility, freshest};
use super::project::projects;
use super::reason::{TOLD, reasons};
use super::stability::places;

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

/// Ranks the upstream projects of registry and git packages by reliance times fragility, highest
/// first; equal ones by name, then repository.
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
    let scores: Vec<_> = ranking.iter().map(|it| [&it.reliance, &it.fragility]).collect();
    let ranges = places(&scores, |_, [reliance, fragility]| -(reliance * fragility));
    for (project, range) in ranking.iter_mut().zip(ranges) {
        project.places = range;
    }
    for project in ranking.iter_mut().take(TOLD) {
        let outlooks = outlooks(input, &project.packages);
        let outlooks = outlooks.known().into_iter().flatten().copied();
        let scores = [&project.reliance, &project.fragility];
        project.reasons = reasons(input.rules, input.models, scores, outlooks);
    }
    ranking
}

/// The highest priority first; equal ones by name, then repository.
fn in_order(a: &Project, b: &Project) -> Ordering {
    (b.priority.total_cmp(&a.priority))
        .then_with(|| (&a.name, &a.repository).cmp(&(&b.name, &b.repository)))
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
    let activity = learned.map_or(Observed::Missing(unasked), |it| it.activity.clone());
    let forge = learned.map_or(Observed::Missing(unasked), |it| it.forge.clone());
    let status = |package: &PackageIndex| input.facts.get(package.get())?.maintenance.known();
    let worst_status = packages.iter().filter_map(status).max().copied();
    let class = classify(learned, &cadence, &findings, worst_status, input.as_of, unasked);
    let outlooks = outlooks(input, &packages);
    let expected =
        outlooks.and_then(|outlooks| Observed::Known(expected(outlooks.iter().copied())));
    let alternatives =
        alternatives(input.graph, &packages, successors, input.advisories, input.as_of);
    let advice = advice(&Situation {
        packages: &packages,
        class: &class,
        forge: forge.known(),
        findings: &findings,
        status: worst_status,
        cadence: cadence.known(),
        expected: &expected,
        has_payee: learned.is_some_and(has_payee),
        superseded: &superseded(input.graph, &packages, input.advisories, input.as_of),
        alternatives: &alternatives,
    });
    let evidence = Evidence {
        expected: expected.clone(),
        cadence,
        activity,
        forge,
        class: class.clone(),
        findings,
        packages: &packages,
        as_of: input.as_of,
    };
    let fragility = fragility(input.rules, &evidence);
    let reliance = reliance(input, &packages);
    let upstream = learned.cloned().map(Box::new);
    let priority = reliance.total * fragility.total / 100.0;
    let places = Places { first: 1, last: 1 };
    Project {
        name,
        repository,
        packages,
        priority,
        reliance,
        fragility,
        places,
        expected,
        reasons: Vec::new(),
        advice,
        alternatives,
        class,
        upstream,
    }
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

/// A project counts as its strongest package does, except PageRank: shares of one whole add up.
/// What its packages bring in may overlap, so the largest is a lower bound.
fn reliance(input: Input<'_>, packages: &[PackageIndex]) -> Score {
    let members = input.graph.members().len();
    let places: Vec<(Presence, &Observed<Place>)> = packages
        .iter()
        .filter_map(|package| {
            let facts = input.facts.get(package.get())?;
            Some((input.graph.presence(*package), &facts.place))
        })
        .collect();
    let strongest = |signal: PlaceSignal<'_>| Some(combine(&places, signal, f64::max));
    score(input.rules, Scale::Reliance, None, |signal| match signal {
        "brings-in" => strongest(&place::brings_in),
        "members-share" => {
            strongest(&|place, presence| place::members_share(place, presence, members))
        }
        "min-cut" => strongest(&place::min_cut),
        "pagerank" => Some(combine(&places, &place::pagerank, |a, b| a + b)),
        "presence" => Some(trouble::presence(presence(&places))),
        "reach" => strongest(&place::reach),
        _ => None,
    })
}

type PlaceSignal<'a> = &'a dyn Fn(&Observed<Place>, Presence) -> Observed<Measure>;

/// Folds the known measurements of the packages; missing where none is known.
fn combine(
    places: &[(Presence, &Observed<Place>)],
    signal: PlaceSignal<'_>,
    fold: fn(f64, f64) -> f64,
) -> Observed<Measure> {
    let mut total = None;
    let mut why = Missing::NotBuilt;
    for (presence, place) in places {
        match signal(place, *presence) {
            Observed::Known(Measure::Number(value)) => {
                total = Some(total.map_or(value, |total| fold(total, value)));
            }
            Observed::Known(Measure::Class(_)) => {}
            Observed::Missing(reason) => why = reason,
        }
    }
    Observed::from_option(total.map(Measure::Number), why)
}

/// The strongest presence. Unknown may be runtime, so it comes right after it.
fn presence(places: &[(Presence, &Observed<Place>)]) -> Presence {
    let presences = || places.iter().map(|(presence, _)| *presence);
    let strongest = presences().min().unwrap_or(Presence::Unknown);
    let any_unknown = presences().any(|presence| presence == Presence::Unknown);
    if any_unknown && strongest != Presence::Runtime { Presence::Unknown } else { strongest }
}
