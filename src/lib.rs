//! Recourse, room by room. Arrows point down only:
//! `cli -> web, jobs, app, domain`, `web -> ui, app`, `ui -> app, domain`, `jobs -> app`,
//! `app -> generation, mail, store, domain`, `generation, mail, store -> domain`.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod app;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod mail;
