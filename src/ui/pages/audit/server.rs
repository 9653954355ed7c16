//! Answers requests for the audit log.

use super::page;
use crate::{
    app::{
        audit::{self, AuditFilter},
        error::Error,
    },
    ui::{
        answer,
        asked::{Asked, JustProved},
        form::Fields,
        paths,
        shell::Place,
    },
};
use axum::{
    Extension,
    body::Body,
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

/// GET: one page.
pub async fn show(asked: Asked, Query(query): Query<Vec<(String, String)>>) -> Response {
    let query = Fields(query);
    let outcome = draw(&asked, &filter(&query), query.get("done") == "proved").await;
    asked.answer(outcome).await
}

/// POST: everything that the filter in the address finds, as CSV. Whoever had to prove who they are is led back to the log
/// first: beside a file the page that asked would stand, and say that nothing was done.
pub async fn export(
    asked: Asked,
    Query(query): Query<Vec<(String, String)>>,
    proved: Option<Extension<JustProved>>,
) -> Response {
    let filter = filter(&Fields(query));
    if proved.is_some() {
        return answer::go(&paths::audit_proved(&filter));
    }
    match audit::exported(&asked.app, &asked.actor, &filter).await {
        Ok(pieces) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.csv\"")),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
                (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, Body::from_stream(pieces)).into_response()
        }
        Err(Error::Invalid(_)) => {
            let outcome = draw(&asked, &filter, false).await;
            asked.answer(outcome).await
        }
        Err(error) => asked.answer(Err(error)).await,
    }
}

async fn draw(asked: &Asked, filter: &AuditFilter, is_proved: bool) -> Result<Response, Error> {
    let audit = audit::load(&asked.app, &asked.actor, filter).await?;
    let status = if audit.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    asked.show(status, "Audit log", Place::Audit, move || page(&audit, is_proved)).await
}

/// The filter in an address.
fn filter(query: &Fields) -> AuditFilter {
    let typed = |name, most| query.get(name).trim().chars().take(most).collect();
    AuditFilter {
        person: typed("person", 40),
        action: typed("action", 40),
        case: typed("case", 40),
        from: typed("from", 40),
        to: typed("to", 40),
        before: typed("before", 400),
    }
}
