//! Facts and place to numbers with a unit, one small function each.

pub mod cadence;
