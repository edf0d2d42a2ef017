//! One advisory as one line of a snapshot.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::text::Text;
use crate::model::{Advisory, AdvisoryKind, Severity, VersionRange};

/// The licence of nearly all records, left out in a line.
const USUAL_LICENCE: &str = "CC0-1.0";

/// The wire form of an advisory.
#[derive(Serialize, Deserialize)]
pub(super) struct Line<'a> {
    package: Cow<'a, str>,
    id: Cow<'a, str>,
    #[serde(with = "Kind")]
    kind: AdvisoryKind,
    date: Text<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_seen: Option<Text<Date>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn: Option<Text<Date>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    affected: Vec<Text<Interval>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cvss: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rating: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_empty")]
    aliases: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    categories: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    keywords: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    arch: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    os: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    functions: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    licence: Option<Cow<'a, str>>,
}

fn is_empty(texts: &[String]) -> bool {
    texts.is_empty()
}

impl<'a> Line<'a> {
    pub(super) fn of(advisory: &'a Advisory) -> Self {
        let licence = Some(advisory.licence.as_str()).filter(|name| *name != USUAL_LICENCE);
        Self {
            package: Cow::Borrowed(&advisory.package),
            id: Cow::Borrowed(&advisory.id),
            kind: advisory.kind,
            date: Text(advisory.date),
            first_seen: advisory.first_seen.map(Text),
            withdrawn: advisory.withdrawn.map(Text),
            affected: advisory.affected.iter().cloned().map(Interval).map(Text).collect(),
            title: advisory.title.as_deref().map(Cow::Borrowed),
            cvss: advisory.cvss.as_deref().map(Cow::Borrowed),
            rating: advisory.rating.map(|rating| Cow::Borrowed(rating.name())),
            aliases: Cow::Borrowed(&advisory.aliases),
            categories: Cow::Borrowed(&advisory.categories),
            keywords: Cow::Borrowed(&advisory.keywords),
            arch: Cow::Borrowed(&advisory.arch),
            os: Cow::Borrowed(&advisory.os),
            functions: advisory.functions.clone(),
            url: advisory.url.as_deref().map(Cow::Borrowed),
            licence: licence.map(Cow::Borrowed),
        }
    }

    pub(super) fn into_advisory(self) -> Advisory {
        Advisory {
            package: self.package.into_owned(),
            id: self.id.into_owned(),
            kind: self.kind,
            date: self.date.0,
            first_seen: self.first_seen.map(|day| day.0),
            withdrawn: self.withdrawn.map(|day| day.0),
            affected: self.affected.into_iter().map(|interval| interval.0.0).collect(),
            title: self.title.map(Cow::into_owned),
            cvss: self.cvss.map(Cow::into_owned),
            rating: self.rating.and_then(|name| Severity::named(&name)),
            aliases: self.aliases.into_owned(),
            categories: self.categories.into_owned(),
            keywords: self.keywords.into_owned(),
            arch: self.arch.into_owned(),
            os: self.os.into_owned(),
            functions: self.functions,
            url: self.url.map(Cow::into_owned),
            licence: self.licence.map_or_else(|| USUAL_LICENCE.to_owned(), Cow::into_owned),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AdvisoryKind", rename_all = "lowercase")]
enum Kind {
    Vulnerability,
    Unsound,
    Unmaintained,
    Notice,
}

/// A range of versions as `introduced..fixed`. No version contains two dots in a row: the
/// identifiers between dots are never empty.
struct Interval(VersionRange);

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(introduced) = &self.0.introduced {
            write!(f, "{introduced}")?;
        }
        f.write_str("..")?;
        if let Some(fixed) = &self.0.fixed {
            write!(f, "{fixed}")?;
        }
        Ok(())
    }
}

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("invalid range of versions `{text}`");
        let end = |text: &str| match text {
            "" => Ok(None),
            version => version.parse::<Version>().map(Some).map_err(|_| problem()),
        };
        let (introduced, fixed) = text.split_once("..").ok_or_else(problem)?;
        Ok(Self(VersionRange { introduced: end(introduced)?, fixed: end(fixed)? }))
    }
}
