//! What would help an upstream project, or those who lean on it.

use crate::model::{
    Action, Advice, Alternative, Cadence, Classification, Expected, Finding, FindingKind, Fix,
    Forge, MaintenanceStatus, Missing, Observed, PackageIndex, ProjectClass, Sourced,
};
use crate::source::superseded::{Extent, Superseded};

/// Chance of no fix from which a project of which nothing else is known is worth leaving where
/// others have left it: that of a package without a release for about a year.
const WORTH_LEAVING_FROM: f64 = 0.29;
/// Days without a release of any of its packages before such a project is worth leaving: as long
/// as a silence that the classes of projects call long.
const LONG_SILENCE_DAYS: f64 = 730.5;
/// Share of those that dropped a package who have to agree on an alternative before their
/// switching alone, without a word of its authors or an advisory, says that it is worth leaving.
const LEAST_SHARE_TO_FOLLOW: f64 = 1.0 / 3.0;
/// The least number of them: fewer say nothing of the others.
const LEAST_DEPENDENTS_TO_FOLLOW: usize = 5;

/// What is known about a project that tells what would help.
pub(super) struct Situation<'a> {
    /// Its packages in use that stand for it, each version.
    pub(super) packages: &'a [PackageIndex],
    /// What sort of life it leads.
    pub(super) class: &'a Observed<Classification>,
    /// State on its forge.
    pub(super) forge: Option<&'a Sourced<Forge>>,
    /// Findings about its packages.
    pub(super) findings: &'a [&'a Finding],
    /// The worst that the manifests of its packages say about its maintenance.
    pub(super) status: Option<MaintenanceStatus>,
    /// Cadence of its most recently released package.
    pub(super) cadence: Option<&'a Cadence>,
    /// What is to be expected of its packages.
    pub(super) expected: &'a Observed<Expected>,
    /// Whether it is known whom one can pay.
    pub(super) has_payee: bool,
    /// What takes the place of its packages, the most important first; only of a project of which
    /// every package in use is superseded.
    pub(super) superseded: &'a [Superseded],
    /// Where dependents of its packages have moved, the most important first; none that is itself
    /// advised against.
    pub(super) alternatives: &'a [Alternative],
}

/// What would help, the first of these that holds:
///
/// 1. what its authors give up, or nobody keeps and an advisory or the archive says so: replace,
///    or adopt where nothing is known to replace it with;
/// 2. what is superseded as a whole: replace;
/// 3. by its class: what is abandoned is left; what lacks a fix needs one; what is finished or kept
///    up needs nothing; one person alone needs money or company;
/// 4. where the class is unknown, or the project is dormant, which a finished one may be too: what
///    has been silent for two years is replaced where many of those that dropped it agree on
///    something else, or Rust itself does part of it; otherwise nothing is said.
pub(super) fn advice(situation: &Situation<'_>) -> Observed<Advice> {
    let class = situation.class.known().map(|known| known.class);
    // Who is still there may have answered the advisory by going on.
    let is_alive = class
        .is_some_and(|class| !matches!(class, ProjectClass::Abandoned | ProjectClass::Dormant));
    let gone = match is_alive && !is_archived(situation) {
        true => given_up(situation),
        false => gone(situation),
    };
    if let Some(why) = gone {
        return Observed::Known(leave(situation, &why));
    }
    if let Some(superseded) = superseded(situation, Extent::Whole) {
        return Observed::Known(Advice {
            action: Action::Replace,
            why: superseded.in_words(),
            instead: Some(superseded.by.to_string()),
        });
    }
    match situation.class {
        Observed::Known(class) => {
            Observed::from_option(of_class(situation, class.class), Missing::OpenNeeds)
        }
        Observed::Missing(why) => Observed::from_option(of_silent(situation), *why),
    }
}

/// What would help a project that nobody has declared gone, by its class.
fn of_class(situation: &Situation<'_>, class: ProjectClass) -> Option<Advice> {
    let advise = |action, why: &str| Advice { action, why: why.to_owned(), instead: None };
    let mut advice = match class {
        ProjectClass::Abandoned => return Some(leave(situation, "no active maintainer")),
        ProjectClass::Dormant if lacks_a_fix(situation) => {
            return Some(leave(
                situation,
                "a reported vulnerability has no fix, and no activity for a year or more",
            ));
        }
        ProjectClass::Dormant => return of_silent(situation),
        _ if lacks_a_fix(situation) => {
            advise(Action::Contribute, "a reported vulnerability has no fix")
        }
        ProjectClass::Finished => advise(Action::Nothing, "finished"),
        ProjectClass::TakenOver => advise(
            Action::Contribute,
            "the work passed to a newcomer: review what was released since",
        ),
        ProjectClass::SingleMaintainer => {
            let action = if situation.has_payee { Action::Fund } else { Action::Contribute };
            advise(action, "one person does most of the work")
        }
        ProjectClass::Team | ProjectClass::Busy => advise(Action::Nothing, "well maintained"),
    };
    if let Some(superseded) = superseded(situation, Extent::Part) {
        advice.why = format!("{}; {}", advice.why, superseded.in_words());
    }
    Some(advice)
}

/// What to do about a project of which only the releases are known: their silence alone condemns
/// nothing, for what is finished is silent too.
fn of_silent(situation: &Situation<'_>) -> Option<Advice> {
    let is_followed = situation.alternatives.first().is_some_and(|it| {
        let share = it.dependents as f64 / it.dropped.max(1) as f64;
        it.dependents >= LEAST_DEPENDENTS_TO_FOLLOW && share >= LEAST_SHARE_TO_FOLLOW
    });
    let is_in_rust = situation.superseded.iter().any(Superseded::is_by_rust);
    let worth_leaving = situation.expected.known()?.unfixed.value >= WORTH_LEAVING_FROM
        && situation.cadence?.silence_days >= LONG_SILENCE_DAYS
        && (is_followed || is_in_rust);
    worth_leaving.then(|| leave(situation, "fixes are likely to be slow"))
}

/// Replace where something is known to replace it with, else adopt.
fn leave(situation: &Situation<'_>, why: &str) -> Advice {
    let superseded = superseded(situation, Extent::Whole)
        .map(|it| (it.in_words(), it.by.to_string()))
        .or_else(|| situation.alternatives.first().map(|it| (switched(it), it.to.clone())))
        .or_else(|| {
            let part = superseded(situation, Extent::Part);
            part.map(|it| (it.in_words(), it.by.to_string()))
        });
    match superseded {
        Some((words, to)) => {
            Advice { action: Action::Replace, why: format!("{why}; {words}"), instead: Some(to) }
        }
        None => Advice { action: Action::Adopt, why: why.to_owned(), instead: None },
    }
}

/// ``41 of 63 crates that dropped `atty` switched to `is-terminal` ``; a ratio over fewer than five
/// is not told as one.
fn switched(it: &Alternative) -> String {
    let Alternative { package, to, dependents, dropped, .. } = it;
    match dropped {
        0..5 => format!("{dependents} crates switched from `{package}` to `{to}`"),
        _ => {
            format!("{dependents} of {dropped} crates that dropped `{package}` switched to `{to}`")
        }
    }
}

/// Why it has no active maintainer, where somebody has said so.
fn gone(situation: &Situation<'_>) -> Option<String> {
    if is_archived(situation) {
        return Some("its repository is archived".to_owned());
    }
    given_up(situation).or_else(|| {
        let id = reported_unmaintained(situation)?;
        Some(format!("no active maintainer, says {id}"))
    })
}

/// Whether it is in trouble already: declared unmaintained, archived, or given up by its authors.
pub(super) fn is_in_trouble(situation: &Situation<'_>) -> bool {
    is_archived(situation)
        || given_up(situation).is_some()
        || reported_unmaintained(situation).is_some()
}

/// An advisory that calls it unmaintained. One about some of its packages, or old versions of
/// them, says nothing of the others.
fn reported_unmaintained<'a>(situation: &Situation<'a>) -> Option<&'a str> {
    let notices = || situation.findings.iter().filter(|it| it.says_unmaintained());
    let of_all =
        situation.packages.iter().all(|package| notices().any(|it| it.package == *package));
    notices().map(|finding| finding.id()).filter(|_| of_all).min()
}

/// Why its authors have given it up, where its manifest or its newest version says so.
fn given_up(situation: &Situation<'_>) -> Option<String> {
    let newest = situation.cadence.and_then(|cadence| cadence.newest.as_deref());
    if let Some(newest) = newest.filter(|newest| newest.ends_with("deprecated")) {
        return Some(format!("its authors mark its newest version as deprecated (`{newest}`)"));
    }
    let why = match situation.status? {
        MaintenanceStatus::Deprecated => "its manifest calls it deprecated",
        MaintenanceStatus::LookingForMaintainer => "its manifest looks for a maintainer",
        MaintenanceStatus::ActivelyDeveloped
        | MaintenanceStatus::PassivelyMaintained
        | MaintenanceStatus::AsIs
        | MaintenanceStatus::Experimental => return None,
    };
    Some(why.to_owned())
}

fn superseded<'a>(situation: &Situation<'a>, extent: Extent) -> Option<&'a Superseded> {
    situation.superseded.iter().find(|it| it.extent == extent)
}

fn is_archived(situation: &Situation<'_>) -> bool {
    situation.forge.is_some_and(|forge| forge.value.archived)
}

fn lacks_a_fix(situation: &Situation<'_>) -> bool {
    let open = |it: &&Finding| it.kind == FindingKind::Vulnerability && it.fix == Fix::None;
    situation.findings.iter().any(open)
}

#[cfg(test)]
mod tests;
