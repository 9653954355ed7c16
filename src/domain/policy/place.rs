//! Where people live, as far as laws of unions of states care.

/// The states of the European Economic Area, by ISO 3166-1 code: the GDPR holds in all of them
/// (EEA Joint Committee Decision 154/2018).
const ECONOMIC_AREA: [&str; 30] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO",
];

/// True for a state of the European Economic Area.
pub(super) fn in_economic_area(country: &str) -> bool {
    ECONOMIC_AREA.contains(&country)
}
