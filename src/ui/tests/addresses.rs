//! Addresses: where signing in may lead, and what a filter writes into the address bar.

use crate::{
    app::queue::{QueueFilter, View},
    domain::{
        clock::{Duty, Layer},
        kind::Kind,
    },
    ui::{pages::case::server::disposition, paths},
};

#[test]
fn signing_in_leads_only_to_places_inside() {
    for inside in ["/", "/queue?view=mine", "/cases/R-10021#text", "/a//b"] {
        assert_eq!(paths::local(inside), inside);
    }
    for outside in [
        "",
        "queue",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "/\n/x",
        "javascript:x",
    ] {
        assert_eq!(paths::local(outside), "/", "{outside:?}");
    }
}

proptest::proptest! {
    /// Whatever is asked for, a browser that is sent there stays on this host. The alphabet is what such tricks are made of.
    #[test]
    fn s22_whatever_is_asked_for_leads_nowhere_else(next in "[/\\\\:.@%#?a-e\t\r\n 0-9\u{0}\u{85}\u{2028}\u{ff0f}]{0,24}|[/\\\\]{1,3}[a-z.@:]{1,12}|(https?|javascript|data):.{0,12}") {
        let base: reqwest::Url = "https://desk.imagegen.example/signin".parse().expect("an address");
        let led = base.join(paths::local(&next));
        proptest::prop_assert!(led.is_ok_and(|led| led.origin() == base.origin()), "{next:?}");
    }
}

#[test]
fn no_two_routes_claim_one_address() {
    drop(crate::ui::router::routes().and(crate::ui::router::door()));
}

#[test]
fn the_link_in_a_mail_leads_to_its_page() {
    assert_eq!(paths::patterns::VERIFY, format!("{}/{{token}}", crate::app::verification::PLACE));
}

#[test]
fn a_filter_writes_only_what_differs() {
    assert_eq!(paths::queue(&QueueFilter::default()), "/queue");
    let filter = QueueFilter {
        view: View::Mine,
        q: "a&b ü".into(),
        kind: Some(Kind::ContentOther),
        product: None,
        layer: Some(Layer::Law),
        duty: Some(Duty::Acknowledge),
        after: None,
    };
    assert_eq!(
        paths::queue(&filter),
        "/queue?view=mine&q=a%26b%20%C3%BC&kind=content_report%3Aother&layer=law&duty=acknowledge"
    );
}

#[test]
fn a_file_name_cannot_leave_its_header_or_folder() {
    let check = |name: &str, expected: &str| assert_eq!(disposition(name), expected, "{name}");
    check("order.png", "attachment; filename=\"order.png\"; filename*=UTF-8''order.png");
    check("../../etc/passwd", "attachment; filename=\"etcpasswd\"; filename*=UTF-8''etcpasswd");
    check("a\"\r\nSet-Cookie: x", "attachment; filename=\"a_Set-Cookie_ x\"; filename*=UTF-8''a%22Set-Cookie%3A%20x");
    check("übung.pdf", "attachment; filename=\"_bung.pdf\"; filename*=UTF-8''%C3%BCbung.pdf");
    check("...", "attachment; filename=\"attachment\"; filename*=UTF-8''attachment");
    check("NUL", "attachment; filename=\"_NUL\"; filename*=UTF-8''_NUL");
    check("com1 .txt", "attachment; filename=\"_com1 .txt\"; filename*=UTF-8''_com1%20.txt");
    check("console.log", "attachment; filename=\"console.log\"; filename*=UTF-8''console.log");
}
