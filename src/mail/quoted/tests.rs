//! What is quoted and what is not.
