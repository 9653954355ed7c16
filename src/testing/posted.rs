//! Mail that providers post: kept for whoever shows the product's token, in each shape that providers use; refused so that
//! the provider keeps it where we cannot.

use super::{
    house::{House, PRODUCT},
    on_both,
};
use crate::{store::sql, web};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use tower::ServiceExt as _;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const MAIL: &[u8] =
    b"From: a@mail.example\r\nMessage-ID: <posted@mail.example>\r\nSubject: My data\r\n\r\nPlease send it. \xff\r\n";

/// Posts a body as nobody's browser would: without a cookie and without an origin.
async fn posts(house: &House, product: &str, authorization: &str, kind: &str, body: Vec<u8>) -> (StatusCode, String) {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let request = Request::post(format!("/intake/{product}"))
        .header("host", "desk.imagegen.example")
        .header("authorization", authorization)
        .header("content-type", kind)
        .body(Body::from(body))
        .expect("a request");
    let response = web::router(house.app.clone(), stopped).oneshot(request).await.expect("an answer");
    let (head, body) = response.into_parts();
    assert!(!head.headers.contains_key("set-cookie"));
    let retries = head.headers.contains_key("retry-after");
    assert_eq!(retries, head.status == StatusCode::SERVICE_UNAVAILABLE);
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    (head.status, String::from_utf8(body.to_vec()).expect("it is text"))
}

async fn kept(house: &House) -> Vec<(i64, String)> {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql("SELECT size, came FROM messages ORDER BY id").all(&mut tx).await.expect("it lists")
}

on_both! {
    async fn a_posted_mail_is_kept_whichever_way_it_is_wrapped(house: House) {
        let house = house.with_poster(TOKEN);
        let bearer = format!("Bearer {TOKEN}");
        let basic = format!("Basic {}", data_encoding::BASE64.encode(format!("x:{TOKEN}").as_bytes()));
        let form = MAIL.iter().map(|b| format!("%{b:02X}")).collect::<Vec<_>>().concat();
        let part = |mail: &[u8]| [
            b"--cut\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nhello\r\n--cut\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n",
            mail, b"\r\n--cut--\r\n",
        ].concat();
        for (authorization, kind, body) in [
            (&bearer, "message/rfc822", MAIL.to_vec()),
            (&basic, "application/octet-stream", MAIL.to_vec()),
            (&bearer, "application/x-www-form-urlencoded", format!("sender=x&body-mime={form}").into_bytes()),
            (&basic, "multipart/form-data; boundary=cut", part(MAIL)),
        ] {
            let (status, says) = posts(&house, PRODUCT, authorization, kind, body).await;
            assert_eq!((status, says.as_str()), (StatusCode::OK, "{\"kept\":true}\n"), "{kind}");
        }
        assert_eq!(kept(&house).await, [(i64::try_from(MAIL.len()).expect("small"), "http".to_owned())], "the same bytes each time");
        house.works().await;
        let mut tx = house.app.db.read().await.expect("a reader");
        assert_eq!(sql("SELECT COUNT(*) FROM cases").one::<(i64,)>(&mut tx).await.expect("it counts"), (1,));
    }

    async fn whoever_shows_no_right_token_learns_nothing(house: House) {
        let house = house.with_poster(TOKEN);
        let right = format!("Bearer {TOKEN}");
        let mut answers = Vec::new();
        for (product, authorization) in [
            (PRODUCT, "Bearer 0123456789abcdef0123456789abcdeX"),
            (PRODUCT, "Bearer "),
            (PRODUCT, TOKEN),
            ("no-such-product", "Bearer x"),
            ("no-such-product", &right),
        ] {
            answers.push(posts(&house, product, authorization, "message/rfc822", MAIL.to_vec()).await);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(kept(&house).await.is_empty());
    }

    async fn what_is_not_kept_is_refused_so_that_the_provider_keeps_it(house: House) {
        let house = house.with_poster(TOKEN);
        let bearer = format!("Bearer {TOKEN}");
        let form = "application/x-www-form-urlencoded";
        let (status, says) = posts(&house, PRODUCT, &bearer, form, b"subject=hello&text=parsed".to_vec()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(says.contains("body-mime"), "{says}");
        assert_eq!(posts(&house, PRODUCT, &bearer, "message/rfc822", Vec::new()).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(posts(&house, PRODUCT, &bearer, "multipart/form-data; boundary=x", b"--x\r\nbroken".to_vec()).await.0, StatusCode::SERVICE_UNAVAILABLE);
        house.app.db.close().await;
        assert_eq!(posts(&house, PRODUCT, &bearer, "message/rfc822", MAIL.to_vec()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
}
