//! Rules from `rules/*.toml`: signals to levels, levels to terms.
