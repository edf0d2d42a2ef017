//! The Rust registry's interface.

use std::collections::BTreeMap;

use headwater::model::{Missing, Ownership};
use headwater::source::rust_registry::{
    api_address, index_request, owners_request, package_request, understand,
};
use proptest::prelude::*;
use serde_json::Value;

use super::{answer, case, damaged, data};

const API: &str = "https://registry.example/";

#[test]
fn a_package_is_asked_for_at_the_address_the_index_gives() {
    let config = answer(200, r#"{"dl":"https://dl.example","api":"https://registry.example"}"#);
    assert_eq!(api_address(&config), Ok("https://registry.example".into()));
    let without = answer(200, r#"{"dl":"https://dl.example"}"#);
    assert_eq!(api_address(&without), Err(Missing::NotFound));
    let hostile = answer(200, r#"{"api":"file:///etc"}"#);
    assert_eq!(api_address(&hostile), Err(Missing::NotUnderstood));
    let package = "https://registry.example/api/v1/crates/a_b-C";
    let url = package_request(API, "a_b-C").unwrap().url;
    assert_eq!(url, format!("{package}?include=versions,downloads"));
    assert_eq!(owners_request(API, "a_b-C").unwrap().url, format!("{package}/owners"));
}

#[test]
fn the_sparse_index_has_the_first_letters_as_folders() {
    let cases = [
        ("a", Ok("1/a")),
        ("Ab", Ok("2/ab")),
        ("abc", Ok("3/a/abc")),
        ("abCd-e", Ok("ab/cd/abcd-e")),
        ("", Err(Missing::NotFound)),
        ("..", Err(Missing::NotFound)),
        ("a/../b", Err(Missing::NotFound)),
        ("ünïcode", Err(Missing::NotFound)),
    ];
    for (name, expected) in cases {
        let url = index_request("sparse+https://index.example/", name).map(|request| request.url);
        let expected = expected.map(|path| format!("https://index.example/{path}"));
        assert_eq!(url, expected, "{name}");
        assert_eq!(package_request(API, name).is_ok(), expected.is_ok(), "{name}");
    }
    assert!(index_request("https://index.example", &"a".repeat(65)).is_err());
}

#[test]
fn owners_publishers_and_reasons_are_understood() {
    let package = answer(200, case("rust_registry/package.json"));
    let owners = answer(200, case("rust_registry/owners.json"));
    let expected = Ownership {
        people: vec!["first".into(), "second".into()],
        teams: vec!["forge:group:owners".into()],
        // The newest by time is a fix of an old line.
        last_publisher: None,
        publishers: 2,
        trusted_publishing: Some(true),
        yank_messages: BTreeMap::from([("1.1.0".into(), "lost data".into())]),
        downloads: Some(12_345),
        recent_downloads: Some(678),
        repository: Some("https://git.example/owner/sample".into()),
    };
    assert_eq!(understand(&package, &owners), Ok(expected));
}

#[test]
fn a_registry_that_says_less_is_not_made_to_say_more() {
    let owners = answer(200, r#"{"users":[]}"#);
    let body =
        r#"{"crate":{"name":"a"},"versions":[{"num":"1.0.0","published_by":{"login":"p"}}]}"#;
    let ownership = understand(&answer(200, body), &owners).unwrap();
    assert_eq!((ownership.trusted_publishing, ownership.downloads), (None, None));
    assert_eq!(ownership.last_publisher.as_deref(), Some("p"));
    let null = body.replace("\"num\"", "\"trustpub_data\":null,\"num\"");
    let ownership = understand(&answer(200, null), &owners).unwrap();
    assert_eq!(ownership.trusted_publishing, Some(false));
    let cases = [
        (answer(404, "{}"), answer(200, r#"{"users":[]}"#), Missing::NotFound),
        (answer(200, body), answer(403, "{}"), Missing::Refused),
        (answer(200, body), answer(200, "{}"), Missing::NotUnderstood),
        (answer(200, r#"{"crate":{}}"#), answer(200, r#"{"users":[]}"#), Missing::NotUnderstood),
    ];
    for (package, owners, why) in cases {
        assert_eq!(understand(&package, &owners), Err(why));
    }
    let long = format!(r#"{{"users":[{{"login":"{}","kind":"user"}}]}}"#, "x".repeat(9_000));
    let ownership = understand(&answer(200, body), &answer(200, long)).unwrap();
    assert_eq!(ownership.people[0].len(), 1024);
}

/// The fields that are read are those of the published description.
#[test]
fn the_cases_have_the_shape_the_registry_publishes() {
    let Some(data) = data::folder("the check of the registry's shapes") else { return };
    let schemas = std::fs::read_dir(data.join("schemas")).unwrap();
    let mut files = schemas.map(|folder| folder.unwrap().path().join("openapi.json"));
    let file = files.find(|file| file.is_file()).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let description: Value = serde_json::from_str(&text).unwrap();
    let schema = |name: &str| &description["components"]["schemas"][name]["properties"];
    let package: Value = serde_json::from_slice(&case("rust_registry/package.json")).unwrap();
    let owners: Value = serde_json::from_slice(&case("rust_registry/owners.json")).unwrap();
    let (release, owner) = (&package["versions"][0], &owners["users"][0]);
    for (object, name) in [(&package["crate"], "Crate"), (release, "Version"), (owner, "Owner")] {
        for field in object.as_object().unwrap().keys() {
            assert!(schema(name)[field].is_object(), "{name} has no `{field}`");
        }
    }
    assert!(schema("User")["login"].is_object());
    for path in ["/api/v1/crates/{name}", "/api/v1/crates/{name}/owners"] {
        assert!(description["paths"][path]["get"].is_object(), "{path}");
    }
}

proptest! {
    #[test]
    fn garbage_is_survived(at: usize, byte: u8, end: usize, bytes: Vec<u8>) {
        let package = answer(200, damaged(case("rust_registry/package.json"), at, byte, end));
        let owners = answer(200, damaged(case("rust_registry/owners.json"), at, byte, end));
        let _ = understand(&package, &owners);
        let _ = understand(&answer(200, bytes.clone()), &owners);
        let _ = api_address(&answer(200, bytes));
    }
}
