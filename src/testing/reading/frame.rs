//! HTML versions and attachments: for whom, and as what.

use crate::{
    app::{
        Error, mailroom,
        reading::{self, Version},
        verbs,
    },
    domain::{identity::MessageId, kind::Kind},
    testing::{house::ADDRESS, on_both},
};

/// A PNG of one dot, in base64.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn rich() -> String {
    format!(
        "From: Anna <anna@mail.example>\nTo: {ADDRESS}\nSubject: Privacy Request\nMessage-ID: <h1@mail.example>\n\
         Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: multipart/alternative; boundary=a\n\n\
         --a\nContent-Type: text/plain\n\nPlease delete my account.\n\
         --a\nContent-Type: text/html\n\n<p onclick=x>Please <b>delete</b> <img src=\"cid:dot\" alt=\"dot\"><img src=\"cid:page\"> \
         4242 4242 4242 4242<script>alert(1)</script><img src=https://evil.example/p.gif></p>\n--a--\n\
         --r\nContent-Type: image/png; name=dot.png\nContent-ID: <dot>\nContent-Transfer-Encoding: base64\n\n{PNG}\n\
         --r\nContent-Type: image/png; name=page.png\nContent-ID: <page>\n\n<svg onload=alert(1)>\n--r--\n"
    )
}

on_both! {
    async fn html_comes_cleaned_and_pictures_only_when_asked_for(house: House) {
        let reference = house.opens(&rich()).await;
        let message = MessageId(1);
        let html = |pictures| reading::html(&house.app, &house.agent, reference, message, pictures);
        let Version::Html(plain) = html(false).await.expect("it is there") else { panic!("it has HTML") };
        assert_eq!((plain.pictures, plain.shown, plain.remote, plain.secrets), (2, 0, 1, 1));
        assert!(plain.html.contains("<b>delete</b>") && plain.html.contains("[picture: dot]"), "{}", plain.html);
        for never in ["<img", "alert", "evil", "onclick", "4242 4242"] {
            assert!(!plain.html.contains(never), "{never} in {}", plain.html);
        }
        let Version::Html(shown) = html(true).await.expect("it is there") else { panic!("it has HTML") };
        assert_eq!(shown.shown, 1, "what only says it is a picture is none");
        assert!(shown.html.contains(&format!("<img src=\"data:image/png;base64,{PNG}\"")), "{}", shown.html);
        let none = reading::html(&house.app, &house.agent, reference, MessageId(9), false).await;
        assert!(matches!(none, Err(Error::NotFound)));
    }

    async fn of_a_restricted_case_nobody_gets_html_or_files(house: House) {
        let reference = house.opens(&rich()).await;
        verbs::classify_case(&house.app, &house.officer, reference, i64::MAX, Kind::MinorData, "about a minor").await.expect("sealed");
        for actor in [&house.officer, &house.agent] {
            let html = reading::html(&house.app, actor, reference, MessageId(1), true).await;
            assert!(matches!(html, Err(Error::NotFound)), "{html:?}");
            let file = mailroom::attachment(&house.app, actor, reference, MessageId(1), 2).await;
            assert!(matches!(file, Err(Error::NotFound)), "{file:?}");
        }
    }

    async fn s33_a_file_is_what_its_bytes_say(house: House) {
        let reference = house.opens(&rich()).await;
        let file = |part| mailroom::attachment(&house.app, &house.agent, reference, MessageId(1), part);
        assert_eq!(file(2).await.expect("the picture").media_type, "image/png");
        assert_eq!(file(3).await.expect("the other").media_type, "application/octet-stream", "whatever it says it is");
        assert!(matches!(file(0).await, Err(Error::NotFound)), "the letter itself is no file");
    }
}
