//! The advisory database in use: given, updated or embedded.
