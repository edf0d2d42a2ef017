//! Dependencies that a build would need and that are not locked.

use super::answers::Answers;
use super::features::{self, DevDependencies, Options, PlatformFilter, UnknownMacro};
use super::platform::Platforms;
use super::{Input, Selection, link, selected, walk};
use crate::model::{Dependency, DependencyKind, PackageIndex};

/// The declared dependencies that the selection turns on and that join with no locked package:
/// each with its dependent, in order of dependents. For a complete lockfile there is none.
///
/// It serves to lock packages that are not in any lockfile yet: lock what is returned, ask
/// again, until nothing is returned.
///
/// # Errors
/// Where a selected feature exists in no member.
pub fn unlocked<'a>(
    input: Input<'a>,
    selection: &Selection,
) -> Result<Vec<(PackageIndex, &'a Dependency)>, String> {
    let artifacts = link::artifact_targets(input.declarations);
    let mut answers = Answers::new(selection, artifacts);
    let links = link::link(input, &mut answers);
    let requested = selected::requested(input, &links, selection)?;
    let tables = features::Tables::new(input);
    let options = Options {
        resolver: input.resolver,
        dev: DevDependencies::Excluded,
        platforms: match selection.platforms {
            Platforms::All => PlatformFilter::Ignored,
            Platforms::One(_) => PlatformFilter::Applied,
        },
        unknown: UnknownMacro::Both,
    };
    let activation = features::activate(input, &links, &tables, &requested, options);
    let reached = walk::walk(input, &links, &activation, options, answers.sides());
    let mut found = Vec::new();
    for (package, declaration) in (0..).map(PackageIndex).zip(input.declarations) {
        if !reached.is_reached(package.get()) {
            continue;
        }
        for declared in declaration.known().into_iter().flat_map(|known| &known.dependencies) {
            // Where only another version of the package is locked so far, that is not the one.
            let is_accepted = |to: u32| {
                let version = &input.packages[to as usize].version;
                declared.requirement.as_ref().is_none_or(|accepts| accepts.matches(version))
            };
            let is_linked = links[package.get()]
                .iter()
                .any(|it| std::ptr::eq(it.declared, declared) && is_accepted(it.to));
            let is_used = answers.ask(declared.target.as_deref()).anywhere();
            let is_on = !declared.optional || activation.is_on_anywhere(package.0, &declared.name);
            let counts = declared.kind != DependencyKind::Dev;
            if !is_linked && counts && is_on && is_used {
                found.push((package, declared));
            }
        }
    }
    Ok(found)
}
