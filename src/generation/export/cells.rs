//! How one value is written in JSON and in CSV. CSV follows RFC 4180; NULL is an empty field and an empty text is `""`.
//! No text becomes a formula in a spreadsheet: one that begins like a formula gets an apostrophe in front.

/// What begins a formula in some spreadsheet, or hides one from those who look for it.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// One value, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'v> {
    /// Nothing.
    Null,
    /// A number, true or false: as it stands.
    Plain(&'v str),
    /// JSON within JSON.
    Json(&'v str),
    /// Text.
    Text(&'v str),
}

impl Value<'_> {
    /// Adds it to JSON.
    pub fn json(self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Plain(text) => out.extend_from_slice(text.as_bytes()),
            // line ends stand between its parts only: in texts they are escaped
            Value::Json(text) => out.extend(text.bytes().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { b })),
            Value::Text(text) => json_text(out, text),
        }
    }

    /// Adds it to CSV, without what separates fields.
    pub fn csv(self, out: &mut Vec<u8>) {
        match self {
            Value::Null => {}
            Value::Plain(text) => out.extend_from_slice(text.as_bytes()),
            Value::Json(text) | Value::Text(text) => csv_text(out, text),
        }
    }
}

/// Adds a text to JSON, in quotes.
pub fn json_text(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let (bytes, mut from) = (text.as_bytes(), 0);
    for (at, byte) in bytes.iter().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..0x20) {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Adds a text to CSV.
pub fn csv_text(out: &mut Vec<u8>, text: &str) {
    // one that has the apostrophe already gets another, so that taking one away always gives back what was there
    let formula = text.trim_start_matches('\'').starts_with(FORMULA);
    let quoted = text.is_empty() || text.bytes().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n'));
    if quoted {
        out.push(b'"');
    }
    if formula {
        out.push(b'\'');
    }
    let mut parts = text.split('"');
    out.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        out.extend_from_slice(b"\"\"");
        out.extend_from_slice(part.as_bytes());
    }
    if quoted {
        out.push(b'"');
    }
}

/// True for what JSON calls a number, and neither `NaN` nor money with its sign.
pub fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    let Some(power) = rest.strip_prefix(['e', 'E']) else { return rest.is_empty() };
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    !power.is_empty() && digits(power) == power.len()
}

/// True or false, as databases write it.
pub fn as_bool(text: &str) -> Option<&'static str> {
    match text {
        "true" | "t" | "1" => Some("true"),
        "false" | "f" | "0" => Some("false"),
        _ => None,
    }
}

/// True where it is JSON.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn csv_of(text: &str) -> String {
        let mut out = Vec::new();
        Value::Text(text).csv(&mut out);
        String::from_utf8(out).expect("it is text")
    }

    /// What a reader does who knows of the apostrophe.
    fn without_apostrophe(field: &str) -> &str {
        match field.strip_prefix('\'') {
            Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA) => rest,
            _ => field,
        }
    }

    #[test]
    fn no_text_becomes_a_formula() {
        for (text, field) in [
            ("plain", "plain"),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("\0=1", "'\0=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("'=1", "''=1"),
            ("'tis", "'tis"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ] {
            assert_eq!(csv_of(text), field, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_what_json_calls_numbers() {
        for text in ["0", "-1", "12.50", "1e5", "-0.1E-7", "1234567890123456789012"] {
            assert!(is_number(text) && is_json(text), "{text}");
        }
        for text in ["", "-", "NaN", "Infinity", "$1.00", "1,000", "01", ".5", "1.", "1e", "+1", "0x1", "1 "] {
            assert!(!is_number(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn json_comes_back_as_it_was(text in "(?s).{0,40}") {
            let mut out = Vec::new();
            json_text(&mut out, &text);
            prop_assert!(!out.contains(&b'\n'));
            prop_assert_eq!(serde_json::from_slice::<String>(&out).expect("it is JSON"), text);
        }

        #[test]
        fn csv_comes_back_as_it_was(rows in prop::collection::vec(prop::collection::vec("(?s)['=,\"\r\n+a]{0,6}|.{0,9}", 3), 1..9)) {
            let mut out = "\u{feff}".as_bytes().to_vec();
            for row in &rows {
                for (n, field) in row.iter().enumerate() {
                    if n > 0 {
                        out.push(b',');
                    }
                    csv_text(&mut out, field);
                }
                out.extend_from_slice(b"\r\n");
            }
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice());
            let back: Vec<Vec<String>> = reader
                .records()
                .map(|row| row.expect("a row").iter().map(|field| without_apostrophe(field).to_owned()).collect())
                .collect();
            prop_assert_eq!(back, rows);
        }
    }
}
