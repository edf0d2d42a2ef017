//! The Rust registry's interface: owners, publishers, downloads, and the sparse index for packages
//! that Cargo's local copy lacks.
//!
//! No address is known here: that of the interface stands in the `api` field of the index's
//! `config.json`, that of the index in Cargo's configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};

use super::wire::{Time, base, bounded, json, segment};
use super::{Answer, Request};
use crate::model::{Missing, Ownership};

/// Longest name of a package, in bytes.
const LONGEST_NAME: usize = 64;

/// Asks a sparse index where its registry answers; [`api_address`] reads the answer. The index's
/// address may begin with `sparse+`.
pub fn config_request(index: &str) -> Request {
    Request::get(format!("{}/config.json", sparse(index)))
}

/// The address of the interface, from an index's `config.json`.
///
/// # Errors
/// [`Missing::NotFound`] where the registry has none, else why it is not known.
pub fn api_address(config: &Answer) -> Result<String, Missing> {
    let config: Config = json(config)?;
    let api = config.api.ok_or(Missing::NotFound)?;
    let is_address = api.starts_with("https://") || api.starts_with("http://");
    if is_address { Ok(bounded(api)) } else { Err(Missing::NotUnderstood) }
}

/// Asks the interface at `api` for a package with its releases and downloads.
///
/// # Errors
/// [`Missing::NotFound`] for a name no package can have.
pub fn package_request(api: &str, name: &str) -> Result<Request, Missing> {
    let address = package_address(api, name)?;
    Ok(Request::get(address + "?include=versions,downloads"))
}

/// Asks the interface at `api` for the owners of a package.
///
/// # Errors
/// [`Missing::NotFound`] for a name no package can have.
pub fn owners_request(api: &str, name: &str) -> Result<Request, Missing> {
    Ok(Request::get(package_address(api, name)? + "/owners"))
}

/// Asks a sparse index for a package; [`super::cargo_index::parse_lines`] reads the answer. The
/// index's address may begin with `sparse+`.
///
/// # Errors
/// [`Missing::NotFound`] for a name no package can have.
pub fn index_request(index: &str, name: &str) -> Result<Request, Missing> {
    let name = checked(name)?.to_ascii_lowercase();
    let index = sparse(index);
    // The layout of an index, of the Cargo book: the first letters are folders.
    let folders = match name.as_bytes() {
        [_] => "1".to_owned(),
        [_, _] => "2".to_owned(),
        [_, _, _] => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", &name[..2], &name[2..4]),
    };
    Ok(Request::get(format!("{index}/{folders}/{name}")))
}

/// The address of a sparse index without its mark and its last slash.
fn sparse(index: &str) -> &str {
    base(index.strip_prefix("sparse+").unwrap_or(index))
}

/// Understands the answers to [`package_request`] and [`owners_request`].
///
/// # Errors
/// Why one of them brings nothing: owners not known would else look like no owners.
pub fn understand(package: &Answer, owners: &Answer) -> Result<Ownership, Missing> {
    let package: Package = json(package)?;
    let Owners { users } = json(owners)?;
    let (teams, people): (Vec<Owner>, Vec<Owner>) =
        users.into_iter().partition(|owner| owner.kind == "team");
    let releases = package.versions.ok_or(Missing::NotUnderstood)?;
    let newest = releases.iter().max_by_key(|release| release.created_at.0);
    let login = |release: &Release| release.published_by.as_ref().map(|it| it.login.clone());
    let publishers: BTreeSet<String> = releases.iter().filter_map(login).collect();
    Ok(Ownership {
        people: names(people),
        teams: names(teams),
        last_publisher: newest.and_then(login).map(bounded),
        publishers: publishers.len(),
        trusted_publishing: newest.and_then(|release| release.trustpub_data),
        downloads: package.package.downloads,
        recent_downloads: package.package.recent_downloads,
        yank_messages: yank_messages(releases),
        repository: package.package.repository.map(bounded),
    })
}

fn names(owners: Vec<Owner>) -> Vec<String> {
    let mut names: Vec<String> = owners.into_iter().map(|owner| bounded(owner.login)).collect();
    names.sort();
    names.dedup();
    names
}

fn yank_messages(releases: Vec<Release>) -> BTreeMap<String, String> {
    let yanked = releases.into_iter().filter(|release| release.yanked);
    yanked.filter_map(|it| Some((bounded(it.num), bounded(it.yank_message?)))).collect()
}

fn package_address(api: &str, name: &str) -> Result<String, Missing> {
    Ok(format!("{}/api/v1/crates/{}", base(api), segment(checked(name)?)))
}

/// The name, where a package can have it.
fn checked(name: &str) -> Result<&str, Missing> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_name = (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain);
    if is_name { Ok(name) } else { Err(Missing::NotFound) }
}

#[derive(Deserialize)]
struct Config {
    api: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(rename = "crate")]
    package: PackageData,
    versions: Option<Vec<Release>>,
}

#[derive(Deserialize)]
struct PackageData {
    repository: Option<String>,
    downloads: Option<u64>,
    recent_downloads: Option<u64>,
}

#[derive(Deserialize)]
struct Release {
    num: String,
    #[serde(default)]
    created_at: Time,
    #[serde(default)]
    yanked: bool,
    yank_message: Option<String>,
    published_by: Option<Publisher>,
    #[serde(default, deserialize_with = "is_there")]
    trustpub_data: Option<bool>,
}

/// Tells null, `Some(false)`, from a registry that does not know the field, `None`.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let value = Option::<serde::de::IgnoredAny>::deserialize(deserializer)?;
    Ok(Some(value.is_some()))
}

#[derive(Deserialize)]
struct Publisher {
    login: String,
}

#[derive(Deserialize)]
struct Owners {
    users: Vec<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    login: String,
    #[serde(default)]
    kind: String,
}
