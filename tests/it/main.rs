//! Tests of what a user sees, and of the rules the sources keep. One binary.
#![cfg(test)]

mod advisories;
mod architecture;
mod case;
mod cli;
mod data;
mod forecast;
mod fund;
mod fuzz;
mod graph;
mod history;
mod http;
mod index;
mod locks;
mod platforms;
mod presence;
mod public_day;
mod recorded_metadata;
mod report;
mod rules;
mod sources;
mod update;
mod well_known;
