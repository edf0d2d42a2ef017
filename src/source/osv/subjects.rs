//! Which Rust packages a text is about that is no OSV record or only in part.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::ECOSYSTEM;

/// What package URLs of Rust packages begin with.
const PURL: &str = "pkg:cargo/";

/// The Rust packages that a text which is no OSV record is about, as far as that can be told:
/// `None` where it may be about any.
pub fn packages_of(text: &str) -> Option<Vec<String>> {
    let written: Written = serde_json::from_str(text).ok()?;
    let mut names = Vec::new();
    // A file of another kind, such as a list of files, is about none.
    written.add_subjects(&mut names).then_some(names)
}

/// Whether an entry of `affected` is surely not about a Rust package.
pub(super) fn is_about_another_ecosystem(written: &Value) -> bool {
    let text = |pointer| written.pointer(pointer).and_then(Value::as_str);
    if text("/package/purl").is_some_and(|purl| purl.starts_with(PURL)) {
        return false;
    }
    // An entry without a package speaks of commits of a repository.
    let is_of_commits = written.is_object() && written.get("package").is_none_or(Value::is_null);
    text("/package/ecosystem").map_or(is_of_commits, |it| !it.eq_ignore_ascii_case(ECOSYSTEM))
}

/// The packages that an entry may be about: by its name and by its package URL.
pub(super) fn packages_of_entry(written: &Value) -> Option<Vec<String>> {
    let package = written.get("package")?;
    let text = |key| package.get(key).and_then(Value::as_str);
    let names = text("name").into_iter().chain(text("purl").and_then(name_in_purl));
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.dedup();
    (!names.is_empty()).then_some(names)
}

/// The name in the package URL of a Rust package.
pub(super) fn name_in_purl(purl: &str) -> Option<&str> {
    purl.strip_prefix(PURL)?.split(['@', '?', '#']).next()
}

/// JSON as written: of two keys of one name neither is lost.
enum Written {
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    Other(Value),
}

impl Written {
    /// Adds the packages that any list called `affected` names; `false` where one may be about any.
    fn add_subjects(&self, names: &mut Vec<String>) -> bool {
        match self {
            Self::Object(pairs) => pairs.iter().all(|(key, value)| match (key.as_str(), value) {
                ("affected", Self::Array(entries)) => {
                    entries.iter().all(|entry| entry.add_entry(names))
                }
                ("affected", Self::Object(_) | Self::Other(_)) => false,
                _ => value.add_subjects(names),
            }),
            Self::Array(elements) => elements.iter().all(|element| element.add_subjects(names)),
            Self::Other(_) => true,
        }
    }

    /// Adds the packages of an entry of `affected`. One with a key twice may be about any.
    fn add_entry(&self, names: &mut Vec<String>) -> bool {
        let Ok(entry) = self.value() else { return false };
        if is_about_another_ecosystem(&entry) {
            return true;
        }
        let found = packages_of_entry(&entry);
        let is_told = found.is_some();
        names.extend(found.into_iter().flatten());
        is_told
    }

    /// The value; the key where one is there twice.
    fn value(&self) -> Result<Value, String> {
        Ok(match self {
            Self::Object(pairs) => {
                let mut map = Map::new();
                for (key, value) in pairs {
                    if map.insert(key.clone(), value.value()?).is_some() {
                        return Err(key.clone());
                    }
                }
                Value::Object(map)
            }
            Self::Array(elements) => {
                Value::Array(elements.iter().map(Self::value).collect::<Result<_, _>>()?)
            }
            Self::Other(value) => value.clone(),
        })
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Written::Object(pairs))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Written, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(Written::Array(elements))
            }

            fn visit_unit<E>(self) -> Result<Written, E> {
                Ok(Written::Other(Value::Null))
            }

            fn visit_bool<E>(self, it: bool) -> Result<Written, E> {
                Ok(Written::Other(it.into()))
            }

            fn visit_i64<E>(self, it: i64) -> Result<Written, E> {
                Ok(Written::Other(it.into()))
            }

            fn visit_u64<E>(self, it: u64) -> Result<Written, E> {
                Ok(Written::Other(it.into()))
            }

            fn visit_f64<E>(self, it: f64) -> Result<Written, E> {
                Ok(Written::Other(it.into()))
            }

            fn visit_str<E>(self, it: &str) -> Result<Written, E> {
                Ok(Written::Other(it.into()))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Entries in which no key is there twice: a reader would take one of the two without a word.
pub(super) fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    let written: Option<Vec<Written>> = Option::deserialize(deserializer)?;
    let value = |entry: &Written| {
        let twice = |key| D::Error::custom(format!("the key `{key}` is there twice"));
        entry.value().map_err(twice)
    };
    written.unwrap_or_default().iter().map(value).collect()
}
