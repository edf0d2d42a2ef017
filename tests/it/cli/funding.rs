//! Whom one can pay by files in the unpacked sources of packages.

use super::online::{needing, world};
use super::world::{World, assert_contains};

const FUNDING_JSON: &str = r#"{"version":"v1.0.0","funding":{
    "channels":[{"guid":"k","type":"payment-provider","address":"https://ko-fi.com/needed"}],
    "plans":[{"guid":"p","status":"active","name":"upkeep","amount":250.5,"currency":"EUR",
        "frequency":"monthly","channels":["k"]}],
    "history":[{"year":2025,"income":1000,"expenses":1200,"currency":"EUR"}]}}"#;

/// A world where the source of the one dependency says whom to pay.
fn with_sources() -> World {
    let world = world();
    let manifest = "[package]\nrepository = \"https://git.example/group/needed\"\n";
    world.unpack("needed-1.0.0/Cargo.toml", manifest);
    let yaml = "ko_fi: needed\ncustom: 'https://pay.example/x'\n";
    world.unpack("needed-1.0.0/.github/FUNDING.yml", yaml);
    world.unpack("needed-1.0.0/funding.json", FUNDING_JSON);
    world.unpack("needed-1.0.0/package.json", "not JSON");
    world
}

#[test]
fn commands_that_show_them_read_the_files_without_asking_anybody() {
    let world = with_sources();
    let payees = [
        "ko_fi https://ko-fi.com/needed (upkeep: 250.5 EUR monthly), named in",
        "2025: income 1000, expenses 1200 EUR",
        "from the source of needed 1.0.0",
    ];
    for command in ["explain needed w", "check needed w --all"] {
        let ran = world.run(command);
        let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_contains(&text, &payees, command);
    }
    let short = world.run("check needed w").stdout;
    assert_contains(&short, &["pay at          https://pay.example/x and 1 more"], "check");
    let paid = ["ko_fi needed", "https://ko-fi.com/needed", "asks for upkeep: 250.5 EUR monthly"];
    let ran = world.run("fund w --budget 1000");
    // Of two payees with as many projects the first by address is paid.
    assert_contains(&ran.stdout, &paid, "fund");
    let csv = world.run("fund w --budget 1000 --format csv").stdout;
    assert_contains(&csv, &["upkeep: 250.5 EUR monthly"], "csv");
    let json = world.run("fund w --budget 1000 --format json").stdout;
    assert_contains(&json, &["\"amount_hundredths\": 25050"], "json");
    assert!(!world.path("cache").join("history").exists(), "nothing is remembered");
}

#[test]
fn a_checkout_of_cargo_names_whom_to_pay_for_a_git_dependency() {
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
    let git = "https://git.example/group/needed";
    let world = needing(&format!("{{ git = \"{git}\" }}"), &format!("git+{git}#{COMMIT}"));
    let checkout = "home/git/checkouts/needed-0a1b2c3d4e5f6071/0123456";
    let manifest = "[package]\nname = \"needed\"\nversion = \"1.0.0\"\n";
    world.write(&format!("{checkout}/Cargo.toml"), manifest);
    assert!(!world.run("explain needed w").stdout.contains("ko_fi"));
    world.write(&format!("{checkout}/.github/FUNDING.yml"), "ko_fi: needed\n");
    let ran = world.run("explain needed w");
    assert_contains(&ran.stdout, &["ko_fi https://ko-fi.com/needed"], &ran.stderr);
    // No release history says how likely trouble is: there is nothing to share a budget by.
    let ran = world.run("fund w --budget 1000");
    let expected = ["no payments", "Not assessed: 1 project", "not from a registry: group/needed"];
    assert_contains(&ran.stdout, &expected, &ran.stderr);
}

#[test]
fn a_budget_without_any_payee_is_a_suggestion() {
    // Of one project with a release history nobody knows whom to pay.
    let ran = world().run("fund w --budget 1000 --cap 100 --as-of 2026-08-21");
    let expected = [
        "0% of the priority has a known payee: repository unknown",
        "Suggestion: 1000.00 USD allocated, no funding channel found for any project",
        "1000.00  needed",
    ];
    assert_contains(&ran.stdout, &expected, &ran.stderr);
}

#[test]
fn an_offline_audit_leaves_them_alone() {
    let world = with_sources();
    let audit = world.run("audit w --format json").stdout;
    let audit: serde_json::Value = serde_json::from_str(&audit).unwrap();
    assert_eq!(audit["projects"][0]["funding"]["missing"], "not-asked");
}
