//! Pages drawn from invented cases: what they show, what they keep, what they must never say.

mod addresses;
mod clocks;
mod follow_ups;
mod pages;
mod runs;
mod samples;
