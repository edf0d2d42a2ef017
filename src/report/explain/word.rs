//! What the words of a report mean.

use crate::report::Options;
use crate::report::page::{Page, Tone};

/// Words of reports with their meaning, sorted. Rules and forecasts explain themselves.
const WORDS: [(&str, &str); 73] = [
    ("abandoned", "a project class: no active maintainer, or its owner gave it up"),
    ("act now", "the most urgent tier: drop other work"),
    ("adopt", "advice: take the project over or keep a fork; it has no active maintainer"),
    (
        "advisory",
        "a published record of a vulnerability, a soundness issue or an unmaintained package",
    ),
    (
        "avoid",
        "an answer of `headwater check`: the package is in trouble, and no replacement is known",
    ),
    (
        "blocked",
        "no step of this workspace ends it: a dependent, which is named, has to release first",
    ),
    ("build", "a dependency scope: runs in a build script, or is linked into one"),
    ("busy", "a project class: much work, shared by several"),
    ("cap", "`fund`: the largest part of the budget that one payee gets"),
    (
        "chance",
        "how likely something is, with its 95% interval; see `headwater explain chance of trouble`",
    ),
    (
        "chance of trouble",
        "how likely the project is declared unmaintained, leaves a disclosure without a fix for 90 \
         days, or loses half of its dependents without a release, within 24 months, with its 95% \
         interval; see `headwater explain trouble`",
    ),
    ("contribute", "advice: give time, such as reviews, fixes, a second maintainer"),
    ("critical", "a CVSS base score of 9.0 to 10.0"),
    (
        "cvss",
        "the Common Vulnerability Scoring System: a base score from 0.0 to 10.0 for the harm that a \
         vulnerability can do",
    ),
    (
        "depth share",
        "`fund`: the part of the budget that is shared out by what depends on a project, whatever its priority",
    ),
    ("dev", "a dependency scope: used only by tests, examples or benches of members"),
    ("dormant", "a project class: silent; whether it is finished or abandoned cannot be told"),
    (
        "epss",
        "FIRST's Exploit Prediction Scoring System: the chance that somebody tries to exploit a \
         vulnerability within 30 days; `headwater db update` fetches it",
    ),
    (
        "exact",
        "a match of an advisory: the package comes from the registry that the advisory speaks of",
    ),
    ("exploited", "attackers are known to have used it: it is in CISA's KEV catalogue"),
    ("exposure", "a package at risk that has no known advisory"),
    ("fail", "a verdict: the policy fails on at least one finding; exit code 1"),
    ("finished", "a project class: old and quiet, little left to do, no open need"),
    ("floor", "`fund`: the smallest payment; what would be less goes to the others"),
    ("fund", "advice: pay those who do the work"),
    (
        "gate",
        "the part of the policy that decides whether a run fails; `headwater.toml` changes it",
    ),
    ("harm", "what of the workspace stands on a project or package, 0 to 100%"),
    ("high", "a CVSS base score of 7.0 to 8.9"),
    ("inactive", "a dependency scope: locked, but no selected feature turns it on"),
    ("incomplete", "a verdict: facts that the policy needs are missing; exit code 4"),
    ("kev", "CISA's catalogue of known exploited vulnerabilities"),
    ("libyears", "how much older the locked release is than the newest, in years"),
    ("low", "a CVSS base score of 0.1 to 3.9"),
    ("medium", "a CVSS base score of 4.0 to 6.9"),
    ("member", "a package of the workspace itself"),
    ("min cut", "how many dependency edges have to be removed until no member reaches a package"),
    ("not assessed", "too little is known of a project to give it a chance of trouble"),
    ("note", "the least urgent tier: good to know"),
    ("nothing", "advice: no action, the project is finished or well maintained"),
    ("notice", "a kind of finding: an advisory that asks for attention and is no vulnerability"),
    (
        "of your build",
        "the share of the built packages that depend on a project or package, directly or not",
    ),
    ("other-target", "a dependency scope: used only on another platform"),
    ("pagerank", "a measure of place: how often a walk along dependencies comes by a package"),
    ("pass", "a verdict: nothing that the policy fails on; exit code 0"),
    ("payee", "whom `fund` pays: an account that a project names"),
    ("plan", "a tier: see to it in the next planned work; also the steps that end findings"),
    (
        "possible",
        "a match by name and version of a package from elsewhere than the public registry",
    ),
    (
        "priority",
        "chance of trouble times harm: an index that orders projects, no share of anything",
    ),
    ("proc-macro", "a dependency scope: runs inside the compiler"),
    ("rank", "the place in a ranking; in brackets where it moves if weights vary by 20%"),
    ("replace", "advice: move to something else"),
    ("runtime", "a dependency scope: reached from a member through normal dependencies"),
    (
        "runtime-or-build",
        "a dependency scope: runtime or build, since facts that would tell are missing",
    ),
    (
        "runtime-or-proc-macro",
        "a dependency scope: runtime or proc-macro, since facts that would tell are missing",
    ),
    ("single-maintainer", "a project class: one person does most of the work"),
    (
        "stale",
        "a lockfile that does not fit its manifests, or a clone older than the newest release",
    ),
    ("take", "an answer of `headwater check`: nothing speaks against the package"),
    (
        "take with care",
        "an answer of `headwater check`: the package can be taken, with the reasons to watch it",
    ),
    ("taken-over", "a project class: the work passed to a newcomer not long ago"),
    ("team", "a project class: work shared by several"),
    ("tier", "how urgent a finding is: act now, plan, watch or note"),
    ("unknown", "the fact that would tell is not here; it is neither zero nor healthy"),
    (
        "unmaintained",
        "a kind of finding: an advisory says that nobody maintains the package any more",
    ),
    (
        "unrated",
        "no readable CVSS vector: the expected severity counts, see `headwater explain severity`",
    ),
    ("unsound", "a kind of finding: safe code can cause undefined behaviour"),
    (
        "use instead",
        "an answer of `headwater check`: another package does the same and is in better health",
    ),
    ("verdict", "what the gate says of all findings: pass, fail or incomplete"),
    ("vulnerability", "a kind of finding: a known security vulnerability"),
    ("waived", "a finding that the policy sets aside; it stays in the report"),
    (
        "waiver",
        "a decision in `headwater.toml` to set a finding aside, with a reason and a last day",
    ),
    ("watch", "a tier: look again when something changes"),
    (
        "what helps",
        "what would help an upstream project: fund, contribute, adopt, replace or nothing",
    ),
    ("yanked", "a kind of finding: the locked release was withdrawn from its registry"),
];

/// Explains a word of a report, in any case. `None` for another word.
pub fn word(query: &str, options: &Options) -> Option<String> {
    let query = query.to_lowercase();
    let at = WORDS.binary_search_by(|(word, _)| (*word).cmp(query.as_str())).ok()?;
    let (word, meaning) = WORDS[at];
    let mut page = Page::new(options);
    page.line(0, Tone::Heading, word);
    page.line(2, Tone::Plain, meaning);
    Some(page.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, FindingKind, Presence, ProjectClass, Severity, Tier};
    use crate::report::{Colour, Detail};

    #[test]
    fn every_name_that_a_report_uses_is_explained() {
        assert!(WORDS.is_sorted_by(|(a, _), (b, _)| a < b));
        let options = Options { width: 80, colour: Colour::Plain, detail: Detail::Short };
        let classes = [
            ProjectClass::Busy,
            ProjectClass::Team,
            ProjectClass::SingleMaintainer,
            ProjectClass::Finished,
            ProjectClass::Dormant,
            ProjectClass::Abandoned,
            ProjectClass::TakenOver,
        ];
        let ratings = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
        let mut names: Vec<&str> = Tier::ALL.map(Tier::name).to_vec();
        names.extend(Presence::ALL.map(Presence::name));
        names.extend(FindingKind::ALL.map(FindingKind::name));
        names.extend(Action::ALL.map(Action::name));
        names.extend(classes.map(ProjectClass::name));
        names.extend(ratings.map(Severity::name));
        for name in names.into_iter().chain(["EPSS", "KEV", "CVSS", "chance of trouble"]) {
            assert!(word(name, &options).is_some(), "{name}");
        }
        assert_eq!(word("nonsense", &options), None);
    }
}
