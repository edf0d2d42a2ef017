//! What of a package runs on the machine that builds it.

use crate::model::{Packaged, RunsAtBuild};

/// What runs where the package is built, by its manifest.
pub fn runs_at_build(packaged: &Packaged) -> RunsAtBuild {
    match (packaged.build_script, packaged.proc_macro) {
        (false, false) => RunsAtBuild::Nothing,
        (true, false) => RunsAtBuild::BuildScript,
        (false, true) => RunsAtBuild::ProcMacro,
        (true, true) => RunsAtBuild::Both,
    }
}
