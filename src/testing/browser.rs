//! A browser without scripts: keeps the cookies it was given and says where it comes from.

use crate::{app::App, web};
use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, request::Builder},
};
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt as _;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// A header as text, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The value that a cookie is given.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let set = self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let mut pairs = set.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
        pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The page without what differs from one answer to the next.
    pub fn plain(&self) -> String {
        let Some((_, rest)) = self.body.split_once("nonce=\"") else { return self.body.clone() };
        let nonce = rest.split('"').next().unwrap_or_default();
        self.body.replace(nonce, "NONCE")
    }

    /// What stands between two texts.
    pub fn between(&self, from: &str, to: &str) -> &str {
        let (_, rest) = self.body.split_once(from).unwrap_or_else(|| panic!("no {from} in {}", self.body));
        rest.split_once(to).expect("an end").0
    }
}

/// A browser.
#[derive(Clone)]
pub struct Browser {
    pub app: App,
    pub client: IpAddr,
    pub token: Option<String>,
    /// What it is known by where somebody has signed in with it.
    pub device: Option<String>,
}

impl Browser {
    pub fn new(app: App) -> Self {
        Self { app, client: [198, 51, 100, 7].into(), token: None, device: None }
    }

    pub fn with(app: App, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(app) }
    }

    /// The same, somewhere else.
    pub fn at(self, client: impl Into<IpAddr>) -> Self {
        Self { client: client.into(), ..self }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(request, Body::from(pairs.join("&"))).await
    }

    /// Any request.
    pub async fn ask(&mut self, request: Builder, body: Body) -> Answer {
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let mut request = request.header("host", "desk.imagegen.example").header("sec-fetch-site", "same-origin");
        let cookies = [("__Host-recourse", &self.token), ("__Host-recourse-device", &self.device)];
        let cookies: Vec<_> =
            cookies.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={value}"))).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let mut request = request.body(body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.client, 4_242))));
        let response = web::router(self.app.clone(), stopped).oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let body = to_bytes(body, 1 << 22).await.expect("a body").to_vec();
        let answer =
            Answer { status: head.status, headers: head.headers, body: String::from_utf8(body).expect("text") };
        for (name, kept) in [("__Host-recourse", &mut self.token), ("__Host-recourse-device", &mut self.device)] {
            if let Some(value) = answer.cookie(name) {
                *kept = Some(value.to_owned()).filter(|value| !value.is_empty());
            }
        }
        answer
    }

    /// Types an address and a password at the door.
    pub async fn knocks(&mut self, email: &str, password: &str) -> Answer {
        self.post("/signin", &[("email", email), ("password", password)]).await
    }

    /// Whether the token opens the console: pages by GET, forms by POST.
    pub async fn is_in(&self) -> bool {
        let mut other = self.clone();
        let page = other.get("/account").await;
        let form = other.post("/account", &[("do", "nothing")]).await;
        match (page.status, form.status) {
            (StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY) => true,
            (StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED) => {
                assert!(page.header("location").starts_with("/signin"), "{}", page.header("location"));
                false
            }
            other => panic!("in and out: {other:?}"),
        }
    }
}

pub fn encoded(text: &str) -> String {
    crate::ui::paths::encoded(text)
}
