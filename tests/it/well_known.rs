//! Well-known packages: the class and the advice expected of each, written down with the evidence
//! before the answers were looked at, against what an audit says of them.

mod made;
mod recorded;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use headwater::audit::{Inputs, audit};
use headwater::model::{
    Action, Advice, Audit, Declaration, DeclaredSource, Dependency, DependencyKind, Observed,
    Package, PackageIndex, Packaged, Project, ProjectClass, Registry, Release, ReleaseHistory,
    Resolver, Source, Upstream,
};
use headwater::resolve::{Platforms, Selection};
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use semver::Version;

use crate::data::EMBEDDED;

const AS_OF: Date = date(2026, 8, 21);
const TABLE: &str = include_str!("../cases/well-known/expected.tsv");

/// A line of the table.
struct Expected {
    package: &'static str,
    class: &'static str,
    advice: &'static str,
    alternative: &'static str,
}

fn expected() -> Vec<Expected> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [package, class, advice, alternative, evidence] = cells[..] else {
                panic!("{line}")
            };
            assert!(evidence.len() > 3, "{line}");
            Expected { package, class, advice, alternative }
        })
        .collect()
}

impl Expected {
    /// What an audit says otherwise, in words.
    fn disagreement(&self, project: &Project) -> Option<String> {
        let class = project.class.known().map(|known| known.class.name());
        let is_class = self.class == "-"
            || class.is_none_or(|class| self.class.split(',').any(|allowed| allowed == class));
        if !is_class {
            return Some(format!("{} is {}", self.package, class.unwrap_or_default()));
        }
        let advice = project.advice.known();
        let action = advice.map(|advice| advice.action);
        let is_left = matches!(action, Some(Action::Replace | Action::Adopt));
        let is_action = match self.advice {
            "leave" => is_left,
            "keep" => !is_left,
            name => action.is_some_and(|action| action.name() == name),
        };
        let said = advice.map_or("nothing is said".to_owned(), in_words);
        (!is_action || !self.names_alternative(advice)).then(|| format!("{}: {said}", self.package))
    }

    fn names_alternative(&self, advice: Option<&Advice>) -> bool {
        let named = advice.and_then(|advice| advice.instead.as_deref());
        match (self.alternative.strip_prefix('!'), named) {
            (Some(forbidden), named) => named != Some(forbidden),
            // `leave` allows that nothing is known to replace it with.
            (None, None) => self.alternative == "-" || self.advice != "replace",
            (None, Some(named)) => {
                self.alternative == "-" || self.alternative.split(',').any(|it| it == named)
            }
        }
    }
}

fn in_words(advice: &Advice) -> String {
    format!("{}: {}", advice.action.name(), advice.why)
}

/// What must never be said together of a project.
fn contradiction(project: &Project) -> Option<String> {
    let advice = project.advice.known()?;
    let class = project.class.known().map(|known| known.class);
    let is_said = |words: &[&str]| words.iter().any(|word| advice.why.contains(word));
    let given_up = ["archived", "manifest", "superseded", "newest version"];
    let wrong = match advice.action {
        Action::Replace | Action::Adopt => match class {
            Some(ProjectClass::Abandoned | ProjectClass::Dormant) | None => false,
            Some(
                ProjectClass::Busy
                | ProjectClass::Team
                | ProjectClass::SingleMaintainer
                | ProjectClass::Finished
                | ProjectClass::TakenOver,
            ) => !is_said(&given_up),
        },
        Action::Nothing | Action::Fund | Action::Contribute => {
            matches!(class, Some(ProjectClass::Abandoned | ProjectClass::Dormant) | None)
        }
    };
    let wrong = wrong || (advice.action == Action::Replace) != advice.instead.is_some();
    wrong.then(|| format!("{} is {class:?}, yet {}", project.name, in_words(advice)))
}

/// A package of the table with what is known about it.
struct Known {
    name: String,
    releases: Vec<Release>,
    /// Its repository.
    repository: Option<String>,
}

impl Known {
    /// The version that a lockfile of the day would hold: the highest stable one.
    fn locked(&self) -> Version {
        let by_then = self.releases.iter().filter(|release| {
            !release.yanked
                && release.published.is_none_or(|it| Offset::UTC.to_datetime(it).date() <= AS_OF)
        });
        let versions = by_then.filter_map(|release| Version::parse(&release.version).ok());
        versions.max_by(|a, b| (a.pre.is_empty(), a).cmp(&(b.pre.is_empty(), b))).unwrap()
    }
}

/// Audits a workspace that depends on each of the packages, in the order of their names.
fn audited(known: &[Known], upstream: BTreeMap<String, Upstream>) -> Audit {
    let app = Package {
        name: "a-workspace".into(),
        version: Version::new(0, 1, 0),
        source: Source::Path,
    };
    let package = |it: &Known| Package {
        name: it.name.clone(),
        version: it.locked(),
        source: Source::Registry(Registry::CratesIo),
    };
    let needs = Declaration {
        dependencies: known.iter().map(|it| dependency(&it.name)).collect(),
        ..Declaration::default()
    };
    let empty = || Observed::Known(Arc::new(Declaration::default()));
    let packaged = |repository: Option<String>| {
        Observed::Known(Packaged {
            proc_macro: false,
            build_script: false,
            repository,
            homepage: None,
            folder: None,
            maintenance: None,
        })
    };
    let history =
        |it: &Known| Observed::Known(Arc::new(ReleaseHistory { releases: it.releases.clone() }));
    let not_from = headwater::model::Missing::NotFromRegistry;
    let inputs = Inputs {
        lockfile: "Cargo.lock".into(),
        packages: std::iter::once(app).chain(known.iter().map(package)).collect(),
        locked: std::iter::once((1..=known.len() as u32).collect())
            .chain(known.iter().map(|_| Vec::new()))
            .collect(),
        members: vec![PackageIndex(0)],
        root_package: None,
        resolver: Resolver::Two,
        selection: Selection {
            platforms: Platforms::All,
            features: Vec::new(),
            all_features: false,
            default_features: true,
            flags: Default::default(),
        },
        declarations: std::iter::once(Observed::Known(Arc::new(needs)))
            .chain(known.iter().map(|_| empty()))
            .collect(),
        packaged: std::iter::once(packaged(None))
            .chain(known.iter().map(|it| packaged(it.repository.clone())))
            .collect(),
        histories: std::iter::once(Observed::Missing(not_from))
            .chain(known.iter().map(history))
            .collect(),
        upstream,
        hosts_asked: Vec::new(),
        ownership: BTreeMap::new(),
        deps_dev: BTreeMap::new(),
        policy: EMBEDDED.shipped.policy.clone(),
        knowledge: Arc::clone(&EMBEDDED),
        as_of: AS_OF,
        gaps: Vec::new(),
        updating: None,
        diagnostics: Vec::new(),
    };
    audit(&inputs).unwrap()
}

fn dependency(name: &str) -> Dependency {
    Dependency {
        name: name.into(),
        package: name.into(),
        from: DeclaredSource::Registry,
        requirement: None,
        kind: DependencyKind::Normal,
        optional: false,
        default_features: true,
        features: Vec::new(),
        target: None,
        artifact: None,
    }
}

/// The project of a package.
fn project<'a>(audit: &'a Audit, package: &str) -> &'a Project {
    let holds = |project: &&Project| {
        project.packages.iter().any(|index| audit.graph.package(*index).name == package)
    };
    audit.ranking.iter().find(holds).unwrap_or_else(|| panic!("no project has {package}"))
}

/// A release history from versions and days.
fn releases(releases: &[(&str, &str)]) -> Vec<Release> {
    let release = |(version, day): &(&str, &str)| Release {
        version: (*version).into(),
        published: format!("{day}T12:00:00Z").parse().ok(),
        yanked: false,
    };
    releases.iter().map(release).collect()
}

#[test]
fn the_table_is_sorted_and_large() {
    let packages: Vec<&str> = expected().iter().map(|it| it.package).collect();
    assert!(packages.len() >= 60 && packages.is_sorted_by(|a, b| a < b), "{packages:?}");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/well-known");
    assert_eq!(std::fs::read_dir(cases).unwrap().count(), 1);
}
