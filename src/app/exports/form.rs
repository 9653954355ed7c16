//! Which form of a copy a case asks for, by the rules that hold for it and the product's own word; and the general form
//! of portable data, which the console publishes.

use crate::{
    app::App,
    domain::{case::Case, copy::CopyForm},
    generation::export::portability,
};

/// Where the general form of portable data is published, as RFC 8615 has it.
pub const PORTABILITY_SCHEMA: &str = "/.well-known/recourse-portability-schema.json";

/// The least that the case has to get. Staff may give more.
#[must_use]
pub fn least_form(app: &App, case: &Case) -> CopyForm {
    let rules = app.packs.rules(&case.product, case.kind, case.jurisdiction.as_deref(), case.received);
    let own = app.packs.get(&case.product).and_then(|pack| pack.copy.form);
    let said: Vec<_> = rules.into_iter().filter_map(|rule| rule.copy).chain(own).collect();
    CopyForm::least(case.kind, &said)
}

/// Where the general form of portable data can be read.
#[must_use]
pub fn schema_address(app: &App) -> String {
    format!("{}{PORTABILITY_SCHEMA}", app.settings.public_url)
}

/// The general form of portable data, a JSON Schema.
#[must_use]
pub fn portability_schema(app: &App) -> serde_json::Value {
    portability::general(&schema_address(app))
}
