//! The manifest inside a published package.
