//! Upstream projects: one of which everything is known, one of which little is.

use std::collections::BTreeMap;

use headwater::model::{
    Activity, ChangeOfHands, Classification, Dependents, DepsDevProject, DepsDevRelease, Forge,
    Found, Funding, FundingPlan, FundingYear, HandsShape, Location, Missing, Observed, Ownership,
    Payee, Project, ProjectClass, Provenance, RelatedProject, Repository, Scorecard, Sourced,
    Tagging, Upstream,
};
use jiff::civil::date;

fn from<T>(source: &str, value: T) -> Observed<Sourced<T>> {
    Observed::Known(Sourced { value, from: source.into(), on: date(2026, 8, 20) })
}

pub(super) fn class() -> Classification {
    let evidence = ["last commit or release 8 months ago", "3 commits in 12 months"];
    Classification { class: ProjectClass::Finished, evidence: evidence.map(str::to_owned).to_vec() }
}

/// Puts a text wherever a source can put one of its own. Only for a project of which all is known.
pub(crate) fn say_everywhere(project: &mut Project, text: &str) {
    let known = "this project's facts are known";
    let Observed::Known(class) = &mut project.class else { panic!("{known}") };
    class.evidence = vec![text.to_owned()];
    project.reasons = vec![text.to_owned()];
    let Observed::Known(advice) = &mut project.advice else { panic!("{known}") };
    advice.why = text.to_owned();
    project.alternatives[0].to = text.to_owned();
    let Some(upstream) = &mut project.upstream else { panic!("{known}") };
    let Observed::Known(forge) = &mut upstream.forge else { panic!("{known}") };
    forge.from = text.to_owned();
    forge.value.name = text.to_owned();
    forge.value.fork_of = Some(text.to_owned());
    let Observed::Known(scorecard) = &mut upstream.scorecard else { panic!("{known}") };
    scorecard.value.checks = BTreeMap::from([(text.to_owned(), Some(1))]);
    let Observed::Known(deps_dev) = &mut upstream.deps_dev else { panic!("{known}") };
    deps_dev.value.licence = Some(text.to_owned());
    let Observed::Known(funding) = &mut upstream.funding else { panic!("{known}") };
    let payee = &mut funding.value.payees[1];
    payee.account = text.to_owned();
    payee.url = Some(text.to_owned());
    payee.plans[0].name = text.to_owned();
}

/// Everything is known.
pub(super) fn known() -> Upstream {
    Upstream {
        activity: from("https://git.example/example-org/smallvec", activity()),
        forge: from("the forge's interface", forge()),
        scorecard: from("OpenSSF Scorecard", scorecard()),
        deps_dev: from("deps.dev", deps_dev()),
        funding: from("FUNDING.yml", funding()),
    }
}

/// Only the forge answered; each of the others failed for a reason.
pub(super) fn partly_known() -> Upstream {
    let forge = Forge { name: "example-org/atty".into(), ..Forge::default() };
    Upstream {
        activity: Observed::Missing(Missing::NoGit),
        forge: from("the forge's interface", forge),
        scorecard: Observed::Missing(Missing::NotFound),
        deps_dev: Observed::Missing(Missing::NotFound),
        funding: Observed::Missing(Missing::NotFound),
    }
}

fn activity() -> Activity {
    Activity {
        first_commit: "2016-02-01T10:00:00Z".parse().unwrap(),
        last_commit: "2025-12-20T10:00:00Z".parse().unwrap(),
        commits: 1234,
        merges: 40,
        bot_commits: 300,
        people: 41,
        recent_commits: [0, 3, 60],
        recent_people: [0, 2, 7],
        absence_factor_12_months: Observed::Known(1),
        absence_factor: Observed::Known(3),
        lead_share_12_months: Observed::Known(2.0 / 3.0),
        organisations_12_months: 1,
        elephant_factor_12_months: Observed::Missing(Missing::NoOrganisation),
        newcomers_12_months: 1,
        leavers_12_months: 4,
        silent_months: 8.03456,
        tempo_trend: Observed::Known(0.105_263),
        releaser_share: Observed::Missing(Missing::NoTag),
        change_of_hands: Some(ChangeOfHands {
            shape: HandsShape::Takeover,
            arrived: "2021-10-29T00:00:00Z".parse().unwrap(),
            left: "2022-06-28T00:00:00Z".parse().unwrap(),
            changed: "2022-07-01T00:00:00Z".parse().unwrap(),
            share: 0.91234,
            makes_tags: true,
        }),
        tagged: Vec::new(),
    }
}

fn forge() -> Forge {
    Forge {
        name: "new-owner/smallvec".into(),
        archived: true,
        archived_on: Some(date(2026, 3, 1)),
        disabled: Some(false),
        mirror: Some(false),
        fork: Some(true),
        fork_of: Some("first-org/smallvec".into()),
        created: Some("2021-05-06T00:00:00Z".parse().unwrap()),
        pushed: Some("2026-02-28T00:00:00Z".parse().unwrap()),
        open_issues: Some(12),
        closed_issues: Some(1210),
        open_requests: Some(3),
        closed_requests: Some(450),
        first_response_days: Some(4.256_7),
        sampled: 20,
        releases: Some(17),
        last_release: Some("2025-12-21T00:00:00Z".parse().unwrap()),
        security_policy: Some(true),
        funding: vec![Payee::link("https://pay.example/forge")],
        stars: Some(1300),
    }
}

fn scorecard() -> Scorecard {
    let checks = [
        ("Binary-Artifacts", Some(10)),
        ("Branch-Protection", None),
        ("Code-Review", Some(7)),
        ("Fuzzing", Some(0)),
        ("Maintained", Some(2)),
    ];
    Scorecard {
        date: Some(date(2026, 8, 10)),
        commit: Some("89abcdef0123456789abcdef0123456789abcdef".into()),
        version: Some("5.0.0".into()),
        checks: checks.map(|(name, score)| (name.to_owned(), score)).into(),
    }
}

fn deps_dev() -> DepsDevProject {
    DepsDevProject {
        open_issues: Some(13),
        stars: Some(1299),
        licence: Some("MIT".into()),
        scorecard: Some(Scorecard {
            date: Some(date(2026, 7, 1)),
            checks: [("Maintained".to_owned(), Some(4))].into(),
            ..Scorecard::default()
        }),
        oss_fuzz: true,
    }
}

pub(super) fn release() -> Observed<Sourced<DepsDevRelease>> {
    let source = RelatedProject {
        id: "git.example/example-org/smallvec".into(),
        relation: "SOURCE_REPO".into(),
        provenance: "UNVERIFIED_METADATA".into(),
    };
    let release = DepsDevRelease {
        projects: vec![source],
        advisories: vec!["GHSA-test".into()],
        dependents: Some(Dependents { all: 4321, direct: 21 }),
    };
    from("deps.dev", release)
}

fn funding() -> Funding {
    let plan = FundingPlan {
        name: "upkeep".into(),
        amount_hundredths: Some(500_050),
        currency: "EUR".into(),
        frequency: "monthly".into(),
    };
    let year = FundingYear {
        year: 2025,
        income_hundredths: Some(1_000_000),
        expenses_hundredths: None,
        currency: Some("EUR".into()),
    };
    let bank =
        Payee { platform: "bank".into(), account: "ask us".into(), ..Payee::account("bank", "") };
    let named_in = vec!["GitHub".into(), "funding.json".into()];
    let custom =
        Payee { plans: vec![plan], named_in, ..Payee::link("https://pay.example/smallvec") };
    Funding { payees: vec![bank, custom], history: vec![year] }
}

/// A folder of the repository that the project's forge calls by another name today.
pub(super) fn location() -> Found {
    let repository = Repository {
        address: "https://git.example/example-org/smallvec".into(),
        host: "git.example".into(),
        path: "example-org/smallvec".into(),
    };
    let location = Location { repository, folder: Some("crates/smallvec".into()) };
    Found { location, mirror: false, provenance: Provenance::ManifestRepository }
}

pub(super) fn tagging() -> Tagging {
    Tagging {
        newest_release: "1.15.1".into(),
        newest_is_tagged: false,
        released_not_tagged: (2..=9).map(|minor| format!("1.{minor}.0")).collect(),
        tagged_not_released: vec!["2.0.0-alpha.1".into()],
    }
}

pub(super) fn ownership() -> Observed<Sourced<Ownership>> {
    let ownership = Ownership {
        people: vec!["alice".into(), "bob".into()],
        teams: vec!["example-org:core".into()],
        last_publisher: Some("bob".into()),
        publishers: 3,
        trusted_publishing: Some(false),
        yank_messages: BTreeMap::from([("1.5.9".into(), "unsound\u{1b}[2J".into())]),
        downloads: Some(12_345_678),
        recent_downloads: Some(1_234_567),
        repository: Some("https://git.example/example-org/smallvec".into()),
    };
    from("the registry", ownership)
}
