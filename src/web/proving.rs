//! Where a verb wants a fresh proof of who acts: the answer is 401 with a page that asks for it and holds the form that was
//! sent; sent again with the proof, the form is repeated under a new token. Nothing is done before.

use super::{LARGEST_FORM, guard};
use crate::{
    app::{
        App, Error,
        proving::{means_of, prove},
        second_factor::Factor,
        sessions::{Session, SessionToken, session_of},
        sign_in::Refused,
    },
    domain::sign_in::Stage,
    ui::{
        self,
        answer::{self, Unproved},
        asked::{Frame, JustProved},
        form::{Fields, Problems},
        pages::{
            factor,
            prove::{PROOF, PROOF_BY_PASSKEY, page},
            signin::server::{later, too_many, with_session},
        },
        render,
    },
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest as _, FromRequestParts as _, Request, State},
    http::{Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};

/// Looks at forms on their way in and at their answers on the way out.
pub async fn repeated(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded"));
    let Some(session) = request.extensions().get::<Session>().cloned() else { return next.run(request).await };
    // islands only ask and keep drafts; half a session proves itself at the door alone, and nobody has to before they leave
    let path = request.uri().path();
    let asks_nothing = session.stage != Stage::Full || path == ui::paths::SIGNOUT || path.starts_with("/api/");
    if request.method() != Method::POST || !is_form || asks_nothing {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_FORM).await else {
        return render::plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The form is too large. Go back, shorten the text and try again.",
        );
    };
    let asked = Asked { app, session, parts: parts.clone(), bytes: bytes.clone() };
    // most forms hold no proof, and are not read twice
    let holds_proof = bytes.windows(PROOF.len()).any(|window| window == PROOF.as_bytes());
    let sent = if holds_proof { asked.sent().await } else { Fields::default() };
    // as it was typed: a password may begin or end with a space
    let filled = |name| Some(sent.get(name)).filter(|typed| !typed.trim().is_empty());
    let factor = filled(PROOF_BY_PASSKEY).map(Factor::Passkey).or_else(|| filled(PROOF).map(Factor::Code));
    let mut request = Request::from_parts(parts, Body::from(bytes));
    let mut renewed = None;
    if let Some(factor) = factor {
        match prove(&asked.app, &asked.session, factor).await {
            Ok(token) => {
                match session_of(&asked.app, token.as_str()).await {
                    Ok(Some(session)) => guard::admit(&mut request, session),
                    Ok(None) => return asked.refused(factor, &Error::NotFound.into()).await,
                    Err(error) => return asked.refused(factor, &error.into()).await,
                }
                request.extensions_mut().insert(JustProved);
                renewed = Some(token);
            }
            Err(refused) => return asked.refused(factor, &refused).await,
        }
    }
    let response = next.run(request).await;
    if response.extensions().get::<Unproved>().is_some() {
        return asked.ask(StatusCode::UNAUTHORIZED, Problems::default()).await;
    }
    kept(response, renewed)
}

/// The answer, with the new token unless the verb made a newer one.
fn kept(response: Response, renewed: Option<SessionToken>) -> Response {
    match renewed {
        Some(token) if !response.headers().contains_key(header::SET_COOKIE) => with_session(response, &token),
        _ => response,
    }
}

/// A form that was sent.
struct Asked {
    app: App,
    session: Session,
    parts: Parts,
    bytes: Bytes,
}

impl Asked {
    async fn sent(&self) -> Fields {
        let request = Request::from_parts(self.parts.clone(), Body::from(self.bytes.clone()));
        Fields::from_request(request, &self.app).await.unwrap_or_default()
    }

    async fn refused(&self, factor: Factor<'_>, refused: &Refused) -> Response {
        let (field, wrong) = match factor {
            Factor::Code(_) => (PROOF, "This does not prove it: it is wrong, or was used already"),
            Factor::Passkey(_) => (PROOF_BY_PASSKEY, factor::server::wrong(factor)),
        };
        match refused {
            Refused::Wrong => self.ask(StatusCode::UNAUTHORIZED, Problems::one(field, wrong)).await,
            Refused::Busy(seconds) => {
                let problems = Problems::one(field, &too_many(*seconds));
                later(self.ask(StatusCode::TOO_MANY_REQUESTS, problems).await, *seconds)
            }
            Refused::Other(error) => {
                let mut parts = self.parts.clone();
                match Frame::from_request_parts(&mut parts, &self.app).await {
                    Ok(frame) => answer::at_the_door(&frame, error),
                    Err(response) => response,
                }
            }
        }
    }

    /// The page that asks for the proof.
    async fn ask(&self, status: StatusCode, problems: Problems) -> Response {
        let mut parts = self.parts.clone();
        let frame = match Frame::from_request_parts(&mut parts, &self.app).await {
            Ok(frame) => frame,
            Err(response) => return response,
        };
        let means = match means_of(&self.app, &self.session).await {
            Ok(means) => means,
            Err(error) => return answer::at_the_door(&frame, &error),
        };
        let sent = self.sent().await;
        let action = self.parts.uri.path_and_query().map_or("/", |path| path.as_str());
        render::document(&frame, status, "Prove again who you are", || {
            page(action, &sent, means, &self.app.settings.public_url, problems)
        })
    }
}
