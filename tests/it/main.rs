//! Tests of what a user sees. One binary; a case is data in `tests/cases`.
#![cfg(test)]

mod advisories;
mod graph;
mod history;
mod index;
mod recorded_metadata;
mod report;
mod rules;
