//! The published keys: for everybody, without a session, and what believes the receipts signed with them.

use super::{house::House, on_both};
use crate::{generation::receipt::PublicKeys, store::runs::receipts, web};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use tower::ServiceExt as _;

async fn asks(house: &House, method: Method) -> (StatusCode, HeaderMap, Vec<u8>) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let request = Request::builder()
        .method(method)
        .uri("/.well-known/recourse-receipt-keys")
        .header("host", "desk.imagegen.example")
        .body(Body::empty())
        .expect("a request");
    let response = web::router(house.app.clone(), stopped).oneshot(request).await.expect("an answer");
    let (head, body) = response.into_parts();
    (head.status, head.headers, to_bytes(body, 1 << 20).await.expect("a body").to_vec())
}

on_both! {
    async fn everybody_may_have_the_keys_of_receipts(house: House) {
        let (status, headers, body) = asks(&house, Method::GET).await;
        let first: PublicKeys = serde_json::from_slice(&body).expect("it reads");
        assert_eq!((status, first.keys.len()), (StatusCode::OK, 1));
        assert_eq!((first.keys[0].kid.as_str(), first.keys[0].valid_until.as_ref()), (house.app.signer.key_id(), None));
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["cache-control"], "public, max-age=300");
        assert!(!headers.contains_key("set-cookie"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("content-security-policy"));

        let signer = &house.app.signer;
        for (id, key) in [("receipts-new", [1; 32]), (signer.key_id(), signer.public_key())] {
            house.pass(60_000);
            let mut tx = house.app.db.begin().await.expect("it begins");
            receipts::receipt_key_use(&mut tx, id, &key, house.app.now()).await.expect("it is kept");
            tx.commit().await.expect("it commits");
        }
        let (_, _, body) = asks(&house, Method::GET).await;
        let keys: PublicKeys = serde_json::from_slice(&body).expect("it reads");
        let listed: Vec<_> = keys.keys.iter().map(|key| (key.kid.as_str(), key.valid_until.is_some())).collect();
        assert_eq!(listed, [("receipts-new", true), (signer.key_id(), false)]);

        let (status, headers, nothing) = asks(&house, Method::HEAD).await;
        assert_eq!((status, nothing.len()), (StatusCode::OK, 0));
        assert_eq!(headers["content-length"], body.len().to_string().as_str());
        assert_eq!(asks(&house, Method::POST).await.0, StatusCode::METHOD_NOT_ALLOWED);
        house.app.db.close().await;
        assert_eq!(asks(&house, Method::GET).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
}
