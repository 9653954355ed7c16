//! A router that knows its own addresses: each is written down as it is added, so that a test can hold every one of them
//! against the table of who may do what. Nothing else adds an address.

use axum::{
    Router,
    handler::Handler,
    routing::{MethodRouter, get, post},
};

/// An address and one way to ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// The address as a pattern.
    pub path: &'static str,
    /// GET or POST.
    pub method: &'static str,
}

/// A router with the list of its addresses.
pub struct Listed<S = ()> {
    router: Router<S>,
    routes: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Default for Listed<S> {
    fn default() -> Self {
        Self { router: Router::new(), routes: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Listed<S> {
    /// A page.
    #[must_use]
    pub fn page<H: Handler<T, S>, T: 'static>(self, path: &'static str, show: H) -> Self {
        self.add(path, &["GET"], get(show))
    }

    /// A page with a form that is posted to its own address.
    #[must_use]
    pub fn form<H: Handler<T, S>, T: 'static, A: Handler<U, S>, U: 'static>(
        self,
        path: &'static str,
        show: H,
        act: A,
    ) -> Self {
        self.add(path, &["GET", "POST"], get(show).post(act))
    }

    /// What can only be posted.
    #[must_use]
    pub fn act<H: Handler<T, S>, T: 'static>(self, path: &'static str, act: H) -> Self {
        self.add(path, &["POST"], post(act))
    }

    fn add(mut self, path: &'static str, methods: &[&'static str], by: MethodRouter<S>) -> Self {
        self.routes.extend(methods.iter().map(|method| Route { path, method }));
        Self { router: self.router.route(path, by), routes: self.routes }
    }

    /// The addresses of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), routes: self.routes }
    }

    /// The same addresses with something around all of them.
    #[must_use]
    pub fn within<R>(self, around: impl FnOnce(Router<S>) -> Router<R>) -> Listed<R> {
        Listed { router: around(self.router), routes: self.routes }
    }

    /// Every address.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The router itself.
    pub fn into_router(self) -> Router<S> {
        self.router
    }
}
