//! Names of folders as IMAP wants them: quoted, and beyond ASCII in its own kind of UTF-7 (RFC 3501 §5.1.3).

/// A folder's name as it stands in a command. Line breaks and other control characters are left out.
pub(super) fn quoted(name: &str) -> String {
    let plain: String = encoded(name).chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

fn encoded(name: &str) -> String {
    let mut out = String::new();
    let mut foreign: Vec<u8> = Vec::new();
    for c in name.chars() {
        if c.is_ascii() {
            flush(&mut foreign, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut foreign, &mut out);
    out
}

fn flush(foreign: &mut Vec<u8>, out: &mut String) {
    if !foreign.is_empty() {
        out.push('&');
        out.push_str(&data_encoding::BASE64_NOPAD.encode(foreign).replace('/', ","));
        out.push('-');
        foreign.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn folders_are_named_as_the_standard_shows() {
        for (name, wire) in [
            ("INBOX", "\"INBOX\""),
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("Q&A", "\"Q&-A\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("x\r\nA1 LOGOUT", "\"xA1 LOGOUT\""),
        ] {
            assert_eq!(quoted(name), wire);
        }
    }
}
