//! A sum of money shared out over upstream projects.

use super::{Advice, Missing, Observed, Payee};

/// All of a budget or amount, in hundredths of a percent.
pub const WHOLE_BASIS_POINTS: u32 = 10_000;

/// What is to be shared out, and within which bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundRequest {
    /// The budget in hundredths of the currency's unit; above zero.
    pub budget_hundredths: u64,
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// Developers the budget stands for, for the Open Source Pledge.
    pub developers: Option<u32>,
    /// Largest share of the budget for one payee, in hundredths of a percent; where that is less
    /// than the floor, the floor counts.
    pub cap_basis_points: u32,
    /// Smallest amount worth paying, in hundredths of the currency's unit.
    pub floor_hundredths: u64,
    /// Largest share of the budget for all transitive dependencies together, in hundredths of a
    /// percent.
    pub depth_share_basis_points: u32,
    /// Projects to leave out: name of a project or of one of its packages, or repository address.
    pub excluded: Vec<String>,
    /// What becomes of projects that need no action.
    pub maintained: Maintained,
}

/// What becomes of projects that need no action: finished or well maintained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maintained {
    /// They get nothing, so that the money goes where it changes something.
    LeftOut,
    /// They are paid like the others.
    Included,
}

/// A budget shared out. The payments and what is left add up to the budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// What was asked for.
    pub request: FundRequest,
    /// What the shares are.
    pub basis: Basis,
    /// Of how much of the priority it is known whom to pay.
    pub payees: PayeeCoverage,
    /// The shares, largest first; equal ones in the order of the ranking.
    pub payments: Vec<Payment>,
    /// What the bounds let nobody take, in hundredths of the currency's unit.
    pub left_hundredths: u64,
    /// Projects that cannot be paid, in the order of the ranking.
    pub unpayable: Vec<(FundedProject, Unpayable)>,
    /// Projects that get nothing for another reason, in the order of the ranking.
    pub left_out: Vec<(FundedProject, LeftOut)>,
    /// Projects of which too little is known to say how much they need it, with what is missing.
    pub not_assessed: Vec<(FundedProject, Missing)>,
    /// Comparison with the Open Source Pledge, where the number of developers is given.
    pub pledge: Option<Pledge>,
    /// Workspace members whose repository is not known, so that a project of one's own may be
    /// among the payments.
    pub members_without_repository: usize,
    /// Exclusions that no project of the ranking answers to, as written.
    pub unmatched: Vec<String>,
}

/// The priority of the projects that money could help, by whether it is known whom to pay. What is
/// left out or not assessed is in none of the sums.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PayeeCoverage {
    /// Sum of the priorities where a payee with an address is known.
    pub known: f64,
    /// Sum of the priorities where the project names nobody, or no address.
    pub none: f64,
    /// Sum of the priorities where it is unknown whom to pay.
    pub unknown: f64,
}

impl PayeeCoverage {
    /// The share of the priority that has a known payee, 0 to 1; `None` where there is no priority.
    pub fn share(self) -> Option<f64> {
        let total = self.known + self.none + self.unknown;
        (total > 0.0).then(|| self.known / total)
    }
}

/// What the shares of an allocation are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Payments to known payees.
    Payees,
    /// A split over projects as a suggestion: there are some, and of none it is known whom to pay.
    Suggestion,
}

/// One share of a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// Whom to pay; `None` in a suggestion.
    pub payee: Option<Payee>,
    /// The amount in hundredths of the currency's unit.
    pub amount_hundredths: u64,
    /// The projects it is for, in the order of the ranking.
    pub projects: Vec<FundedProject>,
}

/// What an allocation tells about a project.
#[derive(Debug, Clone, PartialEq)]
pub struct FundedProject {
    /// The project's name in the ranking.
    pub name: String,
    /// Its repository: where to ask.
    pub repository: Option<String>,
    /// Its priority, 0 to 1; `None` for one that is not ranked.
    pub priority: Option<f64>,
    /// The chance of trouble within 24 months, 0 to 1; `None` where it is not given.
    pub chance: Option<f64>,
    /// Share of the built packages that stand on it, 0 to 1.
    pub share: f64,
    /// How far it is from the workspace.
    pub distance: Distance,
    /// What would help it; missing where too little is known to say.
    pub advice: Observed<Advice>,
}

/// How far a project is from the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// A workspace member depends on one of its packages.
    Direct,
    /// Only other dependencies do, or nothing that is built.
    Transitive,
}

impl Distance {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Transitive => "transitive",
        }
    }
}

/// Why a project cannot be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpayable {
    /// It is not known whom to pay.
    Unknown(Missing),
    /// The project names nobody.
    NoPayee,
    /// It names a way without an address to pay at.
    NoAddress,
}

impl Unpayable {
    /// The reason as a short phrase.
    pub fn reason(self) -> String {
        match self {
            Self::Unknown(why) => format!("payee unknown: {why}"),
            Self::NoPayee => "it names nobody to pay".to_owned(),
            Self::NoAddress => "it names no address to pay at".to_owned(),
        }
    }
}

/// Why a project gets nothing although it could be paid, or whether it could was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// A workspace member lives in its repository.
    Own,
    /// The user excluded it.
    Excluded,
    /// The advice is to move to something else.
    Replace,
    /// Its repository is archived: nobody there takes on work.
    Archived,
    /// It is declared unmaintained or given up, or the advice is to adopt it: there is no active
    /// maintainer to pay.
    Unmaintained,
    /// Nothing of it is built here: it is for another platform, or no selected feature turns it on.
    NotBuilt,
    /// The advice is that it needs no action: it is finished or well maintained.
    NoAction,
    /// Its payee's share would be below the floor, or nothing.
    BelowFloor,
}

impl LeftOut {
    /// All reasons, in the order in which they are looked for.
    pub const ALL: [Self; 8] = [
        Self::Own,
        Self::Excluded,
        Self::Replace,
        Self::Archived,
        Self::Unmaintained,
        Self::NotBuilt,
        Self::NoAction,
        Self::BelowFloor,
    ];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Excluded => "excluded",
            Self::Replace => "replace",
            Self::Archived => "archived",
            Self::Unmaintained => "unmaintained",
            Self::NotBuilt => "not built",
            Self::NoAction => "no action",
            Self::BelowFloor => "below floor",
        }
    }
}

/// A budget of one year beside the Open Source Pledge (<https://opensourcepledge.com>): at least
/// 2,000 USD a year for each developer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pledge {
    /// Developers.
    pub developers: u32,
    /// The budget for each of them, rounded down, in hundredths of the budget's currency.
    pub per_developer_hundredths: u64,
    /// The least the pledge asks for, in hundredths of a US dollar.
    pub asked_hundredths: u64,
    /// What the budget lacks, in hundredths of a US dollar; `None` for a budget in another
    /// currency, which cannot be compared without a rate.
    pub gap_hundredths: Option<u64>,
}
