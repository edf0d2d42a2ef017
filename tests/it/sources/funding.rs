//! Whom one can pay and how.

use headwater::model::{FundingPlan, FundingYear, Payee};
use headwater::source::funding::{parse_json, parse_npm, parse_yaml};
use proptest::prelude::*;

use super::{case, damaged, data};

fn short(payees: &[Payee]) -> Vec<String> {
    let text =
        |it: &Payee| format!("{} {} {}", it.platform, it.account, it.url.as_deref().unwrap_or("-"));
    payees.iter().map(text).collect()
}

#[test]
fn every_value_form_of_a_funding_file_is_read() {
    let cases: [(&str, &[&str]); 9] = [
        ("github: somebody\n", &["github somebody https://github.com/sponsors/somebody"]),
        (
            "github: [b, a, a]\nko_fi: 'c'\n",
            &[
                "github a https://github.com/sponsors/a",
                "github b https://github.com/sponsors/b",
                "ko_fi c https://ko-fi.com/c",
            ],
        ),
        (
            "# comment\ngithub: # fill in\npatreon: #\ntidelift: npm/name # note\n",
            &["tidelift npm/name https://tidelift.com/funding/github/npm/name"],
        ),
        (
            "custom: ['https://ko-fi.com/c', \"pay.example/x\"]\n",
            &["custom pay.example/x https://pay.example/x", "ko_fi c https://ko-fi.com/c"],
        ),
        ("liberapay: 12345\n", &["liberapay 12345 https://liberapay.com/12345"]),
        ("github:\n  - a\n  - [b]\n  - {c: d}\n", &["github a https://github.com/sponsors/a"]),
        ("some_new_one: a\n", &["some_new_one a -"]),
        ("custom: somebody@mail.example\npatreon: ''\n", &[]),
        ("# nothing but a comment\n", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(short(&parse_yaml(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn what_is_no_funding_file_is_refused() {
    let mut bomb = "a: &a [x, x]\n".to_owned();
    for (from, to) in ('a'..='y').zip('b'..='z') {
        bomb += &format!("{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}]\n");
    }
    let deep = format!("github: {}", "[".repeat(100_000));
    let long = "a".repeat(300_000);
    for text in ["- a\n- b\n", "a: [", &bomb, &deep, &long] {
        assert!(parse_yaml(text).is_err(), "{}", text.len());
    }
    let one = parse_yaml(&format!("github: {}", "a".repeat(5_000))).unwrap();
    assert_eq!(one[0].account.len(), 1024);
}

#[test]
fn a_manifest_tells_channels_plans_and_years() {
    let funding = parse_json(&case("funding/funding.json")).unwrap();
    assert_eq!(
        short(&funding.payees),
        [
            "bank transfer -",
            "github somebody https://github.com/sponsors/somebody",
            "other mail -",
            "some-new-type https://pay.example/somebody https://pay.example/somebody",
        ]
    );
    let plan = |name: &str, amount_hundredths, frequency: &str| FundingPlan {
        name: name.into(),
        amount_hundredths,
        currency: "EUR".into(),
        frequency: frequency.into(),
    };
    let large = plan("Large", Some(123_450), "monthly");
    assert_eq!(funding.payees[0].plans, std::slice::from_ref(&large));
    assert_eq!(funding.payees[1].plans, [plan("Any", None, "other"), large]);
    let year = |year, income, expenses, currency: Option<&str>| FundingYear {
        year,
        income_hundredths: income,
        expenses_hundredths: expenses,
        currency: currency.map(str::to_owned),
    };
    assert_eq!(
        funding.history,
        [year(2024, None, None, None), year(2025, Some(100_000), Some(25_025), Some("EUR"))]
    );
    let drips = br#"{"drips":{"chain":{"ownedBy":"0xabc"}}}"#;
    assert_eq!(short(&parse_json(drips).unwrap().payees), ["drips chain:0xabc -"]);
    for text in ["", "[]", r#"{"version":"v1.0.0"}"#] {
        assert!(parse_json(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn every_form_of_the_npm_field_is_read() {
    let page = "patreon p https://patreon.com/p";
    let cases: [(&str, &[&str]); 7] = [
        (r#""https://patreon.com/p""#, &[page]),
        (r#"{"type":"patreon","url":"https://www.patreon.com/p"}"#, &[page]),
        (
            r#"{"type":"individual","url":"https://pay.example"}"#,
            &["custom https://pay.example https://pay.example"],
        ),
        (
            r#"["https://patreon.com/p",{"type":"GitHub","url":"https://github.com/o/n?sponsor=1"},7]"#,
            &["github https://github.com/o/n?sponsor=1 https://github.com/o/n?sponsor=1", page],
        ),
        (r#"{"type":"patreon"}"#, &[]),
        ("null", &[]),
        (r#""somebody@mail.example""#, &[]),
    ];
    for (field, expected) in cases {
        let text = format!(r#"{{"name":"a","funding":{field}}}"#);
        assert_eq!(short(&parse_npm(text.as_bytes()).unwrap()), expected, "{field}");
    }
    assert_eq!(parse_npm(br#"{"name":"a"}"#), Ok(Vec::new()));
    assert!(parse_npm(b"[]").is_err());
}

#[test]
fn real_files_name_somebody_to_pay() {
    let Some(data) = data::folder("the reading of funding files") else { return };
    let (mut read, mut nobody) = (0, Vec::new());
    for file in std::fs::read_dir(data.join("policy/funding")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let payees = match path.extension().and_then(|it| it.to_str()) {
            Some("json") => parse_json(text.as_bytes()).map(|funding| funding.payees),
            _ => parse_yaml(&text),
        };
        match payees {
            Ok(payees) if !payees.is_empty() => {
                let known = payees.iter().all(|it| it.url.is_some() || it.platform == "drips");
                assert!(known || name.ends_with("funding.json"), "{name}: {payees:?}");
                read += 1;
            }
            Ok(_) | Err(_) => nobody.push(name),
        }
    }
    // It names a grant programme's identifier only.
    assert_eq!(nobody, ["paradigmxyz+reth__funding.json"]);
    assert!(read > 60, "{read}");
}

proptest! {
    #[test]
    fn garbage_is_survived(at: usize, byte: u8, end: usize, text in ".{0,80}", yaml in "[a-b:\\[\\]{}&*,'\" \n#-]{0,60}") {
        let _ = parse_json(&damaged(case("funding/funding.json"), at, byte, end));
        let _ = parse_json(text.as_bytes());
        let _ = parse_npm(format!(r#"{{"funding":{text}}}"#).as_bytes());
        let _ = parse_yaml(&text);
        let _ = parse_yaml(&yaml);
        let _ = parse_yaml(&format!("github: {yaml}"));
    }
}
