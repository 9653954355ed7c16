//! Policy packs: what laws ask and what products promised. Data only; reading files is `app`'s.

pub mod claim;
pub mod copy;
pub mod law;
pub mod lint;
pub mod matter;
pub mod place;
pub mod product;
pub mod provision;
pub mod restricted;
pub mod retention;
pub mod rule;

pub use matter::Matter;
pub use product::ProductPack;
pub use restricted::Disposal;
