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
    for command in ["explain needed w", "check needed w"] {
        let ran = world.run(command);
        let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_contains(&text, &payees, command);
    }
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
    assert!(!world.run("fund w --budget 1000").stdout.contains("ko_fi"));
    world.write(&format!("{checkout}/.github/FUNDING.yml"), "ko_fi: needed\n");
    let ran = world.run("fund w --budget 1000");
    assert_contains(&ran.stdout, &["ko_fi needed", "https://ko-fi.com/needed"], &ran.stderr);
}

#[test]
fn an_offline_audit_leaves_them_alone() {
    let world = with_sources();
    let audit = world.run("audit w --format json").stdout;
    let audit: serde_json::Value = serde_json::from_str(&audit).unwrap();
    assert_eq!(audit["projects"][0]["funding"]["missing"], "not-asked");
}
