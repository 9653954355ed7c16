//! Which form of a copy a case asks for, by the rules that hold for it and the product's own word; and the general form
//! of portable data, which the console publishes.

use crate::{
    app::{App, packs::Packs},
    domain::{case::Case, copy::CopyForm, kind::Kind, time::Instant},
    generation::export::portability,
};

/// Where the general form of portable data is published, as RFC 8615 has it.
pub const PORTABILITY_SCHEMA: &str = "/.well-known/recourse-portability-schema.json";

/// The least that the case has to get. Staff may give more.
#[must_use]
pub fn least_form(app: &App, case: &Case) -> CopyForm {
    least_of(&app.packs, &case.product, case.kind, case.jurisdiction.as_deref(), case.received)
}

fn least_of(packs: &Packs, product: &str, kind: Kind, place: Option<&str>, received: Instant) -> CopyForm {
    let own = packs.get(product).and_then(|pack| pack.copy.form);
    let rules = packs.rules(product, kind, place, received).into_iter();
    let said: Vec<_> = rules.filter_map(|rule| rule.copy).chain(own).collect();
    CopyForm::least(kind, &said)
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

#[cfg(test)]
mod tests {
    use super::*;
    use CopyForm::{Full, Portable, Summary};

    #[test]
    fn the_packs_say_who_gets_what() {
        let packs = Packs::load(None).expect("the packs load");
        // the first of November 2026 and 2027: the DPDP Act's s. 11 holds from May 2027 on
        let (before, after) = (Instant(1_793_491_200_000), Instant(1_825_027_200_000));
        let imagegen = "imagegen-artisticmonk";
        for (product, kind, place, received, expected) in [
            (imagegen, Kind::Access, Some("IN"), before, Full),
            (imagegen, Kind::Access, Some("IN"), after, Summary),
            (imagegen, Kind::Access, None, after, Summary),
            (imagegen, Kind::Access, Some("IE"), after, Full),
            (imagegen, Kind::Access, Some("DE"), before, Full),
            (imagegen, Kind::Access, Some("GB"), after, Full),
            (imagegen, Kind::Access, Some("US-CA"), after, Full),
            (imagegen, Kind::Portability, Some("IN"), after, Portable),
            (imagegen, Kind::Portability, Some("IE"), after, Portable),
            // both published policies offer a copy to everybody
            ("imagodraw", Kind::Access, Some("IN"), after, Full),
            ("imgus", Kind::Access, Some("IN"), after, Full),
        ] {
            assert_eq!(least_of(&packs, product, kind, place, received), expected, "{product} {kind} {place:?}");
        }
    }
}
