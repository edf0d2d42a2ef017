//! headwater: a supply-chain security and project-health auditor.
//!
//! It reads a locked dependency graph and looks both ways along it: downstream, what is wrong
//! with what is locked (the gatekeeper), and upstream, which projects the workspace leans on and
//! which of them may be running dry (the environmentalist).
//!
//! # Shape
//!
//! bytes → graph → facts → measurements → findings → ranking → bytes
//!
//! Every arrow is a pure, synchronous function; one layer touches the world. [`run::run`]
//! runs all of it: [`world::gather`] fetches what is worked on, [`audit::audit`] is the pipeline.
//!
//! A module uses only modules of lower layers and itself, never a sibling in its own layer; inside
//! a module no files need one another in a circle. `tests/it/architecture.rs` holds this table as
//! code and checks the sources against it.
//!
//! | layer | module | what it does |
//! |---|---|---|
//! | 0 | [`model`] | plain types: package, graph, `Observed`, advisory, finding, diagnostic, audit |
//! | 1 | [`read`] | text of `Cargo.lock` and `Cargo.toml` to packages and declarations; one file per format |
//! | 1 | [`source`] | where facts come from: understands databases, index entries and answers, builds requests, sends nothing |
//! | 1 | [`advisory`] | the compiled advisories: snapshot, look-up, matching |
//! | 1 | [`resolve`] | Cargo's rules for features and platforms: which packages are used, and how; which versions an update would lock |
//! | 1 | [`graph`] | measures of place: depth, reach, dominators, cuts, centrality, paths |
//! | 2 | [`signal`] | facts and place to numbers with a unit, one small function each |
//! | 2 | [`rule`] | `rules/*.toml`: numbers to levels, levels to the terms of a score; the policy |
//! | 2 | [`forecast`] | chances of silence, of a fix, of a disclosure and of trouble: fitting, testing, evaluating |
//! | 3 | [`lens`] | judgement: `plan` (steps that end findings), `gatekeeper` (findings, tiers, verdict), `environmentalist` (whom to support), `fund` (a budget shared out) |
//! | 4 | [`report`] | an audit to bytes, one file or folder per format; explanations |
//! | 5 | [`config`] | `headwater.toml` applied to the policy |
//! | 5 | [`audit`] | the pipeline, and its run at each commit of a lockfile |
//! | 6 | [`world`] | files, the cache, `git`, the network, the environment, threads |
//! | 7 | [`run`] | gather, audit, learn, audit again: what a command, a worker and a test call alike |
//! | 8 | [`cli`] | command line, exit codes, progress, today's date; `main` only calls it |
//!
//! # Invariants
//!
//! 1. Only `world` and `cli` use files, network, environment, processes, threads and clock. Time
//!    is a value: `as_of` is the only "now" below them.
//! 2. Unknown is never zero, never healthy, and never a constant. A fact is [`model::Observed`]; a
//!    missing one leaves a chance where the known facts put it and widens its interval; in the
//!    gatekeeper's score each rule says what it counts as; a verdict that lacks facts it needs is
//!    `incomplete`, not `pass`.
//! 3. A score is shown with its terms, and the terms add up to it: points of a finding, log-odds of
//!    a chance ([`model::Chance`]), where fitted and judged terms are told apart.
//! 4. No finding is dropped. What is not built is labelled by its presence and weighs less.
//! 5. The same inputs and the same day give the same bytes.
//! 6. Hostile input may be refused; it never panics, hangs, or exhausts memory. Names from
//!    outside are made visible before they reach a terminal.
//! 7. No global state, and no `exit` outside `main`.
//!
//! # Four kinds of trouble
//!
//! | kind | is about | ends the run |
//! |---|---|---|
//! | [`model::Finding`] | a locked package | no; the gate may fail |
//! | [`model::Diagnostic`] | the user's own files and databases | no |
//! | [`model::Missing`] | a fact that was not learned; counted in the report | no; the verdict may be `incomplete` |
//! | [`model::Error`] | why the run could not happen, where, and what to do | yes |
//!
//! # Where a new thing goes
//!
//! | new | file | and |
//! |---|---|---|
//! | rule | `rules/<id>.toml`, its examples are its tests | a line in the table of `src/rule/mod.rs` |
//! | measured value | a function in `src/signal/` | its name where a lens asks for signals |
//! | report format | `src/report/<name>.rs` with `render` | `mod` and an entry of `FORMATS` in `src/report/mod.rs` |
//! | lockfile format | `src/read/<format>.rs` | `mod` in `src/read/mod.rs` |
//! | source of facts | `src/source/<name>.rs` | `mod` in `src/source/mod.rs`; `world` opens or sends |
//! | command or option | `src/cli/` | a test of what the user sees |
//!
//! A test checks that no file and no table entry is forgotten.

pub mod advisory;
pub mod audit;
pub mod cli;
pub mod config;
pub mod forecast;
pub mod graph;
pub mod lens;
pub mod model;
pub mod read;
pub mod report;
pub mod resolve;
pub mod rule;
pub mod run;
pub mod signal;
pub mod source;
pub mod world;
