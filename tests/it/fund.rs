//! A budget shared out over upstream projects: who gets what, and how it is told.

mod command;
mod shares;
mod text;

use headwater::lens::fund::fund;
use headwater::model::{
    Action, Advice, Allocation, Audit, Cadence, Chance, Coverage, Database, Estimate, Forecast,
    ForecastKind, Forge, FundRequest, Funding, Graph, Harm, Maintained, Missing, Observed, Origin,
    Package, PackageFacts, PackageIndex, Payee, Place, Places, Presence, Project, Registry, Score,
    Source, Sourced, Upstream, Verdict, VerdictStatus,
};
use jiff::civil::date;
use semver::Version;

/// An upstream project of one package: name, priority, depth in the graph, accounts as
/// `platform:account`; nobody asked for `?`.
type Row<'a> = (&'a str, f64, u32, &'a [&'a str]);

fn request(budget: u64) -> FundRequest {
    FundRequest {
        budget_hundredths: budget,
        currency: "USD".into(),
        developers: None,
        cap_basis_points: 10_000,
        floor_hundredths: 0,
        depth_share_basis_points: 10_000,
        excluded: Vec::new(),
        maintained: Maintained::LeftOut,
    }
}

fn sourced<T>(value: T) -> Observed<Sourced<T>> {
    Observed::Known(Sourced { value, from: "forge.example".into(), on: date(2026, 8, 1) })
}

fn upstream(accounts: &[&str]) -> Option<Box<Upstream>> {
    let payee = |account: &&str| {
        let (platform, account) = account.split_once(':').unwrap();
        Payee::account(platform, account)
    };
    if accounts == ["?"] {
        return None;
    }
    Some(Box::new(Upstream {
        activity: Observed::Missing(Missing::NotFound),
        forge: Observed::Missing(Missing::NoToken),
        scorecard: Observed::Missing(Missing::NotFound),
        deps_dev: Observed::Missing(Missing::NotFound),
        funding: sourced(Funding {
            payees: accounts.iter().map(payee).collect(),
            history: Vec::new(),
        }),
    }))
}

/// A chance of trouble; harm being whole, it is the priority.
fn chance(value: f64) -> Observed<Chance> {
    let estimate = Estimate { value, low: value, high: value };
    let fitted = Forecast {
        kind: ForecastKind::Trouble,
        chance: value,
        low: value,
        high: value,
        log_odds: 0.0,
        terms: Vec::new(),
    };
    Observed::Known(Chance { estimate, fitted, judged: Score::default() })
}

/// An audit of a workspace of one member, at 0, and a project for each row, in this order.
fn audit(rows: &[Row<'_>]) -> Audit {
    let package =
        |name: &str, source| Package { name: name.into(), version: Version::new(1, 0, 0), source };
    let mut packages = vec![(package("app", Source::Path), Presence::Runtime)];
    let mut facts = vec![facts(0)];
    let mut ranking = Vec::new();
    for (name, priority, depth, accounts) in rows {
        let index = PackageIndex(packages.len() as u32);
        let source = Source::Registry(Registry::CratesIo);
        packages.push((package(&format!("{name}-package"), source), Presence::Runtime));
        facts.push(self::facts(*depth));
        ranking.push(Project {
            name: (*name).into(),
            repository: Some(format!("https://git.example/{name}")),
            packages: vec![index],
            chance: chance(*priority / 100.0),
            harm: Harm::new(1.0, Presence::Runtime, 1.0),
            places: Places { first: 1, last: 1 },
            expected: Observed::Missing(Missing::NotFromRegistry),
            reasons: Vec::new(),
            advice: Observed::Missing(Missing::NotAsked),
            alternatives: Vec::new(),
            class: Observed::Missing(Missing::NotAsked),
            upstream: upstream(accounts),
        });
    }
    Audit {
        plan: None,
        lockfile: "Cargo.lock".into(),
        as_of: date(2026, 8, 21),
        target: "all".into(),
        graph: Graph::new(packages, Vec::new(), vec![PackageIndex(0)]),
        facts,
        databases: Vec::new(),
        exploited: Database {
            name: "list".into(),
            origin: Origin::Embedded,
            path: None,
            commit: None,
            date: None,
            licence: "CC0-1.0".into(),
            advisories: 0,
            skipped: 0,
        },
        findings: Vec::new(),
        exposed: Vec::new(),
        expected: headwater::lens::expected(std::iter::empty()),
        verdict: Verdict { status: VerdictStatus::Pass, reasons: Vec::new() },
        ranking,
        coverage: Coverage::default(),
        diagnostics: Vec::new(),
    }
}

fn facts(depth: u32) -> PackageFacts {
    let place = Place {
        depth,
        members: 1,
        dependents: 1,
        reach: 0.5,
        brings_in: 0,
        min_cut: Observed::Known(1),
        pagerank: 0.1,
    };
    PackageFacts {
        cadence: Observed::<Cadence>::Missing(Missing::NoIndexEntry),
        place: Observed::Known(place),
        yanked: Observed::Known(false),
        runs_at_build: Observed::Missing(Missing::SourceNotCached),
        maintenance: Observed::Missing(Missing::SourceNotCached),
        repository: Observed::Missing(Missing::NotDeclared),
        location: Observed::Missing(Missing::SourceNotCached),
        ownership: Observed::Missing(Missing::NotAsked),
        outlook: Observed::Missing(Missing::NotFromRegistry),
        tagging: Observed::Missing(Missing::NotAsked),
        deps_dev: Observed::Missing(Missing::NotAsked),
    }
}

/// Who is paid how much for what, as `account amount project,project`.
fn shares(allocation: &Allocation) -> Vec<String> {
    let share = |payment: &headwater::model::Payment| {
        let projects: Vec<&str> = payment.projects.iter().map(|it| it.name.as_str()).collect();
        let account = payment.payee.as_ref().map_or("-", |payee| payee.account.as_str());
        format!("{account} {} {}", payment.amount_hundredths, projects.join(","))
    };
    allocation.payments.iter().map(share).collect()
}

fn advice(action: Action, why: &str, instead: Option<&str>) -> Observed<Advice> {
    let instead = instead.map(str::to_owned);
    Observed::Known(Advice { action, why: why.to_owned(), instead })
}

fn archived() -> Observed<Sourced<Forge>> {
    sourced(Forge { archived: true, ..Forge::default() })
}

fn allocate(rows: &[Row<'_>], request: FundRequest) -> Allocation {
    fund(&audit(rows), request)
}
