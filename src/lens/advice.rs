//! What would help an upstream project, or those who lean on it.

use crate::model::{
    Advice, Classification, Expected, Finding, FindingKind, Fix, Forge, Help, MaintenanceStatus,
    Observed, ProjectClass, Sourced,
};

/// Chance of no fix from which a project of which nothing else is known is worth leaving where
/// others have left it: that of a package without a release for about a year.
const WORTH_LEAVING_FROM: f64 = 0.29;

/// What is known about a project that tells what would help.
pub(super) struct Situation<'a> {
    /// What sort of life it leads.
    pub(super) class: &'a Observed<Classification>,
    /// State on its forge.
    pub(super) forge: Option<&'a Sourced<Forge>>,
    /// Findings about its packages.
    pub(super) findings: &'a [&'a Finding],
    /// The worst that the manifests of its packages say about its maintenance.
    pub(super) status: Option<MaintenanceStatus>,
    /// What is to be expected of its packages.
    pub(super) expected: &'a Observed<Expected>,
    /// Whether it is known whom one can pay.
    pub(super) has_payee: bool,
    /// Where dependents of its packages have moved, in words; `None` where nowhere.
    pub(super) alternative: Option<String>,
}

/// What would help, the first of these that holds: what nobody keeps, or its authors give up, is
/// replaced, or adopted where nobody has moved elsewhere, and so is what has fallen silent; what
/// lacks a fix needs one; what is finished needs nothing; one person alone needs money or company.
pub(super) fn advice(situation: &Situation<'_>) -> Observed<Advice> {
    let class = match situation.class {
        Observed::Known(known) => known.class,
        Observed::Missing(why) => {
            return match gone(situation) {
                Some(why_gone) => Observed::Known(leave(situation, why_gone)),
                None if is_worth_leaving(situation) => {
                    Observed::Known(leave(situation, "a fix would be slow to come"))
                }
                None => Observed::Missing(*why),
            };
        }
    };
    // Who is still there may have answered the advisory by going on.
    let declared = if class == ProjectClass::Abandoned || is_archived(situation) {
        gone(situation)
    } else {
        given_up(situation)
    };
    Observed::Known(match declared {
        Some(why) => leave(situation, why),
        None => of_living(situation, class),
    })
}

/// What would help a project that nobody has declared gone, by the life it leads.
fn of_living(situation: &Situation<'_>, class: ProjectClass) -> Advice {
    let advise = |help, why: &str| Advice { help, why: why.to_owned() };
    match class {
        ProjectClass::Abandoned => leave(situation, "nobody is there"),
        ProjectClass::Dormant => leave(situation, "it has fallen silent"),
        _ if lacks_a_fix(situation) => {
            advise(Help::Contribute, "a reported vulnerability has no fix")
        }
        ProjectClass::Finished => advise(Help::Nothing, "it is finished"),
        ProjectClass::TakenOver => advise(
            Help::Contribute,
            "the work passed to a newcomer: review what was released since",
        ),
        ProjectClass::SingleMaintainer => {
            let help = if situation.has_payee { Help::Fund } else { Help::Contribute };
            advise(help, "one person does most of the work")
        }
        ProjectClass::Team | ProjectClass::Busy => advise(Help::Nothing, "it is in good hands"),
    }
}

/// Replace where others have shown where to, else adopt.
fn leave(situation: &Situation<'_>, why: &str) -> Advice {
    match &situation.alternative {
        Some(alternative) => Advice { help: Help::Replace, why: format!("{why}; {alternative}") },
        None => Advice { help: Help::Adopt, why: why.to_owned() },
    }
}

/// Why nobody is there any more, where somebody has said so.
fn gone(situation: &Situation<'_>) -> Option<&'static str> {
    let reported = |it: &&Finding| it.kind == FindingKind::Unmaintained;
    if is_archived(situation) {
        Some("its repository is archived")
    } else if situation.findings.iter().any(reported) {
        Some("an advisory reports it unmaintained")
    } else {
        given_up(situation)
    }
}

/// Why its authors have given it up, where its manifest says so.
fn given_up(situation: &Situation<'_>) -> Option<&'static str> {
    match situation.status? {
        MaintenanceStatus::Deprecated => Some("its manifest calls it deprecated"),
        MaintenanceStatus::LookingForMaintainer => Some("its manifest looks for a maintainer"),
        MaintenanceStatus::ActivelyDeveloped
        | MaintenanceStatus::PassivelyMaintained
        | MaintenanceStatus::AsIs
        | MaintenanceStatus::Experimental => None,
    }
}

fn is_archived(situation: &Situation<'_>) -> bool {
    situation.forge.is_some_and(|forge| forge.value.archived)
}

fn lacks_a_fix(situation: &Situation<'_>) -> bool {
    let open = |it: &&Finding| it.kind == FindingKind::Vulnerability && it.fix == Fix::None;
    situation.findings.iter().any(open)
}

fn is_worth_leaving(situation: &Situation<'_>) -> bool {
    let chance = situation.expected.known().map(|expected| expected.unfixed.value);
    situation.alternative.is_some() && chance.is_some_and(|chance| chance >= WORTH_LEAVING_FROM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Missing;

    fn of(class: Option<ProjectClass>, has_payee: bool, alternative: Option<&str>) -> String {
        said(class, has_payee, alternative, None)
    }

    fn said(
        class: Option<ProjectClass>,
        has_payee: bool,
        alternative: Option<&str>,
        status: Option<MaintenanceStatus>,
    ) -> String {
        let class = class.map(|class| Classification { class, evidence: Vec::new() });
        let advice = advice(&Situation {
            class: &Observed::from_option(class, Missing::NotAsked),
            forge: None,
            findings: &[],
            status,
            expected: &Observed::Missing(Missing::NoIndexEntry),
            has_payee,
            alternative: alternative.map(str::to_owned),
        });
        match advice {
            Observed::Known(advice) => format!("{}: {}", advice.help.name(), advice.why),
            Observed::Missing(why) => why.reason().to_owned(),
        }
    }

    #[test]
    fn each_life_needs_its_own_help() {
        let moved = Some("9 dependents moved to `newer`");
        let cases = [
            (Some(ProjectClass::Finished), false, None, "nothing: it is finished"),
            (Some(ProjectClass::Team), true, None, "nothing: it is in good hands"),
            (
                Some(ProjectClass::SingleMaintainer),
                true,
                None,
                "fund: one person does most of the work",
            ),
            (
                Some(ProjectClass::SingleMaintainer),
                false,
                None,
                "contribute: one person does most of the work",
            ),
            (Some(ProjectClass::Abandoned), true, None, "adopt: nobody is there"),
            (
                Some(ProjectClass::Abandoned),
                true,
                moved,
                "replace: nobody is there; 9 dependents moved to `newer`",
            ),
            (Some(ProjectClass::Dormant), true, None, "adopt: it has fallen silent"),
            (None, true, None, "not asked; run with `--online`"),
        ];
        for (class, has_payee, alternative, expected) in cases {
            assert_eq!(of(class, has_payee, alternative), expected);
        }
    }

    #[test]
    fn who_asks_for_a_successor_is_heard() {
        let status = Some(MaintenanceStatus::LookingForMaintainer);
        let wanted = "adopt: its manifest looks for a maintainer";
        assert_eq!(said(None, true, None, status), wanted);
        for class in [ProjectClass::SingleMaintainer, ProjectClass::Finished] {
            assert_eq!(said(Some(class), true, None, status), wanted);
        }
        let deprecated = Some(MaintenanceStatus::Deprecated);
        let moved = Some("9 dependents moved to `newer`");
        let left = "replace: its manifest calls it deprecated; 9 dependents moved to `newer`";
        assert_eq!(said(None, true, moved, deprecated), left);
        let active = Some(MaintenanceStatus::ActivelyDeveloped);
        assert_eq!(said(None, true, None, active), of(None, true, None));
    }
}
