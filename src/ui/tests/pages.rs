//! Whole pages as text.

use super::samples;
use crate::{
    app::{by_hand::ByHand, error::FieldError, exports::PackageLine, queue::QueueFilter},
    domain::{
        identity::{PackageId, Reference, RunId},
        kind::Kind,
    },
    ui::{
        form::{Fields, Problems},
        pages::{
            case::{
                self,
                tried::{Act, Since, Tried},
            },
            new_case,
            problem::{self, Problem},
            queue::{self, Said},
            signin::{self, SignIn},
            verify::{self, Leaf},
        },
        render,
        shell::{self, Place},
    },
};
use leptos::prelude::AnyView;

/// A page in the house, as text.
pub(super) fn house(title: &str, place: Place, body: impl FnOnce() -> AnyView) -> String {
    render::html(&samples::frame(), title, || shell::house(&samples::actor(), &samples::rail(), place, body()))
}

pub(super) fn case_html(page: crate::app::case_page::CasePage, tried: &Tried) -> String {
    let title = case::title(&page);
    house(&title, Place::Elsewhere, || case::page(page, tried))
}

fn queue_html(filter: QueueFilter, rows: bool, said: &Said) -> String {
    let rows = if rows { samples::rows() } else { Vec::new() };
    house("Queue", Place::Queue(filter.view), || queue::page(&samples::queue(filter, rows), said))
}

pub(super) fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn by_hand() -> ByHand {
    ByHand {
        product: String::new(),
        kind: "erasure".into(),
        channel: "post".into(),
        received: "2026-11-20T09:30".into(),
        name: "<b>Jo</b>".into(),
        address: "jo@".into(),
        text: "Please\nerase".into(),
    }
}

fn new_case_html() -> String {
    let problems = Problems::new(&[
        FieldError::new("product", "Choose a product"),
        FieldError::new("address", "Enter a whole address"),
    ]);
    house("New case", Place::Elsewhere, || new_case::page(Vec::new(), by_hand(), problems))
}

#[test]
fn no_page_carries_a_style_or_a_handler() {
    let pages = [
        queue_html(QueueFilter::default(), true, &Said::default()),
        queue_html(QueueFilter::default(), false, &Said::default()),
        case_html(samples::case(Kind::Erasure), &Tried::default()),
        case_html(samples::walled(), &Tried::default()),
        new_case_html(),
        render::html(&samples::frame(), "Sign in", || signin::page(SignIn::default())),
        house("x", Place::Elsewhere, || problem::page(&Problem::Broken)),
    ];
    for page in pages.into_iter().chain(super::runs::all()) {
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{}", &page[..80]);
        for never in [" style=", " onclick=", " onsubmit=", "javascript:"] {
            assert!(!page.contains(never), "{never}");
        }
        let with_nonce = page.matches("<script nonce=\"n0nce\"").count()
            + page.matches("<script type=\"module\" nonce=\"n0nce\"").count();
        assert_eq!(page.matches("<script").count(), with_nonce);
        for raw in page.split("<textarea").skip(1).filter_map(|rest| rest.split("</textarea>").next()) {
            assert!(!raw.contains("<!"), "a marker would be shown: {raw}");
        }
    }
}

#[test]
fn a_walled_case_shows_its_clocks_and_nothing_else() {
    let html = case_html(samples::walled(), &Tried::default());
    for there in ["Restricted case", "R-20440", "Open", "Nisha Rao", "Clocks", "restricted responders"] {
        assert!(html.contains(there), "{there}");
    }
    for never in ["Waiting for the person", "Lena", "textarea", "Requester", "Timeline", "name=\"do\"", "ImageGen"] {
        assert!(!html.contains(never), "{never}");
    }
}

#[test]
fn the_title_of_a_restricted_case_says_only_that() {
    let html = case_html(samples::case(Kind::MinorData), &Tried::default());
    assert!(html.contains("<title>R-20418 Restricted case · Recourse</title>"));
    assert!(html.contains("This is a restricted case."));
    assert!(!html.contains("/files/7/"), "an attachment of a restricted case is not offered");
}

#[test]
fn text_of_a_mail_is_never_markup_nor_a_link() {
    let html = case_html(samples::case(Kind::Erasure), &Tried::default());
    assert!(!html.contains("href=\"https://mail.example/x"));
    assert!(html.contains("passport&lt;b"), "a file's name is text");
    assert!(html.contains("/cases/R-20418/files/7/1"));
}

#[test]
fn a_refused_reply_keeps_its_words_and_links_to_the_field() {
    let typed = fields(&[("do", "reply"), ("seen", "5"), ("text", "Dear <Lena>")]);
    let tried = Tried::invalid(Act::Reply, typed, &[FieldError::new("text", "Write something")]);
    let html = case_html(samples::case(Kind::Erasure), &tried);
    assert!(html.contains("Dear &lt;Lena&gt;</textarea>"));
    assert!(html.contains("<a href=\"#text\">Write something<"));
    assert!(html.contains("id=\"text\""));
    assert!(html.contains("name=\"seen\" value=\"5\""), "what happened meanwhile is still noticed");
}

#[test]
fn a_late_reply_shows_what_others_did_and_can_go_on() {
    let typed = fields(&[("do", "reply"), ("seen", "5"), ("text", "My answer")]);
    let entries = vec![samples::event(12, 0, "Arun Pillai", "State changed", " to resolved", Some("All is done"))];
    let html = case_html(samples::case(Kind::Erasure), &Tried::late(Act::Reply, typed, Since { entries, seq: 12 }));
    for there in [
        "Somebody changed this case",
        "All is done",
        "My answer</textarea>",
        "name=\"seen\" value=\"12\"",
        "Send anyway",
    ] {
        assert!(html.contains(there), "{there}");
    }
}

#[test]
fn a_refused_classification_opens_its_form_again() {
    let typed = fields(&[("do", "classify"), ("to", "access"), ("reason", "A copy is asked for")]);
    let tried = Tried::invalid(Act::Classify, typed, &[FieldError::new("reason", "Say more")]);
    let html = case_html(samples::case(Kind::Erasure), &tried);
    assert!(html.contains("<a href=\"#classify-reason\">Say more<"));
    assert!(html.contains("A copy is asked for</textarea>"));
    assert!(html.contains("value=\"access\" selected"));
}

#[test]
fn the_two_ways_to_verify_share_one_form_and_what_was_typed() {
    let html = case_html(samples::case(Kind::Erasure), &Tried::default());
    for there in [
        "value=\"lena.hoffmann@mail.example\"",
        "name=\"do\" value=\"ask\"",
        "name=\"do\" value=\"decide\"",
        ">asked 23 Nov 2026, 10:12 IST<",
    ] {
        assert!(html.contains(there), "{there}");
    }
    let typed =
        fields(&[("do", "decide"), ("seen", "5"), ("identity", "account"), ("value", "<u-1>"), ("reason", "known")]);
    let problems = [FieldError::new("value", "Look again"), FieldError::new("reason", "Say more")];
    let html = case_html(samples::case(Kind::Erasure), &Tried::invalid(Act::Decide, typed, &problems));
    for there in [
        "<a href=\"#verify-value\">Look again<",
        "<a href=\"#verify-reason\">Say more<",
        "value=\"account\" selected",
        "value=\"&lt;u-1&gt;\"",
        "known</textarea>",
    ] {
        assert!(html.contains(there), "{there}");
    }
    for kind in [Kind::Grievance, Kind::MinorData] {
        let html = case_html(samples::case(kind), &Tried::default());
        assert!(!html.contains("value=\"ask\""), "{kind} is no ordinary use of a right");
    }
}

#[test]
fn a_hold_is_released_by_somebody_else_in_a_form_of_its_own() {
    let typed = fields(&[("do", "release"), ("seen", "5"), ("hold", "4"), ("reason", " ")]);
    let tried = Tried::invalid(Act::Release, typed, &[FieldError::new("reason", "Say why")]);
    let html = case_html(samples::case(Kind::Erasure), &tried);
    for there in ["<a href=\"#release-reason-4\">Say why<", "id=\"release-reason-4\"", "name=\"hold\" value=\"4\""] {
        assert!(html.contains(there), "{there}");
    }
    let mut mine = samples::full(Kind::Erasure);
    mine.holds[0].may_release = false;
    let html = case_html(crate::app::case_page::CasePage::Full(Box::new(mine)), &Tried::default());
    assert!(html.contains("You placed it") && !html.contains("value=\"release\""));
}

#[test]
fn who_only_reads_a_case_is_offered_nothing_to_do_with_it() {
    let mut read = samples::full(Kind::Erasure);
    (read.may_work, read.follow_ups) = (false, Vec::new());
    let until = read.now;
    let fetched = (0, 3);
    read.packages = vec![PackageLine {
        id: PackageId(3),
        run: RunId(9),
        until,
        fetched,
        parts: 1,
        works: true,
        ended: false,
        destroyed: None,
    }];
    let forms = |full: &crate::app::case_page::Full| {
        case_html(crate::app::case_page::CasePage::Full(Box::new(full.clone())), &Tried::default())
            .matches("method=\"post\" action=\"/cases/R-20418\"")
            .count()
    };
    assert_eq!(forms(&read), 0);
    read.may_work = true;
    assert!(forms(&read) > 3);
}

#[test]
fn the_page_of_a_link_knows_nothing_and_never_changes() {
    let (frame, mut other) = (samples::frame(), samples::frame());
    other.nonce = crate::ui::Nonce("another".into());
    for leaf in [Leaf::Ask, Leaf::Thanks, Leaf::Gone, Leaf::Later] {
        let [html, again] =
            [&frame, &other].map(|frame| render::leaf(frame, leaf.title(), || verify::page(leaf.clone())));
        assert_eq!(html, again, "the same bytes each time");
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{html}");
        assert!(html.contains(&format!("<title>{}</title>", leaf.title())));
        for never in ["<script", " style=", "Recourse", "href=\"/queue", "href=\"/signin", "action="] {
            assert!(!html.contains(never), "{never}");
        }
        assert_eq!(html.matches("<button").count(), usize::from(leaf == Leaf::Ask));
    }
}

#[test]
fn a_case_by_hand_keeps_what_was_typed() {
    let html = new_case_html();
    for there in [
        "There are 2 problems",
        "href=\"#product\"",
        "href=\"#address\"",
        "value=\"2026-11-20T09:30\"",
        "&lt;b&gt;Jo",
        "erase</textarea>",
    ] {
        assert!(html.contains(there), "{there}");
    }
}

#[test]
fn a_walled_row_of_the_queue_says_nothing_finer() {
    let html = queue_html(QueueFilter::default(), true, &Said::default());
    let at = html.find("value=\"R-20440\"").unwrap_or_default();
    let row = &html[at..at + html[at..].find("</tr>").unwrap_or_default()];
    assert!(row.contains("Restricted case") && row.contains(">Open<"), "{row}");
    assert!(!row.contains("Waiting"), "{row}");
    assert!(html.contains("10,000+"));
    let groups = ["Breached", "Due today", "This week", "Later", "No clock runs"];
    let at = groups.map(|group| html.find(&format!("scope=\"rowgroup\" colspan=\"8\">{group}")));
    assert!(at.is_sorted() && at[0].is_some(), "{at:?}");
}

#[test]
fn picked_cases_stay_picked_and_nobody_is_chosen_by_default() {
    let said =
        Said { problems: Problems::one("to", "Choose whom"), picked: vec![Reference(20_418)], ..Said::default() };
    let html = queue_html(QueueFilter::default(), true, &said);
    assert!(html.contains("value=\"R-20418\" checked"));
    assert!(html.contains("<a href=\"#to\">Choose whom<") && html.contains("<option value=\"\">Choose<"));
}

#[test]
fn no_password_comes_back() {
    let form = SignIn {
        email: "nisha@x.example".into(),
        next: "/queue".into(),
        problems: Problems::one("email", "Check both"),
        ..SignIn::default()
    };
    let html = render::html(&samples::frame(), "Sign in", || signin::page(form));
    assert!(html.contains("value=\"nisha@x.example\"") && html.contains("name=\"next\" value=\"/queue\""));
    assert!(html.contains("<a href=\"#email\">Check both<"));
}
