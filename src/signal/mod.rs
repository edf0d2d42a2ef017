//! Facts and place to numbers with a unit, one small function each.

pub mod activity;
pub mod build;
pub mod cadence;
pub mod class;
pub mod fix;
pub mod notice;
pub mod people;
pub mod place;
pub mod repository;
pub mod trouble;
