//! Advisories that are there and cannot be read: what they say may be about a locked package.

use serde::{Deserialize, Serialize};

/// An advisory that could not be understood, whole or one entry of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The name of its file.
    pub file: String,
    /// How much of it is lost.
    #[serde(skip)]
    pub part: Part,
    /// The packages it is about; `None` where it may be about any.
    pub packages: Option<Vec<String>>,
}

/// How much could not be understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// A file.
    #[default]
    Whole,
    /// An entry of a file.
    Entry,
    /// A folder of files.
    Folder,
}

impl Unread {
    /// What these keep unknown about packages of which a name is asked, each in words.
    pub fn gaps(unread: &[Self], is_locked: impl Fn(&str) -> bool) -> Vec<String> {
        let mut about = Vec::new();
        let mut anywhere = Vec::new();
        for one in unread {
            match &one.packages {
                None => anywhere.push(one.file.as_str()),
                Some(names) if names.iter().any(|name| is_locked(name)) => {
                    about.push(one.file.as_str());
                }
                Some(_) => {}
            }
        }
        let counted = |what: &str, files: &[&str]| {
            let first = files.first()?;
            Some(format!("{what}: {}, first `{first}`", files.len()))
        };
        let gaps = [
            counted("unreadable advisories about locked packages", &about),
            counted("unreadable advisories that may be about any package", &anywhere),
        ];
        gaps.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_about_a_locked_package_counts() {
        let unread = |file: &str, packages: Option<&[&str]>| Unread {
            file: file.into(),
            part: Part::Whole,
            packages: packages.map(|names| names.iter().map(|&it| it.to_owned()).collect()),
        };
        let all = [
            unread("a.md", Some(&["locked"])),
            unread("b.md", Some(&["other"])),
            unread("c.json", None),
            unread("d.json", Some(&[])),
            unread("e.json", Some(&["other", "locked"])),
        ];
        let gaps = Unread::gaps(&all, |name| name == "locked");
        let expected = [
            "unreadable advisories about locked packages: 2, first `a.md`",
            "unreadable advisories that may be about any package: 1, first `c.json`",
        ];
        assert_eq!(gaps, expected);
        assert_eq!(Unread::gaps(&all[1..2], |name| name == "locked"), [""; 0]);
    }
}
