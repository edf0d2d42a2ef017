//! Measurements to judgement, through two lenses.
//!
//! [`gatekeeper`] looks downstream: what is wrong with what is locked, how urgent is it, may the
//! build pass. [`environmentalist`] looks upstream: which projects the workspace leans on, and
//! which of them may be running dry. Both score by the rules in `rules/`. [`fund`] shares a budget out
//! over that ranking.

mod advice;
mod alternative;
pub mod environmentalist;
mod expected;
mod exposure;
pub mod fund;
pub mod gatekeeper;
mod harm;
mod input;
pub mod plan;
mod project;
mod reason;
mod stability;
pub mod take;
mod trouble;
mod verdict;

pub use expected::expected;
pub use trouble::unknown;
