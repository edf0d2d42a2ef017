//! What Cargo's configuration and environment change of what is built.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::model::{Declaration, Diagnostic, Observed};
use crate::resolve::{Flags, Platform, Platforms, Selection};

/// The most dependencies that a complaint names.
const MOST_NAMED: usize = 5;

/// What of a configuration file changes what is built, as written.
#[derive(Default, Deserialize)]
pub(super) struct Wire {
    #[serde(default)]
    build: toml::Table,
    #[serde(default)]
    target: toml::Table,
    paths: Option<toml::Value>,
    include: Option<toml::Value>,
}

/// What changes what is built.
#[derive(Debug, Default)]
pub struct Build {
    flags: Flags,
    /// File and key of each setting with flags that change a `cfg`.
    set_by: Vec<(String, String)>,
    /// The platforms to build for where the command line names none: where that is set, and what.
    target: Option<(String, Vec<String>)>,
    /// Settings that are not followed: file and key.
    unfollowed: Vec<(String, &'static str)>,
}

impl Build {
    /// Adds the variables of the environment that Cargo looks at.
    pub(super) fn add_environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) {
        for (name, value) in variables {
            let is_of_target = name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS");
            if name == "CARGO_ENCODED_RUSTFLAGS" {
                self.add_flags("the environment", &name, &mut value.split('\u{1f}'));
            } else if matches!(name.as_str(), "RUSTFLAGS" | "CARGO_BUILD_RUSTFLAGS") || is_of_target
            {
                self.add_flags("the environment", &name, &mut value.split_whitespace());
            } else if name == "CARGO_BUILD_TARGET" && !value.is_empty() {
                self.target.get_or_insert_with(|| ("the environment".to_owned(), vec![value]));
            }
        }
    }

    /// Adds what a file says. Nearer files come first.
    pub(super) fn add(&mut self, wire: &Wire, file: &str) {
        self.add_setting(file, "build.rustflags", wire.build.get("rustflags"));
        for (platform, table) in &wire.target {
            let key = format!("target.{platform}.rustflags");
            self.add_setting(file, &key, table.get("rustflags"));
        }
        let target = wire.build.get("target").and_then(words);
        if let Some(triples) = target.filter(|it| !it.is_empty()) {
            self.target.get_or_insert_with(|| (file.to_owned(), triples));
        }
        let unfollowed = [("paths", &wire.paths), ("include", &wire.include)];
        let is_set = |value: &toml::Value| value.as_array().is_none_or(|list| !list.is_empty());
        let unfollowed = unfollowed.into_iter().filter(|(_, it)| it.as_ref().is_some_and(is_set));
        self.unfollowed.extend(unfollowed.map(|(key, _)| (file.to_owned(), key)));
    }

    fn add_setting(&mut self, file: &str, key: &str, value: Option<&toml::Value>) {
        let Some(value) = value else { return };
        if let Some(text) = value.as_str() {
            self.add_flags(file, key, &mut text.split_whitespace());
        } else if let Some(words) = words(value) {
            self.add_flags(file, key, &mut words.iter().map(String::as_str));
        } else {
            self.flags.add_unknown();
            self.set_by.push((file.to_owned(), key.to_owned()));
        }
    }

    fn add_flags(&mut self, file: &str, key: &str, words: &mut dyn Iterator<Item = &str>) {
        let mut flags = Flags::default();
        flags.add(words);
        if !flags.is_empty() {
            self.set_by.push((file.to_owned(), key.to_owned()));
            self.flags.merge(flags);
        }
    }

    /// What no verdict over the build can do without and is not known.
    pub fn gaps(&self) -> Vec<String> {
        let gap = |(file, key): &(String, &str)| {
            format!("what `{key}` in `{file}` puts in the place of locked packages")
        };
        self.unfollowed.iter().map(gap).collect()
    }

    /// Applies the settings to what is to be built. `is_asked` is whether the command line names
    /// the platform.
    pub fn apply(&self, selection: &mut Selection, is_asked: bool) -> Vec<Diagnostic> {
        selection.flags = self.flags.clone();
        let mut told: Vec<Diagnostic> = self
            .unfollowed
            .iter()
            .map(|(file, key)| {
                let message = format!(
                    "`{key}` of the Cargo configuration can change what is built and is not \
                     followed; the verdict is incomplete while it is there"
                );
                Diagnostic::warning(file, message)
            })
            .collect();
        if let Some((file, triples)) = self.target.as_ref().filter(|_| !is_asked) {
            let known = match triples.as_slice() {
                [one] if one == "host-tuple" => Platform::host(),
                [one] => Platform::from_triple(one),
                _ => None,
            };
            if known.is_none() {
                let message = format!(
                    "`build.target` is {}: every platform is audited; name one with `--target`",
                    triples.join(", ")
                );
                told.push(Diagnostic::warning(file, message));
            }
            selection.platforms = known.map_or(Platforms::All, Platforms::One);
        }
        told
    }

    /// What may be missed because of compiler flags, one complaint for each setting.
    pub fn undecided(
        &self,
        declarations: &[Observed<Arc<Declaration>>],
        platforms: &Platforms,
    ) -> Vec<Diagnostic> {
        let Platforms::One(platform) = platforms else { return Vec::new() };
        if self.set_by.is_empty() {
            return Vec::new();
        }
        let known = declarations.iter().filter_map(Observed::known);
        let limited = known.flat_map(|it| &it.dependencies);
        let mut decided: HashMap<&str, bool> = HashMap::new();
        let mut is_decided = |limit| {
            *decided.entry(limit).or_insert_with(|| platform.depends_on(&self.flags, limit))
        };
        let mut names: Vec<&str> = limited
            .filter(|it| it.target.as_deref().is_some_and(&mut is_decided))
            .map(|it| it.package.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Vec::new();
        }
        let more = match names.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = names[..names.len().min(MOST_NAMED)].join("`, `");
        let cfg = self.flags.words();
        let complain = |(file, key): &(String, String)| {
            let message = format!(
                "`{key}` may set {cfg}, on which it depends whether `{names}`{more} is built: what \
                 only that would bring has the presence `unknown`"
            );
            match file.as_str() {
                "the environment" => {
                    Diagnostic { path: None, ..Diagnostic::warning(file, message) }
                }
                _ => Diagnostic::warning(file, message),
            }
        };
        self.set_by.iter().map(complain).collect()
    }
}

/// One text or several.
fn words(value: &toml::Value) -> Option<Vec<String>> {
    if let Some(text) = value.as_str() {
        return Some(vec![text.to_owned()]);
    }
    value.as_array()?.iter().map(|it| it.as_str().map(str::to_owned)).collect()
}
