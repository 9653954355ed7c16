//! Text made fit for databases and screens. Takes away, never adds.

/// Text without what no database or screen can hold: NUL and other controls, except tabs and line ends, which become
/// `\n`.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// True for marks that turn the direction of what follows: they would rewrite what stands beside them.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same for one line, with folding white space made plain and without marks that turn the direction of what
/// follows: they would rewrite the reference beside them.
#[must_use]
pub fn line(text: &str) -> String {
    let text: String = clean(text).chars().filter(|c| !turns(*c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A header's text on one line: folds become a blank, blanks within the line stay as they are.
pub fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        at += 1;
        match b {
            b'\r' | b'\n' => {
                while bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
                    at += 1;
                }
                while out.last().is_some_and(|b| matches!(b, b' ' | b'\t')) {
                    out.pop();
                }
                out.push(b' ');
            }
            0 => {}
            b => out.push(b),
        }
    }
    out
}

/// A decoded header on one line: like [`line`], but blanks within it stay as many as they were.
pub fn one_line(text: &str) -> String {
    let keep = |c: char| {
        if matches!(c, '\n' | '\t') { Some(' ') } else { (!turns(c)).then_some(c) }
    };
    clean(text).chars().filter_map(keep).collect::<String>().trim().to_owned()
}

/// A file's name without folders and without marks that hide its ending; never empty, at most 200 characters.
/// `instead` names what has no name.
pub fn file_name(name: &str, instead: impl FnOnce() -> String) -> String {
    const LONGEST: usize = 200;
    let name = one_line(name);
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let last = last.trim().trim_end_matches(['.', ' ']);
    if last.chars().all(|c| c == '.' || c.is_whitespace()) {
        return instead();
    }
    let count = last.chars().count();
    if count <= LONGEST {
        return last.to_owned();
    }
    // what is cut keeps its ending
    let ending =
        last.rsplit_once('.').map(|(_, ending)| ending).filter(|e| e.chars().count() <= 10).unwrap_or_default();
    let stem: String = last.chars().take(LONGEST - ending.chars().count() - 1).collect();
    if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_and_nothing_else() {
        let check =
            |name: &str, expected: &str| assert_eq!(file_name(name, || "part-1".to_owned()), expected, "{name}");
        check("../../etc/passwd", "passwd");
        check("C:\\Users\\me\\Bild 1.png", "Bild 1.png");
        check("folder/", "folder");
        check("Re: what?.txt", "Re: what?.txt");
        check("cod\u{202e}gpj.exe", "codgpj.exe");
        check("a\u{0}b\r\nc.txt", "ab c.txt");
        check("..", "part-1");
        check("", "part-1");
        check(".profile", ".profile");
        assert!(file_name(&format!("{}.pdf", "x".repeat(500)), String::new).ends_with("x.pdf"));
    }

    #[test]
    fn controls_do_not_travel() {
        assert_eq!(clean("a\u{0}b\r\nc\rd\u{7}\te"), "ab\nc\nd\te");
        assert_eq!(line("x\u{7}y \u{202e}z  w"), "xy z w");
        assert_eq!(unfolded(b"a \r\n  b\n\tc  d"), b"a b c  d");
    }
}
