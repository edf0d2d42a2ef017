//! Exposure: packages without an advisory that could hurt tomorrow.

use std::collections::BTreeSet;

use crate::model::{Exposed, Measure, Missing, Observed, PackageIndex, Places, Presence, Source};
use crate::rule::{Scale, score};
use crate::signal::{people, release, trouble};

use super::expected::expected;
use super::gatekeeper::Input;
use super::reason::{TOLD, reasons};
use super::stability::places;

/// Scores the packages of registries that are built, tested, or may be, and that no finding with
/// an advisory is about; highest first, equal ones in the order of the graph.
pub(super) fn exposed(input: Input<'_>, concerned: &BTreeSet<PackageIndex>) -> Vec<Exposed> {
    let mut exposed: Vec<Exposed> = input
        .graph
        .indices()
        .filter(|&package| is_candidate(input, package) && !concerned.contains(&package))
        .map(|package| judge(input, package))
        .collect();
    exposed.sort_by(|a, b| {
        b.score.total.total_cmp(&a.score.total).then_with(|| a.package.cmp(&b.package))
    });
    let scores: Vec<_> = exposed.iter().map(|it| [&it.score]).collect();
    let ranges = places(&scores, |_, [total]| -total);
    for (exposed, range) in exposed.iter_mut().zip(ranges) {
        exposed.places = range;
    }
    for exposed in exposed.iter_mut().take(TOLD) {
        let outlook = input.facts[exposed.package.get()].outlook.known().map(AsRef::as_ref);
        exposed.reasons = reasons(input.rules, input.models, [&exposed.score], outlook.into_iter());
    }
    exposed
}

fn is_candidate(input: Input<'_>, package: PackageIndex) -> bool {
    let built = match input.graph.presence(package) {
        Presence::Runtime
        | Presence::Build
        | Presence::ProcMacro
        | Presence::Dev
        | Presence::Unknown => true,
        Presence::OtherTarget | Presence::Inactive => false,
    };
    built && matches!(input.graph.package(package).source, Source::Registry(_))
}

fn judge(input: Input<'_>, package: PackageIndex) -> Exposed {
    let facts = &input.facts[package.get()];
    let expected = facts.outlook.and_then(|outlook| match outlook.unknown() {
        Some(why) => Observed::Missing(why),
        None => Observed::Known(expected(std::iter::once(outlook.as_ref()))),
    });
    let hands = match facts.location.known() {
        None => Observed::Missing(Missing::NoRepository),
        Some(found) => match input.upstream.get(&found.location.repository.address) {
            None => Observed::Missing(Missing::NotAsked),
            Some(upstream) => people::change_of_hands(&upstream.activity, input.as_of),
        },
    };
    let score = score(input.rules, Scale::Exposure, None, |signal| match signal {
        "change-of-hands" => Some(hands.clone()),
        "expected-exposure" => Some(release::expected_exposure(&expected)),
        "presence" => Some(trouble::presence(input.graph.presence(package))),
        "publishers" => Some(people::publishers(&facts.ownership)),
        "runs-at-build" => {
            Some(facts.runs_at_build.clone().map(|what| Measure::Class(what.name())))
        }
        "tag" => people::newest_tag(&facts.tagging),
        "unfixed" => Some(release::unfixed(&expected)),
        _ => None,
    });
    let places = Places { first: 1, last: 1 };
    Exposed { package, score, places, reasons: Vec::new(), waiver: None, fails_gate: false }
}
