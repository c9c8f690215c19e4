//! The integration tests, one binary.

mod quotes;
