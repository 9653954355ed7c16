//! What is quoted and what is not: the texts of `testing/awkward/quoting`, line by line, and the promises of the room.

use super::{Piece, pieces, trim};

const TEXTS: [&str; 3] = [
    include_str!("../../testing/awkward/quoting/languages.txt"),
    include_str!("../../testing/awkward/quoting/programs.txt"),
    include_str!("../../testing/awkward/quoting/written.txt"),
];

/// Name, and each line with whether it stays visible.
fn cases() -> Vec<(String, Vec<(bool, String)>)> {
    let mut all: Vec<(String, Vec<(bool, String)>)> = Vec::new();
    for line in TEXTS.iter().flat_map(|text| text.lines()) {
        if let Some(name) = line.strip_prefix("=== ") {
            all.push((name.to_owned(), Vec::new()));
        } else if let Some(rest) = line.strip_prefix(['+', '-']) {
            let text = rest.strip_prefix(' ').unwrap_or(rest).replace('␣', " ");
            all.last_mut().expect("a name comes first").1.push((line.starts_with('+'), text));
        } else {
            assert!(line.starts_with('#'), "a line without a mark: {line}");
        }
    }
    all
}

/// Every line that holds something, with whether it is visible.
fn told(text: &str) -> Vec<(bool, String)> {
    let mut all = Vec::new();
    for piece in pieces(text) {
        let (visible, text) = match piece {
            Piece::Visible(text) => (true, text),
            Piece::Folded(text) => (false, text),
        };
        all.extend(text.lines().map(|line| (visible, line.trim_end_matches('\r').to_owned())));
    }
    all.retain(|(_, line)| !line.trim().is_empty());
    all
}

fn whole(text: &str) -> String {
    let text_of = |piece| match piece {
        Piece::Visible(text) | Piece::Folded(text) => text,
    };
    pieces(text).into_iter().map(text_of).collect()
}

#[test]
fn every_text_is_folded_as_it_should_be() {
    let cases = cases();
    assert!(cases.len() >= 130, "{}", cases.len());
    let mut wrong = Vec::new();
    for (name, lines) in cases {
        for end in ["\n", "\r\n"] {
            let text: String = lines.iter().flat_map(|(_, line)| [line.as_str(), end]).collect();
            let mut expected = lines.clone();
            expected.retain(|(_, line)| !line.trim().is_empty());
            let found = told(&text);
            if found != expected {
                wrong.push(format!("{name}:\n{found:#?}"));
                break;
            }
            assert_eq!(whole(&text), text, "{name}");
        }
    }
    assert!(wrong.is_empty(), "{} texts folded otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_two_halves_are_exact() {
    let check = |text: &str, visible: &str, quoted: &str| {
        let trimmed = trim(text);
        assert_eq!((trimmed.visible.as_str(), trimmed.quoted.as_str()), (visible, quoted), "{text}");
    };
    check("", "", "");
    check(" \n\n", "", "");
    check("Hello", "Hello", "");
    check("\n\n  Hello\n\n\nthere\n", "  Hello\n\n\nthere", "");
    check("Yes.\r\n\r\n> Really?\r\n> Sure?\r\n", "Yes.", "> Really?\n> Sure?");
    check("> a\nYes.\n> b\nNo.\n", "Yes.\nNo.", "> a\n> b");
    check("> a\n\nYes.\n\n> b\n\nNo.\n", "Yes.\n\nNo.", "> a\n> b");
    check("> a\n", "", "> a");
    check("Yes\n\n-- \nSam\n", "Yes", "-- \nSam");
}

#[test]
fn every_byte_is_given_back() {
    for text in
        ["\r\r\n\n", "> a\r> b\rc", "\u{feff}> a", "a\n\u{200b}", "\n\n> a\n\n", "--", "-- \n", ">", "\u{85}>\u{2028}x"]
    {
        assert_eq!(whole(text), text, "{text:?}");
    }
}

#[test]
fn long_texts_take_no_longer_than_their_length_asks() {
    let lines = [
        "On Mon, 2 Nov 2026 at 10:00, Jane <jane@desk.example>\n",
        "From: a@b.example\nTo: x\n",
        "-- \nSam\n",
        "a:\n",
        "> x\n\ny\n",
        "-----\n\n",
        "Jane> x\n| y\n",
        "@.@.:\n",
    ];
    for line in lines {
        let text = line.repeat(100_000 / line.len());
        let begun = std::time::Instant::now();
        assert_eq!(whole(&text).len(), text.len());
        assert!(begun.elapsed().as_secs() < 5, "{line:?} took {:?}", begun.elapsed());
    }
    let long = ["@", "a@b.c ", "10:00 ", ": ", "- "].map(|word| word.repeat(100_000) + ":");
    for text in long {
        let begun = std::time::Instant::now();
        assert!(trim(&text).visible.len() <= text.len());
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
