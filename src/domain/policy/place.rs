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

/// Countries and parts of countries with laws of their own, by ISO 3166 code. `EU` stands for the area as a whole.
const NAMES: [(&str, &str); 49] = [
    ("EU", "European Economic Area"),
    ("IN", "India"),
    ("GB", "United Kingdom"),
    ("GB-EAW", "England and Wales"),
    ("GB-ENG", "England"),
    ("GB-WLS", "Wales"),
    ("GB-SCT", "Scotland"),
    ("GB-NIR", "Northern Ireland"),
    ("US", "United States"),
    ("US-CA", "California"),
    ("US-CO", "Colorado"),
    ("US-VA", "Virginia"),
    ("CH", "Switzerland"),
    ("CA", "Canada"),
    ("AU", "Australia"),
    ("BR", "Brazil"),
    ("JP", "Japan"),
    ("SG", "Singapore"),
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("BG", "Bulgaria"),
    ("HR", "Croatia"),
    ("CY", "Cyprus"),
    ("CZ", "Czechia"),
    ("DK", "Denmark"),
    ("EE", "Estonia"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("GR", "Greece"),
    ("HU", "Hungary"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("LV", "Latvia"),
    ("LT", "Lithuania"),
    ("LU", "Luxembourg"),
    ("MT", "Malta"),
    ("NL", "Netherlands"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("RO", "Romania"),
    ("SK", "Slovakia"),
    ("SI", "Slovenia"),
    ("ES", "Spain"),
    ("SE", "Sweden"),
    ("IS", "Iceland"),
    ("LI", "Liechtenstein"),
    ("NO", "Norway"),
    ("ZZ", "elsewhere"),
];

/// The place as people call it; its code where this version knows no name for it.
#[must_use]
pub fn name(code: &str) -> &str {
    NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_the_area_has_a_name() {
        for code in ECONOMIC_AREA {
            assert_ne!(name(code), code);
        }
        assert_eq!((name("US-CA"), name("XX-1")), ("California", "XX-1"));
    }
}
