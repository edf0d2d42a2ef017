//! Forecasts: what must hold for any package, and for the tables they are learnt from.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod history;
mod properties;
mod tables;
