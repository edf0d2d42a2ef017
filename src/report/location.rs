//! What every report tells of a package's place in a repository.

use crate::model::{Found, Missing, Observed, Project};

use super::upstream;

/// What has become of the address of a repository.
pub(super) struct Standing<'a> {
    /// Whether the repository mirrors another, by its address or its forge.
    pub(super) mirror: bool,
    /// What it is called today, where that is something else.
    pub(super) renamed_to: Option<&'a str>,
    /// Whether nothing is there any more, or nothing that one may see; `None` where not known.
    pub(super) gone: Option<bool>,
}

/// What has become of the address a package leads to, by what was learned of its project.
pub(super) fn standing<'a>(found: &Found, project: Option<&'a Project>) -> Standing<'a> {
    let repository = &found.location.repository;
    // The project may be at the address that another version of the package leads to.
    let is_there = |it: &&Project| it.repository.as_ref() == Some(&repository.address);
    let Some(learned) = project.filter(is_there).map(upstream::of) else {
        return Standing { mirror: found.mirror, renamed_to: None, gone: None };
    };
    let forge = learned.forge.known().map(|forge| &forge.value);
    let is_renamed = |name: &&str| !name.is_empty() && !name.eq_ignore_ascii_case(&repository.path);
    let unknown_to_forge =
        learned.forge.missing() == Some(Missing::NotFound) && is_asked(&repository.host);
    let is_gone = unknown_to_forge || learned.activity.missing() == Some(Missing::NotFound);
    let is_seen = forge.is_some() || matches!(learned.activity, Observed::Known(_));
    Standing {
        mirror: found.mirror || forge.is_some_and(|forge| forge.mirror == Some(true)),
        renamed_to: forge.map(|forge| forge.name.as_str()).filter(is_renamed),
        gone: if is_gone { Some(true) } else { is_seen.then_some(false) },
    }
}

/// Whether the forge is one that can be asked, so that what it does not know is not there.
fn is_asked(host: &str) -> bool {
    host == "github.com" || host.split('.').any(|label| label == "gitlab")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Forge, Harm, Location, Places, Presence, Provenance, Sourced, Upstream};
    use crate::signal::repository::repository;

    const HERE: &str = "https://github.com/owner/name";

    fn project(address: &str, forge: Observed<Sourced<Forge>>, activity: Missing) -> Project {
        let unknown = Missing::NotAsked;
        Project {
            name: "name".into(),
            repository: Some(address.into()),
            packages: Vec::new(),
            chance: Observed::Missing(unknown),
            harm: Harm::new(0.0, Presence::Runtime, 1.0),
            places: Places { first: 1, last: 1 },
            expected: Observed::Missing(unknown),
            reasons: Vec::new(),
            advice: Observed::Missing(unknown),
            alternatives: Vec::new(),
            class: Observed::Missing(unknown),
            upstream: Some(Box::new(Upstream {
                activity: Observed::Missing(activity),
                forge,
                scorecard: Observed::Missing(unknown),
                deps_dev: Observed::Missing(unknown),
                funding: Observed::Missing(unknown),
            })),
        }
    }

    fn known(name: &str, mirror: bool) -> Observed<Sourced<Forge>> {
        let value = Forge { name: name.into(), mirror: Some(mirror), ..Forge::default() };
        let on = jiff::civil::date(2026, 1, 1);
        Observed::Known(Sourced { value, from: "the forge".into(), on })
    }

    #[test]
    fn wrong_addresses_are_told_apart() {
        use Missing::{NoToken, NotAsked, NotFound, Unreachable};
        let other = "https://github.com/other/name";
        let elsewhere = "https://git.example/name";
        let not = Observed::Missing;
        let cases = [
            (HERE, project(HERE, known("Owner/Name", false), NotAsked), (false, None, Some(false))),
            (
                HERE,
                project(HERE, known("new/name", false), NotAsked),
                (false, Some("new/name"), Some(false)),
            ),
            (HERE, project(HERE, known("owner/name", true), NotAsked), (true, None, Some(false))),
            (HERE, project(HERE, not(NotFound), NotAsked), (false, None, Some(true))),
            (HERE, project(HERE, not(NoToken), NotFound), (false, None, Some(true))),
            (HERE, project(HERE, not(NoToken), Unreachable), (false, None, None)),
            // Another version of the package led the project elsewhere.
            (HERE, project(other, known("new/name", true), NotFound), (false, None, None)),
            // No such forge is asked, so it does not know anything.
            (elsewhere, project(elsewhere, not(NotFound), Unreachable), (false, None, None)),
        ];
        for (address, project, expected) in cases {
            let location = Location { repository: repository(address).unwrap(), folder: None };
            let found = Found { location, mirror: false, provenance: Provenance::Registry };
            let Standing { mirror, renamed_to, gone } = standing(&found, Some(&project));
            assert_eq!((mirror, renamed_to, gone), expected, "{address} {project:?}");
        }
    }
}
