//! What was audited.

use crate::model::{Audit, Database, Origin};
use crate::report::page::Page;
use crate::report::words::{count_of, thousands};

/// What was audited, by what.
pub(super) fn write(page: &mut Page, audit: &Audit) {
    page.heading("Audited");
    page.field("lockfile", &format!("{} as of {}", audit.lockfile, audit.as_of));
    page.field("packages", &packages(audit));
    for database in &audit.databases {
        page.field("advisories", &describe(database, audit));
    }
    page.field("exploited", &describe(&audit.exploited, audit));
}

fn packages(audit: &Audit) -> String {
    let members = match audit.graph.members().len() {
        0 => String::new(),
        members => format!(", {} of them in the workspace", thousands(members)),
    };
    format!("{}{members}, for {}", thousands(audit.graph.len()), audit.target)
}

fn describe(database: &Database, audit: &Audit) -> String {
    let origin = match database.origin {
        Origin::Given => database.path.clone().unwrap_or_else(|| "given folder".to_owned()),
        Origin::Updated => "updated copy".to_owned(),
        Origin::Embedded => "embedded snapshot".to_owned(),
    };
    let date = database.date.map(|date| {
        let days = (audit.as_of - date).get_days();
        let age = if days > 0 {
            format!(", {}", count_of(days as usize, "day")) + " old"
        } else {
            String::new()
        };
        format!(" of {date}{age}")
    });
    let (name, date) = (&database.name, date.unwrap_or_else(|| " of unknown date".to_owned()));
    format!("{} from {name}{date} ({origin})", thousands(database.advisories))
}
