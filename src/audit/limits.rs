//! Platforms that advisories are limited to, as far as they can be judged.

use std::sync::Arc;

use crate::model::{Advisory, Diagnostic, Level};
use crate::resolve::Platform;

/// The advisory without limits that name no known platform: the code may run on what they mean.
pub(super) fn judgeable(advisory: Arc<Advisory>) -> Arc<Advisory> {
    let [os, arch] = unknown_names(&advisory).map(|name| name.is_some());
    if !os && !arch {
        return advisory;
    }
    let mut judgeable = Advisory::clone(&advisory);
    if os {
        judgeable.os.clear();
    }
    if arch {
        judgeable.arch.clear();
    }
    Arc::new(judgeable)
}

/// What advisories name that is no known platform, each advisory once.
pub(super) fn unknown<'a>(advisories: impl Iterator<Item = &'a Arc<Advisory>>) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = advisories
        .flat_map(|advisory| {
            let names = unknown_names(advisory).into_iter().flatten();
            names.map(|name| {
                let message = format!(
                    "`{}` is limited to `{name}`, which is no platform that is known: it counts \
                     on every one",
                    advisory.id
                );
                Diagnostic { level: Level::Warning, ..Diagnostic::note(message) }
            })
        })
        .collect();
    told.sort();
    told.dedup();
    Diagnostic::first_of(told, "advisories limited to platforms that are not known")
}

/// The first operating system and the first architecture that no target has.
fn unknown_names(advisory: &Advisory) -> [Option<&str>; 2] {
    let os = advisory.os.iter().find(|name| !Platform::is_known_os(name));
    let arch = advisory.arch.iter().find(|name| !Platform::is_known_arch(name));
    [os.map(String::as_str), arch.map(String::as_str)]
}
