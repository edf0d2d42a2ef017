//! `headwater.toml`.
