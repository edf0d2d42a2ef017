//! Allocations as users and programs read them.

use headwater::model::{Action, Advice, Allocation, FundRequest, Observed};
use headwater::report::fund::FORMATS;
use headwater::report::{Colour, Options};

use super::{Row, allocate, request};

const HOSTILE: &str = "=cmd\u{1b}[31m\u{202e}|\"x\",y";

fn render(format: &str, allocation: &Allocation, width: usize) -> String {
    let format = FORMATS.iter().find(|each| each.name == format).unwrap();
    (format.render)(allocation, &Options { width, colour: Colour::Plain })
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
    ];
    let asked = FundRequest { developers: Some(2), cap_basis_points: 5000, ..request(100_000) };
    let mut allocation = allocate(rows, asked);
    let advice =
        |action, why: &str| Observed::Known(Advice { action, why: why.to_owned(), instead: None });
    allocation.payments[0].projects[0].advice = advice(Action::Adopt, "no active maintainer");
    allocation.unpayable[1].0.advice = advice(Action::Replace, "fixes are likely to be slow");
    allocation
}

#[test]
fn people_see_amounts_reasons_and_the_formula() {
    // a is capped at 500.00, which c gets as well.
    let allocation = sample();
    let text = words(&render("terminal", &allocation, 100));
    for expected in [
        "Fund: 1000.00 USD by priority",
        "500.00 github a a 60 direct https://github.com/sponsors/a; adopt: no active maintainer",
        "500.00 github -c c 25 transitive",
        "left 0.00 of 1000.00 USD",
        "500.00 USD for each of 2 developers",
        "4000.00 USD in all: 3000.00 USD short",
        "the repository of 1 workspace member is not known",
        "Cannot be paid: 2 projects",
        "15 d it names nobody to pay https://git.example/d; replace: fixes are likely to be slow",
        "it names no address to pay at",
        "cap: at most 50 % of the budget for one payee",
        "priority of a project = reliance x fragility / 100",
        "advice: what would help a project; it changes no amount",
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
        "payment,500.00,USD,github,a,https://github.com/sponsors/a,a,https://git.example/a,,adopt: no active maintainer",
        "payment,500.00,USD,github,\"'-c\",https://github.com/sponsors/-c,c,https://git.example/c,,",
        "left,0.00,USD,,,,,,,",
        "cannot be paid,,,,,,\"'=cmd\\u{1b}[31m\\u{202e}|\"\"x\"\",y\",\"https://git.example/=cmd\\u{1b}[31m\\u{202e}|\"\"x\"\",y\",it names no address to pay at,",
        "cannot be paid,,,,,,d,https://git.example/d,it names nobody to pay,replace: fixes are likely to be slow",
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
    assert_eq!(json["schema_version"], "1.1");
    assert_eq!(json["basis"], "payees");
    assert_eq!(json["payments"][0]["amount_hundredths"], 50_000);
    assert_eq!(json["payments"][0]["payee"]["url"], "https://github.com/sponsors/a");
    assert_eq!(json["payments"][1]["projects"][0]["distance"], "transitive");
    assert_eq!(json["left_hundredths"], 0);
    assert_eq!(json["cannot_be_paid"][0]["name"], HOSTILE);
    assert_eq!(json["cannot_be_paid"][1]["reason"], "it names nobody to pay");
    assert_eq!(json["pledge"]["gap_usd_hundredths"], 300_000);
    assert_eq!(json["payments"][0]["projects"][0]["advice"]["action"], "adopt");
    assert_eq!(json["payments"][1]["projects"][0]["advice"], serde_json::Value::Null);
    assert_eq!(json["cannot_be_paid"][1]["advice"]["why"], "fixes are likely to be slow");
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
        text.starts_with("Suggestion: 1.00 USD by priority whom to pay is not known"),
        "{text}"
    );
    assert!(text.contains("not asked; run with `--online`"), "{text}");
    assert!(text.contains("0.60 a 60 direct https://git.example/a"), "{text}");
    assert!(render("csv", &allocation, 100).contains("\r\nsuggestion,0.60,USD,,,,a,"));
    assert!(render("json", &allocation, 100).contains("\"basis\": \"suggestion\""));
}

#[test]
fn a_long_suggestion_is_cut_and_its_rest_summed() {
    let names: Vec<String> = (0..30).map(|at| format!("project-{at:02}")).collect();
    let rows: Vec<Row<'_>> = names.iter().map(|name| (name.as_str(), 1.0, 1, &["?"][..])).collect();
    let text = render("terminal", &allocate(&rows, request(30_000)), 100);
    assert_eq!(text.matches("direct\n").count(), 25);
    assert!(text.contains("and 5 more, 50.00 together"), "{text}");
}
