//! Forecasts: what must hold for any package, and for the tables they are learnt from.

mod export;
mod history;
mod properties;
mod rankings;
mod registered;
mod successors;
mod tables;
