//! Every address that the console answers, read from the source of its routers: one that is added there is tried here
//! without anybody thinking of it.

use std::collections::HashMap;

/// One address and how it may be asked.
#[derive(Debug, Clone)]
pub struct Route {
    /// As the router has it: `/cases/{reference}`.
    pub pattern: String,
    /// By GET.
    pub get: bool,
    /// By POST.
    pub post: bool,
}

impl Route {
    /// The address with the names in it filled in.
    pub fn with(&self, names: &[(&str, &str)]) -> String {
        let filled =
            names.iter().fold(self.pattern.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        assert!(!filled.contains('{'), "nothing fills {filled}");
        filled
    }

    /// True where a token in the request opens it, and no cookie.
    pub fn is_for_machines(&self) -> bool {
        self.pattern.starts_with("/intake/")
    }
}

/// Every route of the program.
pub fn all() -> Vec<Route> {
    let sources = [
        include_str!("../../../ui/router.rs"),
        include_str!("../../../web/mod.rs"),
        include_str!("../../../web/assets.rs"),
        include_str!("../../../web/intake.rs"),
        include_str!("../../../web/recipients.rs"),
    ];
    let constants = constants();
    let mut routes = Vec::new();
    for source in sources {
        for (at, found) in source.match_indices(".route(") {
            let rest = &source[at + found.len()..];
            // to the bracket that closes it
            let mut depth = 1_i32;
            let end = rest.char_indices().find(|(_, c)| {
                depth += match c {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
                depth == 0
            });
            let call = &rest[..end.expect("it ends").0];
            let (address, how) = call.split_once(',').expect("an address and a handler");
            routes.push(Route {
                pattern: resolved(address.trim(), &constants),
                get: how.contains("get(")
                    || how.trim() == "keys"
                    || how.trim() == "audit_keys"
                    || how.trim() == "schema",
                post: how.contains("post("),
            });
        }
    }
    assert!(routes.len() > 45, "{} routes were found", routes.len());
    for route in &routes {
        assert!(route.get || route.post, "{route:?} is asked in another way");
    }
    routes
}

/// The constants that routers name their addresses by.
fn constants() -> HashMap<String, String> {
    let sources = [
        include_str!("../../../ui/paths.rs"),
        include_str!("../../../web/well_known.rs"),
        include_str!("../../../app/exports/form.rs"),
    ];
    let lines = sources.iter().flat_map(|source| source.lines());
    let consts = lines.filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": &str = \""));
    consts.map(|(name, value)| (name.to_owned(), value.trim_end_matches("\";").to_owned())).collect()
}

fn resolved(address: &str, constants: &HashMap<String, String>) -> String {
    if let Some(literal) = address.strip_prefix('"') {
        return literal.trim_end_matches('"').to_owned();
    }
    let name = address.rsplit("::").next().unwrap_or_default();
    constants.get(name).unwrap_or_else(|| panic!("nobody says what {address} is")).clone()
}
