//! One package and the tree it would bring along, on one screen.

use std::collections::BTreeMap;

use crate::model::{Audit, Direction, PackageIndex, Presence, Source};

use super::Options;
use super::explain;
use super::page::{Page, Tone};
use super::terminal::{coverage, findings, summary};
use super::words::{count_of, first_few};

/// Packages of the tree named for each presence; the rest is counted.
const NAMES_SHOWN: usize = 4;

/// Writes the policy's answer, the facts about the package, its tree, findings, and what is not
/// known. The audit is of a stand-in workspace that depends on the package alone.
pub fn render(audit: &Audit, name: &str, options: &Options) -> String {
    let mut page = Page::new(options);
    page.line(0, Tone::Heading, &format!("Should we take {name}? As of {}", audit.as_of));
    summary::write_verdict(&mut page, audit);
    let stand_in = audit.graph.members().first();
    let dependency = |&index| audit.graph.neighbours(index, Direction::Dependencies).next();
    if let Some((index, _)) = stand_in.and_then(dependency) {
        explain::write_own(&mut page, audit, index);
        page.heading("Its own tree");
        write_tree(&mut page, audit, index);
    }
    findings::write(&mut page, audit);
    coverage::write(&mut page, audit);
    page.finish()
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
        page.field(presence.name(), &format!("{count}: {}", first_few(&names, NAMES_SHOWN)));
    }
}
