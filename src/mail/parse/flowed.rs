//! Text whose lines were broken by a program (RFC 3676): put together again, quote marks kept.

/// The text with its paragraphs in one line each. `is_deleting` is `DelSp=yes`: the blank before a break was added.
pub fn unflowed(text: &str, is_deleting: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- ";
        if open.is_none_or(|above| above != depth || is_signature || content.is_empty()) {
            if open.is_some() {
                end_line(&mut out);
            }
            mark(&mut out, depth, content);
        }
        let is_flowed = content.ends_with(' ') && !is_signature;
        out.push_str(if is_flowed && is_deleting { &content[..content.len() - 1] } else { content });
        open = is_flowed.then_some(depth);
        if !is_flowed {
            out.push('\n');
        }
    }
    // the last line had no end of its own
    if out.ends_with('\n') {
        out.pop();
    }
    out
}

/// A line that was to go on and does not.
fn end_line(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

fn mark(out: &mut String, depth: usize, content: &str) {
    for _ in 0..depth {
        out.push('>');
    }
    if depth > 0 && !content.is_empty() {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_deleting: bool, expected: &str) {
        assert_eq!(unflowed(text, is_deleting), expected, "{text:?}");
    }

    #[test]
    fn paragraphs_are_one_line_again() {
        check("one \ntwo\nthree", false, "one two\nthree");
        check("on \ne \ntwo", true, "onetwo");
        check("> a \n> b\n>> c \n> d", false, "> a b\n>> c \n> d");
        check(" stuffed\n From x", false, "stuffed\nFrom x");
        check("a \n\nb", false, "a \n\nb");
        check("bye \n-- \nAnna", false, "bye \n-- \nAnna");
        check("a\n\n\nb\n", false, "a\n\n\nb\n");
        check("", false, "");
    }
}
