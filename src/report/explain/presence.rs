//! Why a package is present as it is.

use crate::model::{Audit, PackageIndex, Presence};
use crate::report::page::Page;

/// Writes the presence and the reason for it.
pub(super) fn write(page: &mut Page, audit: &Audit, index: PackageIndex) {
    let presence = audit.graph.presence(index);
    page.field("presence", &format!("{}: {}", presence.in_words(), reason(audit, index, presence)));
}

fn reason(audit: &Audit, index: PackageIndex, presence: Presence) -> String {
    if audit.graph.members().binary_search(&index).is_ok() {
        return "a member of the workspace".to_owned();
    }
    let reason = match presence {
        Presence::Runtime => "a member reaches it through normal dependencies",
        Presence::RuntimeOrBuild | Presence::RuntimeOrProcMacro => {
            "it, or what leads to it, may be a procedural macro: the manifests that would tell are \
             not cached; run `cargo fetch --locked` in the workspace"
        }
        Presence::Build => {
            "it is reached only through build scripts, which run on the building machine"
        }
        Presence::ProcMacro => {
            "it is a procedural macro or serves only those; it runs in the compiler"
        }
        Presence::Dev => "only tests, examples or benches of members use it",
        Presence::OtherTarget => {
            return format!("locked, but not used when building for {}", audit.target);
        }
        Presence::Inactive => "locked, but no selected feature turns it on",
        Presence::Unknown => "the manifests or index entries that would tell are not here",
    };
    reason.to_owned()
}
