//! A budget shared out over the environmentalist's ranking.
//!
//! The weight of a payee is the sum of the priorities of its projects. Amounts follow the
//! weights, within three bounds: a cap for one payee, a floor below which a payment is not worth
//! its trouble, and a share of the budget that all transitive dependencies together may get.

mod share;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Action, Allocation, Audit, Basis, Distance, FundRequest, FundedProject, LeftOut, Maintained,
    Missing, Observed, Payee, PayeeCoverage, Payment, Pledge, Presence, Project, Unpayable,
    WHOLE_BASIS_POINTS,
};
use crate::signal::repository::repository;

use share::{Bounds, Weights, proportion, share_out};

/// What the Open Source Pledge asks for each developer and year, in hundredths of a US dollar
/// (<https://opensourcepledge.com>).
const PLEDGED_HUNDREDTHS: u64 = 200_000;

/// Weights keep so many parts of a priority of 1.
const WEIGHT_OF_WHOLE: f64 = 1e8;

/// Shares a budget out over the projects of an audit's ranking.
///
/// Projects of one's own and excluded ones are left out, and so is what money does not help: what
/// is best replaced, without an active maintainer, not built, or in need of no action. Projects that could not be
/// assessed have no priority to share by. A project is paid through the payee with an address that
/// most projects share, of equal ones the first. Where of no project it is known whom to pay, the
/// result is a suggestion by project.
pub fn fund(audit: &Audit, request: FundRequest) -> Allocation {
    let mut left_out = Vec::new();
    let mut not_assessed = Vec::new();
    let mut candidates = Vec::new();
    let own = own_repositories(audit);
    for project in &audit.ranking {
        match (why_left_out(audit, project, &own, &request), project.chance.missing()) {
            (Some(why), _) => left_out.push((project, why)),
            (None, Some(why)) => not_assessed.push((funded(audit, project), why)),
            (None, None) => candidates.push((project, payees(project))),
        }
    }
    let is_known = |(_, payees): &Candidate<'_>| !matches!(payees, Err(Unpayable::Unknown(_)));
    let is_asked = candidates.is_empty() || candidates.iter().any(is_known);
    let basis = if is_asked { Basis::Payees } else { Basis::Suggestion };
    let unpayable = candidates.iter().filter_map(|(project, payees)| {
        Some((funded(audit, project), payees.as_ref().err().copied()?))
    });
    let unpayable: Vec<_> = unpayable.collect();
    let lines = lines(&candidates, basis);
    let amounts = share_out(&weights(audit, &lines), bounds(&request));
    let left_hundredths = request.budget_hundredths - amounts.iter().sum::<u64>();
    let mut payments = Vec::new();
    for (line, amount_hundredths) in lines.into_iter().zip(amounts) {
        if amount_hundredths == 0 {
            left_out.extend(line.projects.iter().map(|project| (*project, LeftOut::BelowFloor)));
            continue;
        }
        let projects = line.projects.iter().map(|project| funded(audit, project)).collect();
        payments.push(Payment { payee: line.payee.cloned(), amount_hundredths, projects });
    }
    payments.sort_by_key(|payment| Reverse(payment.amount_hundredths));
    left_out.sort_by(|(a, _), (b, _)| {
        let names = (&a.name, &a.repository).cmp(&(&b.name, &b.repository));
        weight(b).cmp(&weight(a)).then(names)
    });
    Allocation {
        basis,
        payees: coverage(&candidates),
        payments,
        left_hundredths,
        unpayable,
        left_out: left_out.iter().map(|(project, why)| (funded(audit, project), *why)).collect(),
        not_assessed,
        pledge: pledge(&request),
        members_without_repository: own.unknown,
        unmatched: unmatched(audit, &request.excluded),
        request,
    }
}

/// How much of the priority has a known payee.
fn coverage(candidates: &[Candidate<'_>]) -> PayeeCoverage {
    let mut coverage = PayeeCoverage::default();
    for (project, payees) in candidates {
        let sum = match payees {
            Ok(_) => &mut coverage.known,
            Err(Unpayable::NoPayee | Unpayable::NoAddress) => &mut coverage.none,
            Err(Unpayable::Unknown(_)) => &mut coverage.unknown,
        };
        *sum += weight(project) as f64 / WEIGHT_OF_WHOLE;
    }
    coverage
}

/// Repositories that workspace members declare.
struct Own {
    addresses: BTreeSet<String>,
    /// Members whose repository is not known.
    unknown: usize,
}

fn own_repositories(audit: &Audit) -> Own {
    let mut own = Own { addresses: BTreeSet::new(), unknown: 0 };
    for member in audit.graph.members() {
        let declared = audit.facts.get(member.get()).and_then(|facts| facts.repository.known());
        match declared.and_then(|declared| repository(declared)) {
            Some(repository) => {
                own.addresses.insert(repository.address);
            }
            None => own.unknown += 1,
        }
    }
    own
}

fn why_left_out(
    audit: &Audit,
    project: &Project,
    own: &Own,
    request: &FundRequest,
) -> Option<LeftOut> {
    let upstream = project.upstream.as_ref();
    let forge = upstream.and_then(|upstream| upstream.forge.known());
    let advice = project.advice.known().map(|advice| advice.action);
    let in_trouble = project.chance.missing() == Some(Missing::InTrouble);
    if project.repository.as_ref().is_some_and(|address| own.addresses.contains(address)) {
        Some(LeftOut::Own)
    } else if request.excluded.iter().any(|name| answers_to(audit, project, name)) {
        Some(LeftOut::Excluded)
    } else if advice == Some(Action::Replace) {
        Some(LeftOut::Replace)
    } else if forge.is_some_and(|forge| forge.value.archived) {
        Some(LeftOut::Archived)
    } else if in_trouble || advice == Some(Action::Adopt) {
        Some(LeftOut::Unmaintained)
    } else if matches!(project.harm.presence, Presence::OtherTarget | Presence::Inactive) {
        Some(LeftOut::NotBuilt)
    } else if advice == Some(Action::Nothing) && request.maintained == Maintained::LeftOut {
        Some(LeftOut::NoAction)
    } else {
        None
    }
}

/// Whether a name given by the user means a project.
fn answers_to(audit: &Audit, project: &Project, name: &str) -> bool {
    let is_package = |package| audit.graph.package(package).name == name;
    let address = repository(name).map(|repository| repository.address);
    project.name.eq_ignore_ascii_case(name)
        || address.is_some() && address == project.repository
        || project.packages.iter().copied().any(is_package)
}

fn unmatched(audit: &Audit, excluded: &[String]) -> Vec<String> {
    let is_meant =
        |name: &&String| !audit.ranking.iter().any(|project| answers_to(audit, project, name));
    excluded.iter().filter(is_meant).cloned().collect()
}

/// The payees of a project that have an address to pay at.
fn payees(project: &Project) -> Result<Vec<&Payee>, Unpayable> {
    let why = if project.repository.is_some() { Missing::NotAsked } else { Missing::NoRepository };
    let funding = match project.upstream.as_ref().map(|upstream| &upstream.funding) {
        Some(Observed::Known(funding)) => &funding.value,
        Some(Observed::Missing(why)) => return Err(Unpayable::Unknown(*why)),
        None => return Err(Unpayable::Unknown(why)),
    };
    let with_address: Vec<&Payee> =
        funding.payees.iter().filter(|payee| payee.url.is_some()).collect();
    match (funding.payees.is_empty(), with_address.is_empty()) {
        (true, _) => Err(Unpayable::NoPayee),
        (false, true) => Err(Unpayable::NoAddress),
        (false, false) => Ok(with_address),
    }
}

/// A payee with its projects, or a project alone in a suggestion.
struct Line<'a> {
    payee: Option<&'a Payee>,
    projects: Vec<&'a Project>,
}

type Candidate<'a> = (&'a Project, Result<Vec<&'a Payee>, Unpayable>);

/// The lines of an allocation, in the order of the ranking.
fn lines<'a>(candidates: &[Candidate<'a>], basis: Basis) -> Vec<Line<'a>> {
    if basis == Basis::Suggestion {
        let alone = |(project, _): &Candidate<'a>| Line { payee: None, projects: vec![*project] };
        return candidates.iter().map(alone).collect();
    }
    let payable =
        || candidates.iter().filter_map(|(project, it)| Some((*project, it.as_ref().ok()?)));
    let mut projects_of: BTreeMap<String, usize> = BTreeMap::new();
    for (_, payees) in payable() {
        for identity in payees.iter().map(|payee| payee.identity()).collect::<BTreeSet<_>>() {
            *projects_of.entry(identity).or_default() += 1;
        }
    }
    let mut lines: Vec<Line<'a>> = Vec::new();
    let mut line_of: BTreeMap<String, usize> = BTreeMap::new();
    for (project, payees) in payable() {
        let shared = |identity: &String| projects_of.get(identity).copied().unwrap_or(0);
        let known = payees.iter().map(|payee| (payee.identity(), *payee));
        let chosen = known.min_by(|(a, _), (b, _)| shared(b).cmp(&shared(a)).then(a.cmp(b)));
        let Some((identity, payee)) = chosen else { continue };
        let line = *line_of.entry(identity).or_insert(lines.len());
        match lines.get_mut(line) {
            Some(line) => line.projects.push(project),
            None => lines.push(Line { payee: Some(payee), projects: vec![project] }),
        }
    }
    lines
}

fn weights(audit: &Audit, lines: &[Line<'_>]) -> Vec<Weights> {
    let of_line = |line: &Line<'_>| {
        let mut weights = Weights { direct: 0, transitive: 0 };
        for project in &line.projects {
            match distance(audit, project) {
                Distance::Direct => weights.direct += weight(project),
                Distance::Transitive => weights.transitive += weight(project),
            }
        }
        weights
    };
    lines.iter().map(of_line).collect()
}

/// The priority of a project in whole parts; what is not a number becomes 0.
fn weight(project: &Project) -> u64 {
    (project.priority().unwrap_or(0.0).clamp(0.0, 1.0) * WEIGHT_OF_WHOLE).round() as u64
}

fn bounds(request: &FundRequest) -> Bounds {
    let budget = request.budget_hundredths;
    let part = |basis_points: u32| {
        let part = basis_points.min(WHOLE_BASIS_POINTS);
        proportion(budget, u128::from(part), u128::from(WHOLE_BASIS_POINTS))
    };
    Bounds {
        budget,
        cap: part(request.cap_basis_points).max(request.floor_hundredths),
        floor: request.floor_hundredths,
        transitive: part(request.depth_share_basis_points),
    }
}

/// Direct where a package of the project is at most one edge from a member.
fn distance(audit: &Audit, project: &Project) -> Distance {
    let place = |index: usize| audit.facts.get(index).and_then(|facts| facts.place.known());
    let mut places = project.packages.iter().filter_map(|package| place(package.get()));
    if places.any(|place| place.depth <= 1) { Distance::Direct } else { Distance::Transitive }
}

fn funded(audit: &Audit, project: &Project) -> FundedProject {
    FundedProject {
        name: project.name.clone(),
        repository: project.repository.clone(),
        priority: project.priority(),
        chance: project.chance.known().map(|chance| chance.estimate.value),
        share: project.harm.share,
        distance: distance(audit, project),
        advice: project.advice.clone(),
    }
}

fn pledge(request: &FundRequest) -> Option<Pledge> {
    let developers = request.developers.filter(|developers| *developers > 0)?;
    let asked_hundredths = PLEDGED_HUNDREDTHS * u64::from(developers);
    let is_comparable = request.currency == "USD";
    Some(Pledge {
        developers,
        per_developer_hundredths: request.budget_hundredths / u64::from(developers),
        asked_hundredths,
        gap_hundredths: is_comparable
            .then(|| asked_hundredths.saturating_sub(request.budget_hundredths)),
    })
}
