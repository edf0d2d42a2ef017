//! headwater: a supply-chain security and project-health auditor.

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
pub mod signal;
pub mod source;
pub mod world;
