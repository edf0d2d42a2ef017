//! An advisory that led to no finding: what it says, and why it does not count here.

use std::sync::Arc;

use crate::model::{Advisory, Audit, PackageIndex};
use crate::report::Options;
use crate::report::page::{Page, Tone};

use super::evidence::{range, write_advisory};
use super::write_sources;

/// Explains advisories of the database that led to no finding. `None` where there are none.
pub fn unaffected(
    audit: &Audit,
    advisories: &[&Arc<Advisory>],
    options: &Options,
) -> Option<String> {
    if advisories.is_empty() {
        return None;
    }
    let mut page = Page::new(options);
    for advisory in advisories {
        write_advisory(&mut page, advisory.kind.into(), advisory);
        for reason in reasons(audit, advisory) {
            page.line(2, Tone::Heading, &reason);
        }
    }
    write_sources(&mut page, audit);
    Some(page.finish())
}

/// Why an advisory does not count here, one sentence for each locked version.
fn reasons(audit: &Audit, advisory: &Advisory) -> Vec<String> {
    let name = &advisory.package;
    if let Some(day) = advisory.withdrawn.filter(|day| *day <= audit.as_of) {
        return vec![format!("not affected: withdrawn on {day}")];
    }
    let is_it = |index: &PackageIndex| audit.graph.package(*index).name == *name;
    let locked: Vec<PackageIndex> = audit.graph.indices().filter(is_it).collect();
    if locked.is_empty() {
        return vec![format!("not affected: `{name}` is not in this workspace")];
    }
    let affected: Vec<String> = advisory.affected.iter().map(range).collect();
    let affected = affected.join(", or ");
    let reason = |index: &PackageIndex| {
        let version = &audit.graph.package(*index).version;
        if !advisory.affects(version) {
            return format!("not affected: locked {version}, affected {affected}");
        }
        let public = advisory.public();
        if public > audit.as_of {
            let day = audit.as_of;
            return format!("affected: locked {version}; public from {public}, not yet on {day}");
        }
        format!("affected: locked {version}, affected {affected}")
    };
    locked.iter().map(reason).collect()
}
