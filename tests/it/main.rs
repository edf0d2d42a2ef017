//! Tests of what a user sees. One binary; a case is data in `tests/cases`.

#[cfg(test)]
mod report;
