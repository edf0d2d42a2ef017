//! Findings to judgement: gatekeeper and environmentalist.
