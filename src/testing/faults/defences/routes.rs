//! Every address that the console answers, read from the table of who may ask for it: a test of the routers fails where an
//! address has no row there, so that one that is added is tried here without anybody thinking of it.

use recourse::ui::pages::rights::table;

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
    let mut routes: Vec<Route> = Vec::new();
    for row in table() {
        let (get, post) = (row.method == "GET", row.method == "POST");
        assert!(get || post, "{row:?} is asked in another way");
        match routes.iter_mut().find(|route| route.pattern == row.path) {
            Some(route) => (route.get, route.post) = (route.get || get, route.post || post),
            None => routes.push(Route { pattern: row.path, get, post }),
        }
    }
    assert!(routes.len() > 45, "{} routes were found", routes.len());
    routes
}
