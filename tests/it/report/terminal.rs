//! The report for people.

use headwater::model::{
    Action, Advice, Audit, Coverage, Fix, Missing, Observed, Package, PackageFacts, Presence,
    Registry, Source, VerdictStatus,
};
use headwater::report::{Colour, Detail, Options};
use proptest::prelude::*;
use semver::Version;
use unicode_width::UnicodeWidthStr;

use super::{assert_harmless, options, render, sample, words};

/// Commands and addresses are copied whole, so they are never wrapped.
fn is_whole(line: &str) -> bool {
    let line = line.trim();
    let starts = ["cargo update ", "headwater explain ", "https://"];
    starts.iter().any(|start| line.starts_with(start)) || line.contains(": headwater explain ")
}

fn assert_fits(text: &str, width: usize) {
    for line in text.lines().filter(|line| !is_whole(line)) {
        assert!(line.width() <= width, "{} > {width}: {line}", line.width());
    }
}

fn all(width: usize) -> Options {
    Options { detail: Detail::All, ..options(width) }
}

fn assert_says(text: &str, parts: &[&str]) {
    let text = words(text);
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn the_first_screen_says_the_verdict_first_and_last_and_one_row_a_package() {
    let text = render("terminal", &sample::audit(), &options(100));
    let (first, last) = (text.lines().next().unwrap(), text.lines().last().unwrap());
    let summary = "FAIL  2 packages with known vulnerabilities. `cargo update` alone clears 1 of them (1 finding).";
    assert_eq!(first, summary);
    assert_eq!(last, "FAIL  17 packages \u{b7} RustSec 2026-06-01");
    // By hand, from the sample: the quick win first, the advisory with title and link below it.
    assert_says(
        &text,
        &[
            "Act now smallvec 1.6.0 runtime critical 9.8 cargo update -p smallvec \
             TEST-2026-0001 what TEST-2026-0001 is about \
             https://advisories.example/TEST-2026-0001 known to be exploited since 2026-02-03 \
             rustls 0.20.8 runtime high 7.5 blocked by hyper 0.14.18 and 1 more: needs rustls 0.21.11",
            "Plan evil\\u{1b}[31m\\u{202e}\\u{200b}name",
            "Watch 4 Note 2 waived 1 (packages; headwater audit --all)",
            "Upstream projects at risk within 24 months rank project chance of trouble of your build \
             what helps 1 (1-2) example-org/smallvec 82% (41-100%) 91% replace: no active maintainer 2",
            "Unknown: 2 advisory files could not be understood; presence of 3 packages (run \
             `cargo fetch --locked` in the workspace); releases of 1 package (run with `--online`)",
            "Next cargo update clears up to 4 findings in 4 packages, no manifest changes headwater \
             explain smallvec paths, evidence, what would change the rating",
        ],
    );
    assert_eq!(text.matches("smallvec 1.6.0").count(), 1, "{text}");
}

#[test]
fn the_first_screen_has_at_most_forty_lines_whatever_the_workspace() {
    let mut many = sample::large(2_000);
    many.ranking = sample::audit().ranking;
    let mut hostile = sample::audit();
    for finding in &mut hostile.findings {
        let mut advisory =
            (**finding.advisory.as_ref().unwrap_or(&many.findings[0].advisory.clone().unwrap()))
                .clone();
        advisory.title = Some("a long title ".repeat(1_000));
        advisory.categories = vec!["x".repeat(10_000)];
        finding.advisory = Some(std::sync::Arc::new(advisory));
        finding.tier = headwater::model::Tier::ActNow;
    }
    hostile.verdict.reasons = vec!["because ".repeat(10_000)];
    for status in [VerdictStatus::Fail, VerdictStatus::Incomplete] {
        hostile.verdict.status = status;
        for width in [40, 60, 72, 80, 100, 200] {
            for audit in [&many, &hostile, &sample::audit()] {
                let text = render("terminal", audit, &options(width));
                let lines = text.lines().count();
                assert!(lines <= 40, "{lines} lines at {width}:\n{text}");
                let (first, last) = (text.lines().next().unwrap(), text.lines().last().unwrap());
                let word = first.split_whitespace().next();
                assert!(word.is_some() && text.contains("17 packages") || last.contains("2,000"));
                assert_fits(&text, width);
            }
        }
    }
    let text = render("terminal", &many, &options(100));
    assert_says(&text, &["Act now", "and 1", "more", "FAIL 2,000 packages"]);
}

#[test]
fn everything_is_shown_where_it_is_asked_for() {
    let text = render("terminal", &sample::audit(), &all(120));
    assert_says(
        &text,
        &[
            "FAIL 2 packages with known vulnerabilities",
            "TEST-2026-0001 in smallvec 1.6.0 is a vulnerability in the act now tier",
            "lockfile Cargo.lock as of 2026-08-21",
            "packages 17, 2 of them in the workspace, for x86_64-unknown-linux-gnu",
            "1,206 from RustSec of 2026-06-01, 81 days old (embedded snapshot)",
            "rustls 0.20.8 runtime high 7.5",
            "fails the gate; upgrade to 0.21.11",
            "waived until 2026-12-31: we never accept\\u{1b}[2J chunked bodies",
            "time 0.1.43 (git) runtime unrated, memory corruption",
            "possible match: same name and version, but from a git repository",
            "other target: not built for x86_64-unknown-linux-gnu",
            "bumpalo 3.11.0 runtime yanked cargo update -p bumpalo this release is yanked",
            "kind act now plan watch note vulnerability 2 2 1 - unsound - 1 - - unmaintained - - 2 1 \
             notice - - - 2 yanked - - 1 -",
            "of these, 1 waived, 1 only possible, 1 on another target, 1 of unknown presence",
            "Outlook: what the next 12 months may bring disclosures 1.9 (0.97 to 3.9) expected among 371 \
             packages unfixed 0.12 (0.061 to 0.24) of them without a fixed release 90 days later flaws \
             are reported where people look",
            "Packages at risk, no known advisory: left without a maintainer or a fix within 24 months no \
             findings; they fail no gate unless `headwater.toml` says so rank package chance of trouble \
             of your build presence 1 (1-4) serde_yaml 0.8.26 31% (16-62%) 25% dev 1653 days \
             since the last release Upstream projects at risk within 24 months, by chance and harm",
            "1 (1-2) example-org/smallvec 82% (41-100%) 91% replace: no active maintainer; 9 of 12 crates that \
             dropped `older` switched to `newer`; finished: last commit or release 8 months \
             ago, 3 commits in 12 months; no release for 4.5 years, eight times its own rhythm; \
             5 packages build on it; pay at https://pay.example/smallvec or in 1 other way",
            "upstream 4 projects: not fetched (run with `--online`) 1 project: the source does not know \
             it (deps.dev 1, funding 1, scorecard 1) 1 project: the `git` program is missing (activity 1)",
            "cadence 5: 4 not from a registry, 1 no entry in Cargo's local index",
            "advisories 2 files could not be understood",
            "FAIL 17 packages",
        ],
    );
    // Every finding is there.
    for finding in sample::audit().findings {
        assert!(words(&text).contains(finding.id()), "{}", finding.id());
    }
}

#[test]
fn narrow_pages_say_the_same_words_below_each_other() {
    for width in [40, 60] {
        let text = render("terminal", &sample::audit(), &options(width));
        assert_says(
            &text,
            &[
                "smallvec 1.6.0 runtime, critical 9.8 cargo update -p smallvec",
                "rustls 0.20.8 runtime, high 7.5 blocked by hyper 0.14.18 and 1 more: needs rustls",
                "of your build 91%, replace: no active maintainer",
            ],
        );
    }
}

#[test]
fn an_old_database_is_named_in_the_last_line() {
    let mut audit = sample::audit();
    audit.databases[0].date = Some(jiff::civil::date(2026, 1, 1));
    let text = render("terminal", &audit, &options(100));
    let last = text.lines().last().unwrap();
    assert_eq!(
        last,
        "FAIL  17 packages \u{b7} RustSec 2026-01-01, 232 days old: run `headwater db update`"
    );
}

#[test]
fn what_the_policy_fails_on_is_on_the_first_screen() {
    let mut audit = sample::audit();
    audit.exposed[0].fails_gate = true;
    for finding in &mut audit.findings {
        finding.fails_gate = false;
    }
    let text = render("terminal", &audit, &options(100));
    assert_says(
        &text,
        &[
            "FAIL 1 package at risk that the policy fails on",
            "1 package at risk, no known advisory, fail the policy: serde_yaml 0.8.26",
        ],
    );
    audit.findings[6].fails_gate = true;
    let text = render("terminal", &audit, &options(100));
    assert_says(&text, &["FAIL 1 package with findings that the policy fails on."]);
}

#[test]
fn no_line_is_wider_than_the_page() {
    for width in [40, 50, 60, 72, 80, 100, 120, 200] {
        assert_fits(&render("terminal", &sample::audit(), &options(width)), width);
        assert_fits(&render("terminal", &sample::audit(), &all(width)), width);
    }
}

#[test]
fn colour_says_nothing_that_words_do_not() {
    for width in [40, 80, 120] {
        let mut options = options(width);
        let plain = render("terminal", &sample::audit(), &options);
        assert_harmless(&plain);
        options.colour = Colour::Ansi;
        let coloured = render("terminal", &sample::audit(), &options);
        assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31mFAIL "), "{coloured}");
        assert_eq!(without_styles(&coloured), plain);
    }
}

/// Removes `ESC [ digits m`, and nothing else.
fn without_styles(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(
            part.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix('m').unwrap(),
        );
    }
    plain
}

#[test]
fn a_command_never_carries_a_name_that_a_shell_would_obey() {
    let mut audit = sample::audit();
    let graph = &audit.graph;
    let rename = |index| {
        let mut package = graph.package(index).clone();
        if package.name == "smallvec" {
            package.name = "s; rm -rf $HOME".into();
        }
        (package, graph.presence(index))
    };
    let packages = graph.indices().map(rename).collect();
    audit.graph = headwater::model::Graph::new(packages, Vec::new(), Vec::new());
    let text = render("terminal", &audit, &options(120));
    assert!(!text.contains("-p s;"), "{text}");
    assert!(text.contains("update `s; rm -rf $HOME` in the lockfile"), "{text}");
}

#[test]
fn commands_name_the_version_where_it_takes_one() {
    let mut audit = sample::audit();
    let smallvec = audit.findings[0].clone();
    let update = |to: &str| Fix::Update { to: to.parse::<Version>().unwrap() };
    let mut shared = smallvec.clone();
    shared.package = headwater::model::PackageIndex(12);
    let mut other = smallvec.clone();
    other.fix = update("1.6.7");
    audit.findings = vec![smallvec, shared, other];
    let text = words(&render("terminal", &audit, &options(120)));
    // Two findings name 1.6.1 and 1.6.7: beyond 1.6.1 the first may be back.
    assert!(text.contains("2 advisories cargo update -p smallvec --precise 1.6.1"), "{text}");
    // Two packages are called shared-name.
    assert!(text.contains("cargo update -p shared-name@1.0.0"), "{text}");
}

#[test]
fn upstream_facts_that_every_project_has_are_not_counted_as_missing() {
    let mut audit = sample::audit();
    audit.ranking.truncate(1);
    let text = render("terminal", &audit, &all(80));
    assert!(!text.contains("upstream  "), "{text}");
    audit.ranking[0].upstream.as_mut().unwrap().forge = Observed::Missing(Missing::NoToken);
    let text = words(&render("terminal", &audit, &all(80)));
    assert!(text.contains("upstream 1 project: needs a token (forge 1)"), "{text}");
    // The forge's own link is not known any more.
    assert!(text.contains("pay at https://pay.example/smallvec"), "{text}");
    assert!(!text.contains("other way"), "{text}");
}

#[test]
fn what_would_help_is_told_or_once_for_all_why_it_is_not_known() {
    let text = |audit: &Audit| words(&render("terminal", audit, &all(120)));
    let mut audit = sample::audit();
    assert!(!text(&audit).contains("what would help is unknown"), "{}", text(&audit));
    for project in &mut audit.ranking[1..] {
        project.advice = Observed::Missing(Missing::NotAsked);
    }
    let some = "what would help is unknown of 5 of these 6: not fetched (run with `--online`)";
    assert!(text(&audit).contains(some), "{}", text(&audit));
    audit.ranking[0].advice = Observed::Known(Advice {
        action: Action::Nothing,
        why: "finished".to_owned(),
        instead: None,
    });
    assert!(text(&audit).contains("no action: finished"), "{}", text(&audit));
    audit.ranking[0].advice = Observed::Missing(Missing::NotAsked);
    let all = "what would help is unknown: not fetched (run with `--online`)";
    assert_eq!(text(&audit).matches(all).count(), 1, "{}", text(&audit));
}

#[test]
fn exposure_that_fails_the_gate_is_marked() {
    let mut audit = sample::audit();
    let exposed = audit.exposed[0].clone();
    audit.exposed = vec![exposed; 9];
    let text = |audit: &Audit| words(&render("terminal", audit, &all(100)));
    assert_eq!(text(&audit).matches("1653 days since the last release").count(), 9);
    audit.exposed[0].fails_gate = true;
    let one = "no findings, but one fails the gate, as `headwater.toml` says";
    assert!(text(&audit).contains(one), "{}", text(&audit));
    assert!(text(&audit).contains("fails the gate"), "{}", text(&audit));
    audit.exposed.iter_mut().for_each(|exposed| exposed.fails_gate = true);
    audit.exposed[8].fails_gate = false;
    audit.exposed[8].waiver = audit.findings[2].waiver.clone();
    assert!(text(&audit).contains("no findings, but 8 of them fail the gate"), "{}", text(&audit));
}

#[test]
fn projects_that_are_not_ranked_stand_apart() {
    let mut audit = sample::audit();
    audit.ranking[4].chance = Observed::Missing(Missing::InTrouble);
    audit.ranking[5].chance = Observed::Missing(Missing::NoIndexEntry);
    let text = words(&render("terminal", &audit, &all(100)));
    assert!(text.contains("in trouble already: 1 project, declared unmaintained"), "{text}");
    let apart = "not assessed: 1 project, no entry in Cargo's local index: example-org/cc";
    assert!(text.contains(apart), "{text}");
}

#[test]
fn a_clean_audit_is_short() {
    let mut audit = sample::audit();
    audit.findings.clear();
    audit.exposed.clear();
    audit.expected = headwater::lens::expected(std::iter::empty());
    audit.ranking.clear();
    audit.coverage = Coverage { packages: 17, ..Coverage::default() };
    audit.databases[0].skipped = 0;
    audit.verdict.status = VerdictStatus::Pass;
    audit.verdict.reasons.clear();
    let text = render("terminal", &audit, &options(80));
    let expected =
        "PASS  no findings in 17 packages\nPASS  17 packages \u{b7} RustSec 2026-06-01\n";
    assert_eq!(text, expected);
    assert!(render("terminal", &audit, &all(80)).contains("\nFindings\n  none\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_at_any_width_is_harmless_and_fits(text in "\\PC*|.*", width in 0_usize..160) {
        let mut audit = sample::audit();
        let package = Package {
            name: text.clone(),
            version: Version::new(1, 0, 0),
            source: Source::Registry(Registry::Other(text.clone())),
        };
        audit.graph = headwater::model::Graph::new(
            vec![(package, Presence::Runtime); 17],
            Vec::new(),
            Vec::new(),
        );
        audit.lockfile = text.clone();
        audit.target = text.clone();
        audit.verdict.reasons = vec![text.clone()];
        audit.ranking[0].name = text.clone();
        sample::say_everywhere(&mut audit.ranking[0], &text);
        audit.exposed[0].reasons = vec![text.clone()];
        audit.facts[0] = PackageFacts { repository: Observed::Known(text.clone()), ..audit.facts[0].clone() };
        let report = render("terminal", &audit, &options(width));
        assert_harmless(&report);
        assert_fits(&report, width.max(40));
        let report = render("terminal", &audit, &all(width));
        assert_harmless(&report);
        assert_fits(&report, width.max(40));
        assert_harmless(&render("json", &audit, &options(width)));
        if let Some(explained) = headwater::report::explain::package(&audit, &text, &options(width)) {
            assert_harmless(&explained);
            assert_fits(&explained, width.max(40));
        }
    }
}
