//! The way out of a finding, in agreement with the plan.

use crate::model::{Fix, PackageIndex, Plan, StepOutcome};

/// What ends a finding by the plan, where it says otherwise than the requirements of direct
/// dependents do.
pub fn agree(plan: &Plan, package: PackageIndex, id: &str, fix: &Fix) -> Option<Fix> {
    let step = plan.step_of(package, id)?;
    let known = match fix {
        Fix::Update { to } | Fix::Upgrade { to, .. } | Fix::Released { to } => Some(to),
        Fix::Removed | Fix::None | Fix::Unknown => None,
    };
    match (&step.outcome, fix) {
        (StepOutcome::Update, fix) => Some(match (step.to.as_deref(), fix) {
            (Some([.., to]), _) => Fix::Update { to: to.clone() },
            // It is cleared, but by which release is not known.
            (None, Fix::Upgrade { to, .. }) => Fix::Released { to: to.clone() },
            (None, Fix::Update { .. } | Fix::Released { .. }) => return None,
            (Some([]), _) | (None, Fix::Removed | Fix::None | Fix::Unknown) => Fix::Removed,
        }),
        (StepOutcome::ManifestChange, fix) => {
            let by = step.changes.iter().filter_map(|it| Some((it.package, it.from.clone()?)));
            match (fix, step.to.iter().flatten().last().or(known)) {
                (Fix::Upgrade { .. }, _) | (_, None) => None,
                (_, Some(to)) => Some(Fix::Upgrade { to: to.clone(), blocked_by: by.collect() }),
            }
        }
        (StepOutcome::Blocked { by }, Fix::Update { to } | Fix::Released { to }) => {
            let by = by.iter().filter_map(|it| Some((it.package, it.accepts.clone()?)));
            Some(Fix::Upgrade { to: to.clone(), blocked_by: by.collect() })
        }
        // What the requirements of direct dependents alone say was not checked.
        (StepOutcome::Unknown { .. }, Fix::Update { to } | Fix::Upgrade { to, .. }) => {
            Some(Fix::Released { to: to.clone() })
        }
        (StepOutcome::Blocked { .. } | StepOutcome::Unknown { .. }, _) => None,
    }
}
