//! Allocations as users and programs read them.

use headwater::lens::fund::fund;
use headwater::model::{Action, Allocation, FundRequest, Missing, Observed};
use headwater::report::fund::FORMATS;
use headwater::report::{Colour, Detail, Options};

use super::{Row, advice, allocate, audit, request};

const HOSTILE: &str = "=cmd\u{1b}[31m\u{202e}|\"x\",y";

fn render(format: &str, allocation: &Allocation, width: usize) -> String {
    let format = FORMATS.iter().find(|each| each.name == format).unwrap();
    (format.render)(allocation, &Options { width, colour: Colour::Plain, detail: Detail::All })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sample() -> Allocation {
    let rows: &[Row<'_>] = &[
        ("a", 60.0, 1, &["github:a"]),
        (HOSTILE, 30.0, 2, &["custom:@evil"]),
        ("c", 25.0, 2, &["github:-c"]),
        ("d", 15.0, 1, &[]),
        ("e", 14.0, 1, &["github:e"]),
        ("f", 13.0, 1, &["github:f"]),
        ("g", 12.0, 1, &["github:g"]),
        ("h", 11.0, 1, &["github:h"]),
        ("i", 10.0, 1, &["github:i"]),
    ];
    let asked = FundRequest { developers: Some(2), cap_basis_points: 5000, ..request(100_000) };
    let mut audit = audit(rows);
    let projects = &mut audit.ranking;
    projects[0].advice = advice(Action::Fund, "one person does most of the work", None);
    projects[3].advice = advice(Action::Contribute, "a fix is missing", None);
    projects[4].advice = advice(Action::Replace, "superseded", Some("std::newer"));
    projects[5].advice = advice(Action::Nothing, "well maintained", None);
    projects[6].chance = Observed::Missing(Missing::InTrouble);
    projects[7].chance = Observed::Missing(Missing::NoIndexEntry);
    projects[8].chance = Observed::Missing(Missing::NotFromRegistry);
    fund(&audit, asked)
}

#[test]
fn people_see_amounts_reasons_and_the_formula() {
    // a is capped at 500.00, which c gets as well.
    let allocation = sample();
    let text = words(&render("terminal", &allocation, 100));
    assert!(
        text.starts_with(
            "65% of the priority has a known payee, the rest names none: this split follows who \
             asks for money, not who needs it Fund: 1000.00 USD by priority"
        ),
        "{text}"
    );
    for expected in [
        "500.00 github a a 60% direct https://github.com/sponsors/a; fund: one person does most of the work, \
         60% chance of trouble, 100% of the build stands on it",
        "500.00 github -c c 25% transitive",
        "left 0.00 of 1000.00 USD",
        "500.00 USD for each of 2 developers",
        "4000.00 USD in all: 3000.00 USD short",
        "repository unknown for 1 workspace member",
        "Cannot be paid: 2 projects",
        "15% d it names nobody to pay https://git.example/d; contribute: a fix is missing",
        "it names no address to pay at",
        "replace e (use std::newer)",
        "unmaintained g",
        "no action f (well maintained); `--include-maintained` pays them",
        "Not assessed: 2 projects",
        "1 project: no entry in Cargo's local index (run with `--online`): h",
        "1 project: not from a registry: i",
        "cap: at most 50% of the budget for one payee",
        "priority of a project = chance of trouble within 24 months x harm",
        "advice: what is best replaced, has no active maintainer, or needs no action gets nothing",
    ] {
        assert!(text.contains(expected), "no `{expected}` in {text}");
    }
    for width in [40, 60, 80, 100] {
        let text = render("terminal", &allocation, width);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        let long = text.lines().find(|line| line.chars().count() > width);
        assert_eq!(long, None, "in {width}:\n{text}");
    }
}

#[test]
fn spreadsheets_get_text_and_amounts_that_add_up() {
    let csv = render("csv", &sample(), 100);
    let expected = [
        "kind,amount,currency,platform,account,pay_at,projects,ask_at,remark,advice",
        "payment,500.00,USD,github,a,https://github.com/sponsors/a,a,https://git.example/a,,fund: one person does most of the work",
        "payment,500.00,USD,github,\"'-c\",https://github.com/sponsors/-c,c,https://git.example/c,,",
        "left,0.00,USD,,,,,,,",
        "cannot be paid,,,,,,\"'=cmd\\u{1b}[31m\\u{202e}|\"\"x\"\",y\",\"https://git.example/=cmd\\u{1b}[31m\\u{202e}|\"\"x\"\",y\",it names no address to pay at,",
        "cannot be paid,,,,,,d,https://git.example/d,it names nobody to pay,contribute: a fix is missing",
        "left out,,,,,,e,https://git.example/e,replace,replace: superseded",
        "left out,,,,,,f,https://git.example/f,no action,no action: well maintained",
        "left out,,,,,,g,https://git.example/g,unmaintained,",
        "not assessed,,,,,,h,https://git.example/h,\"no entry in Cargo's local index\",",
        "not assessed,,,,,,i,https://git.example/i,not from a registry,",
    ];
    assert_eq!(csv, expected.join("\r\n") + "\r\n");
}

#[test]
fn programs_get_whole_hundredths() {
    let allocation = sample();
    let text = render("json", &allocation, 100);
    assert_eq!(text, render("json", &allocation, 40));
    assert!(!text.contains('\u{202e}'), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema_version"], "2.0");
    assert_eq!(json["basis"], "payees");
    assert_eq!(json["payments"][0]["amount_hundredths"], 50_000);
    assert_eq!(json["payments"][0]["payee"]["url"], "https://github.com/sponsors/a");
    assert_eq!(json["payments"][1]["projects"][0]["distance"], "transitive");
    assert_eq!(json["left_hundredths"], 0);
    assert_eq!(json["cannot_be_paid"][0]["name"], HOSTILE);
    assert_eq!(json["cannot_be_paid"][1]["reason"], "it names nobody to pay");
    assert_eq!(json["pledge"]["gap_usd_hundredths"], 300_000);
    assert_eq!(json["payments"][0]["projects"][0]["advice"]["action"], "fund");
    assert_eq!(json["payments"][1]["projects"][0]["advice"], serde_json::Value::Null);
    assert_eq!(json["cannot_be_paid"][1]["advice"]["why"], "a fix is missing");
    assert_eq!(
        json["payees"],
        serde_json::json!({"known": 0.653846, "none": 0.346154, "unknown": 0.0})
    );
    assert_eq!(json["payments"][0]["projects"][0]["chance_of_trouble"], 0.6);
    assert_eq!(json["payments"][0]["projects"][0]["share_of_build"], 1.0);
    assert_eq!(json["left_out"][0]["reason"], "replace");
    assert_eq!(json["left_out"][2]["chance_of_trouble"], serde_json::Value::Null);
    assert_eq!(json["not_assessed"][1]["reason"], "not from a registry");
    assert_eq!(json["include_maintained"], false);
    let schema: serde_json::Value =
        serde_json::from_str(&headwater::report::schema::fund()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for (pointer, wrong) in [
        ("/basis", "guess"),
        ("/payments/0/projects/0/distance", "near"),
        ("/payments/0/projects/0/advice/action", "pray"),
        ("/cannot_be_paid/0/priority", "high"),
        ("/left_out/0/reason", "dislike"),
    ] {
        let mut json = json.clone();
        *json.pointer_mut(pointer).unwrap() = wrong.into();
        assert!(!validator.is_valid(&json), "{wrong} at {pointer} is accepted");
    }
}

#[test]
fn a_suggestion_is_called_one() {
    let rows: &[Row<'_>] = &[("a", 60.0, 1, &["?"]), ("b", 40.0, 1, &["?"])];
    let allocation = allocate(rows, request(100));
    let text = words(&render("terminal", &allocation, 100));
    assert!(
        text.starts_with(
            "0% of the priority has a known payee: run with `--online` to find funding channels \
             Suggestion: 1.00 USD allocated, no funding channel found for any project"
        ),
        "{text}"
    );
    assert!(text.contains("0.60 a 60% direct https://git.example/a"), "{text}");
    assert!(render("csv", &allocation, 100).contains("\r\nsuggestion,0.60,USD,,,,a,"));
    assert!(render("json", &allocation, 100).contains("\"basis\": \"suggestion\""));
}

#[test]
fn the_first_line_says_what_the_split_rests_on() {
    type Case<'a> = (&'a [Row<'a>], Option<&'a str>);
    let known: Row<'_> = ("a", 10.0, 1, &["github:a"]);
    let cases: [Case<'_>; 3] = [
        (&[known], Some("All of the priority has a known payee")),
        (
            &[known, ("b", 90.0, 1, &["?"])],
            Some(
                "10% of the priority has a known payee: run with `--online`, or this split follows \
                 who asks for money, not who needs it",
            ),
        ),
        (&[], None),
    ];
    for (rows, expected) in cases {
        let text = render("terminal", &allocate(rows, request(10_000)), 200);
        let first = text.lines().next().unwrap();
        assert_eq!(first, expected.unwrap_or("Fund: 100.00 USD by priority"), "{text}");
    }
}

#[test]
fn a_long_suggestion_is_cut_and_its_rest_summed() {
    let names: Vec<String> = (0..30).map(|at| format!("project-{at:02}")).collect();
    let rows: Vec<Row<'_>> = names.iter().map(|name| (name.as_str(), 1.0, 1, &["?"][..])).collect();
    let allocation = allocate(&rows, request(30_000));
    let all = render("terminal", &allocation, 100);
    assert_eq!(all.matches("direct\n").count(), 30);
    for width in [40, 60, 100] {
        let format = FORMATS.iter().find(|each| each.name == "terminal").unwrap();
        let options = Options { width, colour: Colour::Plain, detail: Detail::Short };
        let text = (format.render)(&allocation, &options);
        assert!(text.lines().count() <= 40, "{text}");
        assert!(words(&text).contains("together: `--all` shows them"), "{text}");
    }
}
