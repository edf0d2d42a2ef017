//! Plain types every layer shares: packages, the graph, facts, advisories, findings, the audit.
//!
//! Nothing here reads a file, asks the clock, or knows a terminal.

mod address;
mod advisory;
mod audit;
mod chance;
mod declaration;
mod deps_dev;
mod diagnostic;
mod error;
mod fact;
mod finding;
mod forecast;
mod fund;
mod funding;
mod graph;
mod history;
mod maintenance;
mod measure;
mod observed;
mod outlook;
mod package;
mod plan;
mod release;
mod repository;
mod scorecard;
mod secret;
mod severity;
mod trend;
mod unread;
mod upstream;

pub use address::canonical_address;
pub use advisory::{Advisory, AdvisoryKind, PublicBasis, VersionRange};
pub use audit::{
    Action, Advice, Alternative, Audit, Coverage, Database, Exposed, MAXIMUM_AGE_DAYS, Origin,
    Project, Verdict, VerdictStatus,
};
pub use chance::{Chance, Harm};
pub use declaration::{
    Artifact, Declaration, DeclaredSource, Dependency, DependencyKind, Resolver,
};
pub use deps_dev::{Dependents, DepsDevProject, DepsDevRelease, RelatedProject};
pub use diagnostic::{Diagnostic, Level};
pub use error::{Error, Failure};
pub use fact::{Measure, PackageFacts, Packaged, RunsAtBuild};
pub use finding::{
    Certainty, Concerns, Epss, Finding, FindingKind, Fix, Score, Term, Threat, Tier, Waiver,
};
pub use forecast::{Feature, Features, Forecast, ForecastKind, ForecastTerm};
pub use fund::{
    Allocation, Basis, Distance, FundRequest, FundedProject, LeftOut, Maintained, PayeeCoverage,
    Payment, Pledge, Unpayable, WHOLE_BASIS_POINTS,
};
pub use funding::{Funding, FundingPlan, FundingYear, Payee};
pub use graph::{Direction, Edge, EdgeState, Graph, PackageIndex, Presence};
pub use history::{
    Activity, ChangeOfHands, Classification, Commit, HandsShape, History, Person, PersonIndex,
    ProjectClass, Tag, TaggedVersion, Tagging,
};
pub use maintenance::MaintenanceStatus;
pub use measure::{Cadence, Place};
pub use observed::{Missing, Observed};
pub use outlook::{Estimate, Expected, Outlook, Places};
pub use package::{Package, Registry, Source};
pub use plan::{Blocker, Cleared, Command, ManifestChange, Plan, Step, StepOutcome};
pub use release::{Published, Release, ReleaseHistory};
pub use repository::{Found, Location, NoRepository, Provenance, Repository};
pub use scorecard::Scorecard;
pub use secret::{shown_query, without_secrets};
pub use severity::{CvssScore, Severity};
pub use trend::{FindingCounts, Outcome, Trend, TrendRow};
pub use unread::{Part, Unread};
pub use upstream::{Forge, Ownership, Sourced, Upstream};
