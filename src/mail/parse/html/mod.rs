//! HTML into plain text: in one pass, with memory for the text alone, whatever the HTML. Nothing is loaded, nothing
//! is run; where links lead and what stands in for pictures is kept.

mod entities;
mod paper;
mod tags;

use paper::Paper;
use tags::Tag;

/// Elements whose content is no text.
const SILENT: [&str; 8] = ["script", "style", "title", "template", "noframes", "noembed", "iframe", "object"];

/// Elements that stand on lines of their own, and how many line ends part them from what is around.
const BLOCKS: [(&str, usize); 33] = [
    ("p", 2),
    ("h1", 2),
    ("h2", 2),
    ("h3", 2),
    ("h4", 2),
    ("h5", 2),
    ("h6", 2),
    ("ul", 2),
    ("ol", 2),
    ("dl", 2),
    ("pre", 2),
    ("blockquote", 2),
    ("table", 1),
    ("hr", 1),
    ("div", 1),
    ("tr", 1),
    ("li", 1),
    ("dt", 1),
    ("dd", 1),
    ("section", 1),
    ("article", 1),
    ("header", 1),
    ("footer", 1),
    ("form", 1),
    ("fieldset", 1),
    ("address", 1),
    ("center", 1),
    ("body", 1),
    ("main", 1),
    ("nav", 1),
    ("figure", 1),
    ("figcaption", 1),
    ("caption", 1),
];

/// The text of `html`, at most about `most` bytes.
pub fn text(html: &str, most: usize) -> String {
    let mut paper = Paper::new();
    let mut links: Vec<(String, usize)> = Vec::new();
    let mut rest = html;
    while !rest.is_empty() && paper.len() < most {
        let next = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        if next > 0 {
            paper.words(&entities::decoded(&rest[..next]));
            rest = &rest[next..];
            continue;
        }
        let Some((tag, after)) = tags::read(rest) else {
            paper.words("<");
            rest = &rest[1..];
            continue;
        };
        rest = after;
        if let Tag::Element { name, is_end: false, .. } = &tag
            && SILENT.contains(&name.as_str())
        {
            rest = tags::after_end_of(name, rest);
            continue;
        }
        if let Tag::Element { name, is_end, href, src_text } = tag {
            element(&mut paper, &mut links, &name, is_end, href, src_text);
        }
    }
    paper.done()
}

fn element(
    paper: &mut Paper,
    links: &mut Vec<(String, usize)>,
    name: &str,
    is_end: bool,
    href: Option<String>,
    stands_in: Option<String>,
) {
    const MOST_LINKS: usize = 20;
    if let Some((_, lines)) = BLOCKS.iter().find(|(block, _)| *block == name) {
        paper.apart(*lines);
    }
    match (name, is_end) {
        ("br", _) => paper.line_end(),
        ("blockquote", false) => paper.quote(1),
        ("blockquote", true) => paper.quote(-1),
        ("pre", is_end) => paper.keep_lines(!is_end),
        ("ul", false) => paper.list(None),
        ("ol", false) => paper.list(Some(0)),
        ("ul" | "ol", true) => paper.list_end(),
        ("li", false) => paper.item(),
        ("td" | "th", true) => paper.words(" "),
        ("hr", _) => paper.words("----------"),
        ("img", false) => {
            if let Some(text) = stands_in.filter(|text| !text.trim().is_empty()) {
                paper.words(&format!("[{}]", text.trim()));
            }
        }
        ("a", false) if links.len() < MOST_LINKS => links.push((href.unwrap_or_default(), paper.len())),
        ("a", true) => {
            if let Some((href, start)) = links.pop() {
                paper.link(&href, start);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(text(html, 1 << 20), expected, "{html}");
    }

    #[test]
    fn html_reads_as_text() {
        check("<p>One  two\nthree</p><p>four<br>five</p>", "One two three\n\nfour\nfive");
        check(
            "<html><head><title>x</title><style>p{}</style></head><body>hi<script>alert('</p>')</script> there</body>",
            "hi there",
        );
        check("<ul><li>one<li>two</ul>after", "* one\n* two\n\nafter");
        check("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b");
        check("<a href=\"https://b.example/x?a=1&amp;b=2\">here</a>", "here <https://b.example/x?a=1&b=2>");
        check("<a href='https://b.example'>https://b.example</a> <a href=#top>up</a>", "https://b.example up");
        check("<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example");
        check("<img src=\"cid:x\" alt=\"a bicycle\"> <img src=x>", "[a bicycle]");
        check("<div>a</div><div><br></div><div>b</div>", "a\n\nb");
        check("<blockquote>one<p>two</p></blockquote>three", "> one\n>\n> two\n\nthree");
        check("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc");
        check("<pre>a\n  b</pre>", "a\n  b");
        check(
            "&lt;b&gt; &amp;amp; &nbsp;x &#252; &#xfc; &#150; &euro; &nosuch; AT&T &copy",
            "<b> &amp; x ü ü – € &nosuch; AT&T ©",
        );
    }

    #[test]
    fn bent_html_reads() {
        check("a < b and 3 <4", "a < b and 3 <4");
        check("<!-- x --><p class='a>b'>c<!-- never ends <p>d", "c");
        check("<![if mso]>x<![endif]>y<?xml version='1'?>z", "xyz");
        check("<b>bold<i>both</b>end", "boldbothend");
        check("<p title=\"never ends>text", "text");
        check("<style>never ends", "");
        check("x<o:p></o:p><A HREF=https://b.example/>y</A>", "xy <https://b.example/>");
    }

    #[test]
    fn html_without_end_reads_in_time() {
        for html in [
            "<div>",
            "<b>x",
            "<blockquote>",
            "<ol><li>",
            "<a href=x>",
            "<",
            "<!--",
            "&",
            "<p a=\"",
            "<script>",
            "<x ",
            "<p '>",
        ] {
            let _ = text(&html.repeat(500_000), 1 << 20);
        }
        let _ = text(&format!("<p {}>", "a=b ".repeat(500_000)), 1 << 20);
    }
}
