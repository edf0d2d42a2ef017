//! Tests of what a user sees, and of the rules the sources keep. One binary.
#![cfg(test)]

mod advisories;
mod architecture;
mod data;
mod graph;
mod index;
mod locks;
mod recorded_metadata;
mod report;
mod rules;
mod sources;
