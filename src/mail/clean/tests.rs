//! HTML that people wrote to get out of a mail: whatever it is, only the allow-list comes out. The same payloads go through
//! a real browser in the browser tests.

use super::*;

/// A payload a line; `~` stands for a line end. Shared with the browser tests.
const PAYLOADS: &str = include_str!("payloads.txt");

fn payloads() -> impl Iterator<Item = String> {
    PAYLOADS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.replace('~', "\n"))
}

fn cleaned(html: &str) -> String {
    clean(html, &HashMap::new()).expect("it is not too much").html
}

fn check(html: &str, expected: &str) {
    assert_eq!(cleaned(html), expected, "{html}");
}

/// Every tag of `html` with its attributes, as written.
fn tags(html: &str) -> Vec<&str> {
    tags::tokens(html)
        .filter_map(|token| match token {
            tags::Token::Tag(tag) => Some(tag),
            tags::Token::Text(_) => None,
        })
        .collect()
}

#[test]
fn s24_only_the_allow_list_comes_out() {
    assert!(payloads().count() >= 60, "the corpus is smaller than it was");
    for payload in payloads() {
        let html = cleaned(&payload);
        for tag in tags(&html) {
            let name = tags::name(tag).trim_start_matches('/');
            assert!(SHOWN.contains(&name), "{payload}\nlet {tag} through:\n{html}");
            let rest = tag.trim_start_matches("</").trim_start_matches('<').trim_end_matches('>');
            for attribute in rest.split(' ').skip(1).filter(|a| !a.is_empty()) {
                let name = attribute.split('=').next().unwrap_or_default();
                assert!(["dir", "lang", "colspan", "rowspan"].contains(&name), "{payload}\nlet {tag} through:\n{html}");
            }
        }
        assert!(!html.contains("<!"), "{payload}\nlet a comment through:\n{html}");
        // read once more it stays what it is: nothing in it can turn into something else
        assert_eq!(cleaned(&html), html, "{payload}");
    }
}

#[test]
fn words_tables_and_lists_stay() {
    check("<p style=\"color:red\" onclick=x>Hello <B>world</B><br>again", "<p>Hello <b>world</b><br>again</p>");
    check("<td colspan=2>a</td>", "a");
    check(
        "<table><tr><td colspan=2 width=9 rowspan=x>a</table>",
        "<table><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>",
    );
    check("<div dir=rtl lang=ar>سلام</div>", "<div dir=\"rtl\" lang=\"ar\">سلام</div>");
    check("<font size=7>big</font><center>mid</center>", "bigmid");
}

#[test]
fn links_become_words_with_their_target() {
    check(
        "<a href=\"https://evil.example/x?a=1&b=2\">bank.example</a>",
        "bank.example ‹https://evil.example/x?a=1&amp;b=2›",
    );
    check("<a href=\"https://mail.example/\">https://mail.example/</a>", "https://mail.example/");
    check("<a href=\"javascript:alert(1)\">go</a>", "go");
    check("<a href=\"data:text/html,x\">go</a><a href=\"/cases\">here</a>", "gohere");
    check(
        "<a href='https://x.example/\"><img src=x onerror=alert(1)>'>go</a>",
        &cleaned("<a href='https://x.example/\"><img src=x onerror=alert(1)>'>go</a>"),
    );
}

#[test]
fn pictures_are_only_those_that_were_handed_over() {
    let html =
        "<p><img src=\"cid:a@x\" alt=\"a cat\"><img src=cid:b><img src=http://evil.example/p.gif><img src=cid:a@x></p>";
    let none = clean(html, &HashMap::new()).expect("cleaned");
    assert_eq!(none.html, "<p><i>[picture: a cat]</i></p>");
    assert_eq!((none.pictures, none.remote), (vec!["a@x".to_owned(), "b".to_owned()], 1));
    let held = HashMap::from([("a@x".to_owned(), "data:image/png;base64,AAAA".to_owned())]);
    let some = clean(html, &held).expect("cleaned");
    assert_eq!(some.html, "<p><img src=\"data:image/png;base64,AAAA\" alt=\"a cat\"></p>", "each once");
    let sly = clean("<img src=\"cid:0\"><img src=\"data:image/png;base64,BBBB\"><img src=cid:0 onerror=x>", &held);
    assert_eq!(sly.expect("cleaned").html, "");
}

#[test]
fn secrets_are_covered_also_across_tags() {
    let (html, found) = mask("<p>4242 <b>4242</b>&nbsp;4242 4242 a&amp;b</p><p>Password: <i>hunter2</i></p>");
    assert_eq!(found, 2);
    assert_eq!(html, "<p>•••• •••• •••• 4242<b></b> a&amp;b</p><p>Password: <i>[password]</i></p>");
    assert_eq!(mask("<td>4242</td><td>4242 4242 4242</td>").1, 0, "cells are apart");
}

#[test]
fn s30_html_without_end_is_refused_or_read_in_time() {
    let check = |html: String, fits: bool| {
        let read = std::thread::Builder::new().stack_size(2 << 20).spawn(move || clean(&html, &HashMap::new()).is_ok());
        assert_eq!(read.expect("a thread").join().expect("no overflow"), fits);
    };
    check("<div>".repeat(7_900), true);
    check("<div>".repeat(8_100), false);
    check("x".repeat(1_000_001), false);
    check("<table><tr><td>".repeat(1_000), true);
    // each new element would open all of them again
    let many = (0..1_500).map(|n| format!("<b a{n}=1>")).collect::<Vec<_>>().concat();
    check(format!("<p>{many}</p>{}", "<p>x</p>".repeat(1_500)), true);
    check("<!--".repeat(2_000), true);
    check("<a href=x><b><i>".repeat(1_000), true);
}

#[test]
fn what_a_parser_remembers_loses_its_attributes() {
    assert_eq!(calm::calm("<B x=1>a</b><font color=\"a>b\" y>c<p x=1><i/>"), "<B>a</b><font>c<p x=1><i>");
    assert_eq!(calm::calm("<b"), "<b");
    assert_eq!(calm::calm("<b x"), "<b>");
}
