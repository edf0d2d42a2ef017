//! The upstream projects.

use headwater::model::{
    Action, Advice, Alternative, Harm, Missing, Observed, PackageIndex, Places, Presence, Project,
};
use jiff::civil::date;

use super::outlook::{chance, outlook};
use super::{HOSTILE, upstream};

fn project(name: &str, packages: &[u32], factors: (f64, f64), reasons: &[&str]) -> Project {
    Project {
        name: name.into(),
        repository: Some(format!("https://git.example/{name}")),
        packages: packages.iter().copied().map(PackageIndex).collect(),
        chance: Observed::Known(chance(factors.1)),
        harm: Harm::new(factors.0, Presence::Runtime, 1.0),
        places: Places { first: 1, last: 2 },
        expected: Observed::Known(headwater::lens::expected([&*outlook()].into_iter())),
        alternatives: vec![Alternative {
            package: name.into(),
            to: "newer".into(),
            dependents: 9,
            dropped: 12,
            last_day: date(2026, 5, 1),
        }],
        advice: Observed::Known(Advice {
            action: Action::Replace,
            why: "no active maintainer; 9 of 12 crates that dropped `older` switched to `newer`"
                .into(),
            instead: Some("newer".into()),
        }),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        class: Observed::Missing(Missing::NotAsked),
        upstream: None,
    }
}

pub(super) fn ranking() -> Vec<Project> {
    let known = project(
        "example-org/smallvec",
        &[14],
        (0.91, 0.82),
        &["no release for 4.5 years, eight times its own rhythm", "5 packages build on it"],
    );
    let partly_known =
        project("example-org/atty", &[2], (0.44, 0.95), &["no release for 4.5 years"]);
    vec![
        Project {
            class: Observed::Known(upstream::class()),
            upstream: Some(Box::new(upstream::known())),
            ..known
        },
        Project {
            class: Observed::Missing(Missing::NoGit),
            upstream: Some(Box::new(upstream::partly_known())),
            ..partly_known
        },
        project("tokio-example/tokio", &[3, 8, 16], (0.97, 0.21), &["15 packages build on it"]),
        project("time-example/time", &[15], (0.31, 0.5), &["release history is not known"]),
        project(HOSTILE, &[6], (0.2, 0.6), &[]),
        project("example-org/cc", &[4], (0.1, 0.1), &[]),
    ]
}
