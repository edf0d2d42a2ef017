//! The environmentalist: which upstream projects to support first.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{
    Cadence, Classification, Finding, FindingKind, Fix, Graph, Measure, Missing, Observed,
    PackageFacts, PackageIndex, Place, Presence, Project, Score, Term, Upstream,
};
use crate::rule::{Rule, Scale, score};
use crate::signal::class::{Circumstances, class};
use crate::signal::repository::ProjectKey;
use crate::signal::{place, trouble};

use super::fragility::{Evidence, fragility, freshest};
use super::project::projects;

/// Reasons told for a project at most.
const REASONS: usize = 4;

/// Least points above an ordinary package for a term to be told as a reason.
const TOLD_FROM_POINTS: f64 = 1.0;

/// What the environmentalist judges by.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The packages and their dependencies.
    pub graph: &'a Graph,
    /// Facts by package position.
    pub facts: &'a [PackageFacts],
    /// The gatekeeper's findings.
    pub findings: &'a [Finding],
    /// What was learned about upstream projects, by normalised repository address.
    pub upstream: &'a BTreeMap<String, Upstream>,
    /// The rules.
    pub rules: &'a [Rule],
    /// The day judged for.
    pub as_of: Date,
}

/// Ranks the upstream projects of registry and git packages by reliance times fragility, highest
/// first; equal ones by name, then repository.
pub fn rank(input: Input<'_>) -> Vec<Project> {
    let mut ranking: Vec<Project> = projects(input.graph, input.facts)
        .into_iter()
        .map(|(key, packages)| project(input, key, packages))
        .collect();
    ranking.sort_by(|a, b| {
        (b.priority.total_cmp(&a.priority))
            .then_with(|| (&a.name, &a.repository).cmp(&(&b.name, &b.repository)))
    });
    ranking
}

fn project(input: Input<'_>, key: ProjectKey, packages: Vec<PackageIndex>) -> Project {
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
    let class = classify(learned, &cadence, &findings, input.as_of, unasked);
    let evidence =
        Evidence { cadence, activity, class: class.clone(), findings, packages: &packages };
    let fragility = fragility(input.rules, &evidence);
    let reliance = reliance(input, &packages);
    let reasons = reasons(input.rules, [&reliance, &fragility]);
    let upstream = learned.cloned();
    let priority = reliance.total * fragility.total / 100.0;
    Project { name, repository, packages, priority, reliance, fragility, reasons, class, upstream }
}

/// The class of a project, from its history and what else is known.
fn classify(
    learned: Option<&Upstream>,
    cadence: &Observed<Cadence>,
    findings: &[&Finding],
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
    let unmaintained = findings.iter().filter(|it| it.kind == FindingKind::Unmaintained);
    let circumstances = Circumstances {
        cadence: cadence.known(),
        open_needs,
        declared_unmaintained: unmaintained.filter_map(|it| Some(it.advisory.as_ref()?.date)).min(),
        archived: forge.map(|forge| forge.archived),
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

/// The terms that stand out most from an ordinary package's, in words, strongest first.
fn reasons(rules: &[Rule], scores: [&Score; 2]) -> Vec<String> {
    let rule = |term: &Term| rules.iter().find(|rule| rule.id == term.rule);
    let mut told: Vec<(f64, &Rule, &Term)> = scores
        .into_iter()
        .flat_map(|score| &score.terms)
        // What was not learned raises the score and is no reason; the coverage counts it.
        .filter(|term| term.value.known().is_some())
        .filter_map(|term| {
            let rule = rule(term)?;
            let points = (term.level - rule.ordinary_level()) * term.weight;
            (points >= TOLD_FROM_POINTS).then_some((points, rule, term))
        })
        .collect();
    told.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    told.into_iter().take(REASONS).map(|(_, rule, term)| rule.say(&term.value)).collect()
}
