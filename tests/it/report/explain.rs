//! The evidence behind a package, an advisory, a rule.

use headwater::report::explain;
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
            "presence runtime: a member reaches it through normal dependencies",
            "path app 0.1.0 > hyper 0.14.18 > smallvec 1.6.0 path app-cli 0.1.0 > app 0.1.0 >",
            "tokio 1.18.0 accepts ~1.6, tokio 1.18.0 accepts ~1.6 (dev, inactive)",
            "releases 41 releases, 2016-03-01 to 2022-02-10",
            "libyears: not known: the locked version is not in the local index entry",
            "5 packages depend on it, 31.25 % of the build",
            "fix update the lockfile to 1.6.1: every requirement allows it",
            "54.29 vulnerability-severity 0.987 55 9.8 CVSS base score",
            "locking 1.6.1 ends it",
            "`vulnerability-severity` (9.8 CVSS base score) adds 54.29; without it 38.01",
            "priority 65.88 = reliance 91.00 x fragility 72.40 / 100",
            "15.00 interval 0.5 30 not known: too few releases",
            "commit 0123456789abcdef0123456789abcdef01234567, embedded copy, CC0-1.0",
        ],
    );
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
            "place not known: not part of what is built",
        ],
    );
    assert_says(&package("time").unwrap(), &["cadence not known: not from a registry"]);
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
                "affected below 1.6.1",
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
            "severity unknown: no readable CVSS vector",
            "learning what `vulnerability-severity` measures, which adds 30.25 while not known",
        ],
    );
    let unknown = advisory("TEST-2026-0005").unwrap();
    assert_says(&unknown, &["presence unknown: ", "knowing its presence: run `cargo fetch`"]);
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
        for text in texts.chain(advisories).chain([explain::rule(&named("fix"), &options)]) {
            assert_harmless(&text);
            let widest = text.lines().map(UnicodeWidthStr::width).max();
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
            "missing counts as level 0.64 for vulnerability, 0.3 for unsound",
            "The class default",
            "weight 40 in gatekeeper",
            "Read the advisory",
            "https://www.first.org/cvss/",
        ],
    );
    assert_says(
        &explain::rule(&named("presence"), &options(80)),
        &["level 1 for runtime 1 for unknown 0.6 for build", "weight 20 in reliance"],
    );
}
