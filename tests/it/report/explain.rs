//! The evidence behind a package, an advisory, a rule.

use headwater::forecast;
use headwater::model::{
    Audit, Coverage, Edge, EdgeState, Graph, HandsShape, Observed, PackageIndex, Presence,
};
use headwater::report::{Detail, Options, check, explain};
use headwater::rule::{Rule, rules};
use unicode_width::UnicodeWidthStr;

use super::{assert_harmless, options, sample, words};

fn package(query: &str) -> Option<String> {
    explain::package(&sample::audit(), query, &options(120))
}

fn advisory(query: &str) -> Option<String> {
    explain::advisory(&sample::audit(), query, &options(120))
}

fn assert_says(text: &str, parts: &[&str]) {
    let text = words(text);
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn a_package_is_explained_with_paths_facts_terms_and_sources() {
    assert_says(
        &package("smallvec").unwrap(),
        &[
            "purl pkg:cargo/smallvec@1.6.0",
            "upkeep `passively-maintained`, by its own manifest",
            "presence runtime: a member reaches it through normal dependencies",
            "path app 0.1.0 > hyper 0.14.18 > smallvec 1.6.0 path app-cli 0.1.0 > app 0.1.0 >",
            "tokio 1.18.0 accepts ~1.6, tokio 1.18.0 accepts ~1.6 (dev, inactive)",
            "releases 41 releases, 2016-03-01 to 2022-02-10",
            "libyears: unknown: the locked version is not in the local index entry",
            "5 packages depend on it, 31.25% of the build",
            "fix update the lockfile to 1.6.1: every requirement allows it",
            "54.29 vulnerability-severity 0.987 55 9.8 CVSS base score",
            "locking 1.6.1 ends it",
            "`vulnerability-severity` (9.8 CVSS base score) adds 54.29; without it 38.01",
            "chance 82% (41-100%) of trouble within 24 months; average package: 2%",
            "raised, odds x 2.1: absence-factor: 1 (judged)",
            "responsiveness: they are not counted and widen the interval",
            "harm 96% = 1 (runtime) x (1 + 91% of the build) / 2",
            "priority 78% = chance x harm",
            "commit 0123456789abcdef0123456789abcdef01234567, embedded copy, CC0-1.0",
        ],
    );
}

#[test]
fn forecasts_and_exposure_are_explained_with_their_arithmetic() {
    // Only the sample's own facts are known: a release in 2020 and the last one 1,653 days ago.
    let text = package("serde_yaml").unwrap();
    assert_says(
        &text,
        &[
            "no release in the next 12 months; average package: 30%",
            ": 1653 days since the last release",
            "unfixed-90",
            "exposure",
            "unfixed-90",
            "disclosed within a year, no fix 90 days after",
            "At risk, no known advisory",
            "place 1 of 1; 1 to 4 where weights are 20% off",
            "chance 31% (16-62%) of trouble within 24 months",
            "harm 25% = 0.4 (dev) x (1 + 25% of the build) / 2",
        ],
    );
    assert!(!package("smallvec").unwrap().contains("At risk"));
    assert_says(&package("time").unwrap(), &["Forecasts not known not from a registry"]);
    assert_says(
        &package("smallvec").unwrap(),
        &[
            "rank 1 of 6; 1 to 2 where weights are 20% off",
            "a year in 1 package = ",
            "advice replace: no active maintainer; 9 of 12 crates that dropped `older` switched to `newer`",
            "moved 9 crates switched from example-org/smallvec to newer, the last on 2026-05-01; 12 crates dropped it",
            "tier act now, fails the gate place 1 of 12; 1 to 3 where weights are 20% off",
        ],
    );
}

#[test]
fn a_forecast_model_is_explained_in_full() {
    for (name, expected) in [
        ("silence", "Will there be no release in the next 365 days?"),
        ("unfixed-90", "each doubling, 0 to 7305 silence of the package raised 5.4011"),
        ("unfixed-365", "fitted on few disclosures"),
        ("disclosure", "where `rules/forecast/usage.tsv` knows the package"),
        ("unfixed-open", "none 365 days later either"),
        (
            "silence-with-commits",
            "where the usage of the package and the commits of its repository are known",
        ),
        ("disclosure-without-dependents", "reported where people look"),
    ] {
        let text = explain::model(&forecast::named(name).unwrap(), &options(100));
        assert_says(&text, &[expected, "average", "command headwater forecast fit", "Reference"]);
        assert_says(&text, &["`headwater forecast evaluate` prints figures"]);
    }
}

#[test]
fn a_name_means_a_rule_or_a_forecast_and_never_both() {
    let rules: Vec<_> = rules().unwrap().into_iter().map(|rule| rule.id).collect();
    let both = forecast::names().into_iter().find(|name| rules.iter().any(|rule| rule == name));
    assert_eq!(both, None);
}

#[test]
fn an_upstream_project_is_explained_with_where_from_and_when() {
    let text = package("smallvec").unwrap();
    assert_says(
        &text,
        &[
            "class finished: last commit or release 8 months ago, 3 commits in 12 months",
            "activity changed hands: a newcomer arrived on 2021-10-29 and did 91% of the work and \
             most of its tags in the year from 2022-07-01 on; the old lead fell silent after \
             2022-06-28",
            "last commit 2025-12-20, 8 silent months; first 2016-02-01",
            "commits: 0, 3, 60 in 3, 12, 36 months, 1,234 of all time; merges 40, by bots 300",
            "people: 0, 2, 7 in 3, 12, 36 months, 41 of all time; 1 newcomer and 4 leavers",
            "absence factor 1 in 12 months, 3 of all time",
            "the busiest person did 67% of the work of 12 months",
            "1 organisation in 12 months, elephant factor not known (no commit can be told",
            "tempo of 12 months: 0.11 times that of the 24 before",
            "work of who released last unknown: no tag says it",
            "from https://git.example/example-org/smallvec, 2026-08-20",
            "forge archived since 2026-03-01 renamed to new-owner/smallvec fork of first-org/smallvec, made 2021-05-06",
            "issues: 12 open, 1,210 closed requests: 3 open, 450 closed",
            "first response after 4.3 days, median of 20 security policy published",
            "funding links: custom https://pay.example/forge",
            "scorecard Binary-Artifacts 10, Branch-Protection inconclusive, Code-Review 7, \
             Fuzzing 0, Maintained 2 analysed 2026-08-10 from OpenSSF Scorecard, 2026-08-20",
            "deps.dev licence MIT tested by OSS-Fuzz open issues: 13 stars, only for context: 1,299 \
             its copy of the scorecard: Maintained 4, analysed 2026-07-01 from deps.dev, 2026-08-20",
            "deps.dev dependents of this release: 4,321, 21 of them direct it lists advisories \
             GHSA-test source repo git.example/example-org/smallvec (unverified metadata)",
            "funding bank ask us custom https://pay.example/smallvec (upkeep: 5000.5 EUR monthly)",
            "2025: income 10000 EUR",
            "ownership people: alice, bob teams: example-org:core last published by bob \
             3 publishers so far newest release without trusted publishing",
            "downloads: 12,345,678, 1,234,567 in 90 days",
            "declared https://git.example/smallvec repository \
             https://git.example/example-org/smallvec, folder crates/smallvec by `repository` of \
             the packaged manifest renamed to new-owner/smallvec",
            "tags the newest release, 1.15.1, has no tag, though earlier ones do released but not \
             tagged: 8 versions, 1.9.0, 1.8.0, 1.7.0, 1.6.0, 1.5.0 and 3 more tagged but not \
             released: 1 version, 2.0.0-alpha.1",
            "1.5.9 yanked: unsound\\u{1b}[2J",
        ],
    );
    let (_, project) = text.split_once("Upstream project").unwrap();
    assert!(!project.contains("not asked"), "{text}");
}

#[test]
fn upstream_facts_that_are_missing_are_told_by_reason() {
    let atty = package("atty").unwrap();
    assert_says(
        &atty,
        &[
            "class unknown: the `git` program is missing",
            "forge not archived from the forge's interface, 2026-08-20",
            "not known scorecard, deps.dev, funding: the source does not know it activity: the `git`",
            "ownership unknown: not fetched (run with `--online`)",
            "declared https://git.example/atty repository unknown: it is a page at which to pay",
        ],
    );
    assert!(!atty.contains("renamed") && !atty.contains("open"), "{atty}");
    assert_says(
        &package("tokio").unwrap(),
        &[
            "not known activity, forge, scorecard, deps.dev, funding: not fetched (run with `--online`)",
        ],
    );
}

#[test]
fn a_dormant_project_that_woke_up_is_told_so() {
    let mut audit = sample::audit();
    let upstream = audit.ranking[0].upstream.as_mut().unwrap();
    let Observed::Known(activity) = &mut upstream.activity else { panic!("it is known") };
    activity.value.change_of_hands.as_mut().unwrap().shape = HandsShape::Awakening;
    let text = explain::package(&audit, "smallvec", &options(120)).unwrap();
    assert_says(&text, &["from 2022-07-01 on; the project had been dormant since 2022-06-28"]);
}

/// An audit of a stand-in workspace that depends on one package, of which everything is known.
fn candidate() -> Audit {
    let mut audit = sample::audit();
    let smallvec = PackageIndex(14);
    let packages = audit.graph.indices();
    let packages = packages.map(|index| (audit.graph.package(index).clone(), Presence::Runtime));
    let edge = Edge { kind: None, state: EdgeState::Built, requirement: None };
    let edges = vec![(PackageIndex(0), smallvec, edge)];
    audit.graph = Graph::new(packages.collect(), edges, vec![PackageIndex(0)]);
    audit.findings.truncate(1);
    audit.ranking.truncate(1);
    audit.verdict.reasons.truncate(1);
    audit.coverage = Coverage::default();
    audit.databases.clear();
    audit
}

fn all(width: usize) -> Options {
    Options { detail: Detail::All, ..options(width) }
}

#[test]
fn the_check_of_a_package_of_which_all_is_known_fits_one_screen() {
    let audit = candidate();
    let short = check::answer(&audit, &options(100));
    assert!(short.lines().count() <= 40, "{short}");
    let text = check::answer(&audit, &all(100));
    assert!(text.lines().count() <= 64, "{} lines:\n{text}", text.lines().count());
    assert_says(
        &text,
        &[
            "policy fail:",
            "yanked no; upkeep `passively-maintained`, by its own manifest",
            "ownership people: alice, bob; teams: example-org:core; last published by bob;",
            "releases 41 releases, 2016-03-01 to 2022-02-10; 0 in 12 months, 0 in 36 silence",
            "class finished: last commit or release 8 months ago",
            "forge archived since 2026-03-01; renamed to new-owner/smallvec;",
            "scorecard Binary-Artifacts 10,",
            "funding bank ask us; custom https://pay.example/smallvec",
            "trouble 82% (41-100%) within 24 months; 91% of the build stands on it",
            "forecasts silence 91%, unfixed-90 58%, unfixed-365 60%, disclosure 0.3%, trouble 26%",
            "Its own tree runtime 13 packages: atty 0.2.14,",
        ],
    );
    for width in [40, 60, 100] {
        let text = check::answer(&audit, &all(width));
        assert_harmless(&text);
        let whole = ["headwater explain", "https://", "cargo update"];
        let is_whole = |line: &&str| whole.iter().any(|part| line.contains(part));
        let lines = text.lines().filter(|line| !is_whole(line));
        let widest = lines.map(UnicodeWidthStr::width).max();
        assert!(widest <= Some(width), "{widest:?} at {width}:\n{text}");
    }
}

#[test]
fn a_package_without_findings_still_has_a_path_and_reasons() {
    assert_says(
        &package("cc").unwrap(),
        &[
            "path app 0.1.0 > rustls 0.20.8 > cc 1.0.83 (build)",
            "build: it is reached only through",
        ],
    );
    assert_says(
        &package("mio").unwrap(),
        &[
            "path app 0.1.0 > hyper 0.14.18 > tokio 1.18.0 > mio 0.8.10 (other target)",
            "place unknown: not part of what is built",
        ],
    );
    assert_says(&package("time").unwrap(), &["cadence unknown: not from a registry"]);
}

#[test]
fn packages_are_found_by_name_version_purl_and_identifier() {
    let cases = [
        ("shared-name", 2),
        ("shared-name@1.0.0", 2),
        ("shared-name@1.0.1", 0),
        ("pkg:cargo/shared-name", 2),
        ("pkg:cargo/shared-name@1.0.0", 2),
        ("pkg:cargo/shared-name@1.0.0#2", 1),
        ("pkg:cargo/shared", 0),
        ("shared", 0),
        ("", 0),
        ("@", 0),
    ];
    for (query, expected) in cases {
        let text = package(query);
        let found = text.as_deref().map_or(0, |text| words(text).matches(" purl ").count());
        assert_eq!(found, expected, "{query}");
        assert_eq!(text.is_some(), expected > 0, "{query}");
    }
}

#[test]
fn an_advisory_is_found_by_alias_and_says_what_is_in_the_way() {
    for query in ["TEST-2026-0002", "test-2026-0002", "CVE-2026-0002"] {
        assert_says(
            &advisory(query).unwrap(),
            &[
                "TEST-2026-0002: vulnerability in rustls",
                "severity high 7.5",
                "affected < 1.6.1",
                "function rustls::insert in <1.6.1",
                "path app 0.1.0 > rustls 0.20.8",
                "0.21.11 is the lowest good release, but app 0.1.0 accepts only ^0.20, and hyper",
            ],
        );
    }
    assert_eq!(advisory("TEST-2026-9999"), None);
    assert_eq!(advisory(""), None);
}

#[test]
fn labels_and_missing_facts_say_what_they_change() {
    let possible = advisory("TEST-2026-0004").unwrap();
    assert_says(
        &possible,
        &[
            "label possible match",
            "severity unrated: no readable CVSS vector",
            "learning what `vulnerability-severity` measures, which adds 30.25 while unknown",
        ],
    );
    let unknown = advisory("TEST-2026-0005").unwrap();
    assert_says(
        &unknown,
        &["presence unknown: ", "knowing its presence: run `cargo fetch --locked`"],
    );
    let waived = advisory("TEST-2026-0003").unwrap();
    assert_says(&waived, &["waived until 2026-12-31", "the waiver ends after 2026-12-31"]);
}

#[test]
fn printed_terms_add_up_to_the_printed_score() {
    for finding in &sample::audit().findings {
        let text = match &finding.advisory {
            Some(advisory) => explain::advisory(&sample::audit(), &advisory.id, &options(120)),
            None => package("bumpalo"),
        };
        let text = text.unwrap();
        let mut lines = text.lines().skip_while(|line| !line.starts_with("  score "));
        let first_number = |line: &str| {
            let numbers = line.split([' ', ',']).filter_map(|word| word.parse::<f64>().ok());
            numbers.into_iter().next()
        };
        let total = first_number(lines.next().unwrap()).unwrap();
        let terms: Vec<f64> = lines.skip(1).map_while(first_number).collect();
        assert_eq!(terms.len(), 4, "{text}");
        let sum: f64 = terms.iter().sum();
        assert!((sum - total).abs() <= 0.04 + 1e-9, "{sum} is not {total} in {text}");
    }
}

#[test]
fn explanations_fit_the_page_and_are_harmless() {
    let audit = sample::audit();
    for width in [40, 60, 80, 120] {
        let options = options(width);
        let packages = audit.graph.indices().map(|index| audit.graph.package(index).name.clone());
        let texts = packages.map(|name| explain::package(&audit, &name, &options).unwrap());
        let advisories = audit.findings.iter().filter_map(|finding| finding.advisory.as_ref());
        let advisories =
            advisories.map(|each| explain::advisory(&audit, &each.id, &options).unwrap());
        let models = forecast::names().map(|name| forecast::named(name).unwrap());
        let models = models.iter().map(|model| explain::model(model, &options));
        let rule = explain::rule(&named("fix"), &options);
        for text in texts.chain(advisories).chain(models).chain([rule]) {
            assert_harmless(&text);
            let lines = text.lines().filter(|line| !line.trim().starts_with("https://"));
            let widest = lines.map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{widest:?} at {width}:\n{text}");
        }
    }
}

fn named(id: &str) -> Rule {
    rules().unwrap().into_iter().find(|rule| rule.id == id).unwrap()
}

#[test]
fn a_rule_is_explained_in_full() {
    assert_says(
        &explain::rule(&named("severity"), &options(80)),
        &[
            "severity: severity of the trouble",
            "signal severity, in CVSS score",
            "level 0 at 0 0.05 at 0.1",
            "missing counts as level 0.33 for vulnerability, 0.33 for unsound",
            "The expected severity",
            "weight 37 in gatekeeper",
            "Read the advisory",
            "https://www.first.org/cvss/",
        ],
    );
    assert_says(
        &explain::rule(&named("presence"), &options(80)),
        &[
            "level 1 for runtime 1 for runtime-or-build 1 for runtime-or-proc-macro 1 for unknown 0.6",
        ],
    );
}
