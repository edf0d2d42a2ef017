//! All facts about a package and the tree it would bring along.

use std::collections::BTreeMap;

use crate::model::{Audit, PackageIndex, Presence, Source};
use crate::report::explain;
use crate::report::page::Page;
use crate::report::terminal::{coverage, write_findings};
use crate::report::words::{count_of, first_few};

/// Packages of the tree named for each presence; the rest is counted.
const NAMES_SHOWN: usize = 4;

/// Writes the facts about the package, its tree, findings, and what is unknown.
pub(super) fn write(page: &mut Page, audit: &Audit, index: PackageIndex) {
    explain::write_own(page, audit, index);
    page.heading("Its own tree");
    write_tree(page, audit, index);
    write_findings(page, audit);
    coverage::write(page, audit);
}

fn write_tree(page: &mut Page, audit: &Audit, subject: PackageIndex) {
    let mut by_presence: BTreeMap<Presence, Vec<String>> = BTreeMap::new();
    for index in audit.graph.indices() {
        let package = audit.graph.package(index);
        if index != subject && package.source != Source::Path {
            let names = by_presence.entry(audit.graph.presence(index)).or_default();
            names.push(format!("{} {}", package.name, package.version));
        }
    }
    if by_presence.is_empty() {
        page.field("packages", "none: it depends on nothing");
    }
    for (presence, names) in by_presence {
        let count = count_of(names.len(), "package");
        page.field(presence.in_words(), &format!("{count}: {}", first_few(&names, NAMES_SHOWN)));
    }
}
