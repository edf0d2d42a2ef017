//! Tests of what a user sees. One binary; a case is data in `tests/cases`.
#![cfg(test)]

mod advisories;
mod case;
mod cli;
mod graph;
mod index;
mod presence;
mod recorded_metadata;
mod report;
mod rules;
