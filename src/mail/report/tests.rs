//! Reports of some forty kinds, each as such a server writes it, and mails that are none.

use super::{Recipient, codes, report};
use std::{fs, path::PathBuf};

const EXPECTED: &str = include_str!("../../testing/awkward/reports/expected.txt");

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/testing/awkward/reports")
}

/// The report's mail with the line ends it had when it was sent.
fn raw(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(folder().join(format!("{name}.eml"))).expect("the report is there");
    text.replace('\n', "\r\n").into_bytes()
}

/// `address action status reply hard`, as the table has it.
fn written(one: &Recipient) -> String {
    let reply = one.reply_code.map_or_else(|| "-".to_owned(), |code| code.to_string());
    let hard = if one.hard { "hard" } else { "soft" };
    format!("{} {} {} {reply} {hard}", one.address, one.action, one.status.as_deref().unwrap_or("-"))
}

#[test]
fn every_report_is_read_as_it_should_be() {
    let mut seen = 0;
    for line in EXPECTED.lines().filter(|line| !line.starts_with('#')) {
        let mut fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = fields.remove(0);
        let ids = fields.pop().expect("a last field");
        seen += 1;
        let found = report(&raw(name));
        if ids == "none" {
            assert_eq!(found, None, "{name}");
            continue;
        }
        let found = found.unwrap_or_else(|| panic!("{name} is a report"));
        assert_eq!(found.message_ids.join(" "), ids, "{name}");
        assert_eq!(found.recipients.len(), fields.len(), "{name}: {:?}", found.recipients);
        for (one, expected) in found.recipients.iter().zip(fields) {
            let words: Vec<&str> = expected.splitn(6, ' ').collect();
            assert_eq!(written(one), words[..5].join(" "), "{name}");
            assert!(one.reason.contains(words.get(5).copied().unwrap_or_default()), "{name}: {}", one.reason);
        }
        let is_bounce = !matches!(name, "postfix-success" | "arrived-plain");
        assert_eq!(found.is_bounce(), is_bounce, "{name}");
        assert_eq!(report(&fs::read(folder().join(format!("{name}.eml"))).expect("it reads")), Some(found), "{name}");
    }
    let files = fs::read_dir(folder()).expect("the folder lists").count() - 1;
    assert_eq!(seen, files, "every file has its line");
}

#[test]
fn a_report_of_failure_counts_even_where_it_names_nobody() {
    let raw =
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON\r\nSubject: failure notice\r\n\r\nIt could not be delivered.\r\n";
    let found = report(raw).expect("a report");
    assert!(found.recipients.is_empty() && found.is_bounce());
}

#[test]
fn codes_are_found_and_addresses_of_machines_are_none() {
    let check = |text: &str, status: Option<&str>, reply: Option<u16>| {
        assert_eq!((codes::status(text).as_deref(), codes::reply_code(text)), (status, reply), "{text}");
    };
    check("smtp; 550 5.1.1 gone", Some("5.1.1"), Some(550));
    check("550-5.7.26 no", Some("5.7.26"), Some(550));
    check("host mx[192.0.2.250] said: 451 4.7.1 later", Some("4.7.1"), Some(451));
    check("host 5.1.1.4 at port 587", None, None);
    check("#5.2.2 smtp;552", Some("5.2.2"), Some(552));
    check("it has 550 KB and 500 messages", None, None);
    check("version 4.96.1", None, None);
    check(">>> RCPT\n<<< 250 ok\n<<< 554 no", None, Some(554));
    check("ü5.1.1", Some("5.1.1"), None);
}

#[test]
fn what_would_fail_again_is_hard() {
    let check = |action: &str, status: Option<&str>, reply: Option<u16>, words: &str, expected: bool| {
        assert_eq!(codes::is_hard(action, status, reply, words), expected, "{action} {status:?} {reply:?} {words}");
    };
    check("failed", Some("5.1.1"), Some(550), "", true);
    check("failed", Some("5.7.1"), Some(554), "", true);
    check("failed", Some("5.2.1"), None, "", true);
    check("failed", Some("5.2.2"), Some(552), "", false);
    check("failed", Some("5.3.4"), Some(552), "", false);
    check("failed", Some("5.4.7"), None, "", false);
    check("failed", Some("4.4.7"), Some(550), "", false);
    check("delayed", Some("5.1.1"), None, "", false);
    check("failed", Some("5.0.0"), Some(550), "550 5.2.2 full", false);
    check("failed", Some("5.0.0"), Some(550), "gone", true);
    check("failed", None, Some(452), "", false);
    check("failed", None, None, "the quota is used up", false);
    check("failed", None, None, "user unknown", true);
}
