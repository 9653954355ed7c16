//! Reports of many kinds.
