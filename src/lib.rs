//! Recourse, room by room. Each folder has one job; arrows point down only:
//!
//! `cli -> web, jobs, app, domain` · `web -> ui, app` · `ui -> app, domain` · `jobs -> app` ·
//! `app -> generation, mail, store, domain` · `generation, mail, store -> domain` · `generation, store -> bucket` ·
//! `domain -> std, chrono, chrono-tz, serde, thiserror`.
//!
//! Everything but `ui/islands` and two files of `domain` runs on the server only (feature `ssr`); the browser's
//! side is the feature `hydrate`. A test (`testing::arrows`) reads every `crate::room` and fails where an arrow
//! runs otherwise.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod bucket;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod generation;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod testing;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod web;

/// Wakes the islands of a page; the browser calls it once the bundle is loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
