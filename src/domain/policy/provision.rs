//! Whether a law has a provision. Rule sets list them as `5`, as a span `16..44`, with what may stand in brackets behind:
//! `5(1..9)`, or anything at all: `7(*)`.

/// True where one of `listed` is, or spans, `cited`. What stands behind the first bracket of `cited` does not count.
#[must_use]
pub fn has(listed: &[String], cited: &str) -> bool {
    let (base, bracket) = split(cited);
    listed.iter().any(|entry| {
        let (bases, brackets) = split(entry);
        within(bases, base)
            && match (brackets, bracket) {
                (_, None) | (Some("*"), Some(_)) => true,
                (Some(span), Some(one)) => within(span, one),
                (None, Some(_)) => false,
            }
    })
}

/// `5(9)(a)` as `5` and `9`.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('(') {
        Some(("", _)) | None => (text, None),
        Some((base, rest)) => (base, Some(rest.split(')').next().unwrap_or(rest))),
    }
}

/// True where `span` is `one`, or `a..b` with `one` between them; a word in front (`s.`) has to be the same.
fn within(span: &str, one: &str) -> bool {
    let (first, last) = span.split_once("..").unwrap_or((span, span));
    if first == one {
        return true;
    }
    let number = |text: &str| text.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().ok();
    let word = |text: &str| text.chars().take_while(|c| !c.is_ascii_digit()).collect::<String>();
    match (number(first), number(last), number(one)) {
        (Some(first_number), Some(last), Some(number)) => {
            word(first) == word(one) && (first_number..=last).contains(&number)
        }
        _ => false,
    }
}

/// True where it can be read: brackets closed, spans rising.
#[must_use]
pub fn is_well_written(entry: &str) -> bool {
    let rises = |span: &str| {
        let number = |text: &str| text.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u32>();
        match span.split_once("..") {
            Some((first, last)) => matches!((number(first), number(last)), (Ok(first), Ok(last)) if first < last),
            None => !span.is_empty(),
        }
    };
    let (base, bracket) = split(entry);
    let closed = entry.matches('(').count() == entry.matches(')').count();
    closed && rises(base) && bracket.is_none_or(rises)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provision_is_found_alone_in_a_span_and_behind_brackets() {
        let listed: Vec<String> =
            ["5", "6(1..2)", "7(*)", "3A(*)", "s.16..44(*)", "r.2", "(ii)"].map(str::to_owned).to_vec();
        for there in ["5", "6(1)", "6(2)(b)", "6", "7(9)", "3A", "3A(1)", "s.16", "s.27(1)(a)", "r.2", "(ii)"] {
            assert!(has(&listed, there), "{there}");
        }
        for not_there in ["5(9)", "6(3)", "8", "3", "s.15", "16", "r.16", "s.45", "(iii)", "3B", ""] {
            assert!(!has(&listed, not_there), "{not_there}");
        }
        for good in ["5", "5(1..9)", "s.16..44(*)", "(ii)", "4(1A)"] {
            assert!(is_well_written(good), "{good}");
        }
        for bad in ["", "5(1..9", "9..5", "5(9..1)", "a..b"] {
            assert!(!is_well_written(bad), "{bad}");
        }
    }
}
