//! Audit result to bytes; one file per format.
