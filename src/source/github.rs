//! GitHub's GraphQL interface.
