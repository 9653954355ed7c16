//! Mail from people who mean harm: nothing they write adds a header, a recipient or a message to ours; machines are not
//! answered; a stranger gets into nobody's case; a mail without end costs nobody else anything.

use super::{
    at_work,
    bombs::resident,
    hands::{gets, posts, seen},
    percent,
};
use crate::{
    console::Console,
    house::{House, PRODUCT, Store, request},
    on_both,
    smtp::Smtp,
    verbs::{hires, signs_in},
};
use data_encoding::BASE64;
use mail_parser::{Address, MessageParser, MimeHeaders as _};
use std::{collections::BTreeSet, fs, time::Duration};

const LONG: Duration = Duration::from_mins(1);

/// What would be a header, a recipient or a second mail of its own, if it got out of where it stands.
const SMUGGLED: [&str; 9] = [
    "Data\r\nBcc: victim@evil.example",
    "Data\nBcc: victim@evil.example\nX-Smuggled: 1",
    "Data\rBcc: victim@evil.example",
    "Data\r\n\r\n<p>Another letter</p>",
    "Data\r\n.\r\nMAIL FROM:<a@evil.example>\r\nRCPT TO:<victim@evil.example>\r\nDATA",
    "Data\0Bcc: victim@evil.example",
    "Data\u{2028}Bcc: victim@evil.example\u{2029}X-Smuggled: 1",
    "Data\u{85}Bcc: victim@evil.example\u{b}\u{c}\u{1b}[2J",
    "Data>, <victim@evil.example>, \"x\" <other@evil.example>; =?utf-8?q?=0D=0ABcc:_victim@evil.example?=",
];

/// A text as an encoded word of a header, in which anything can stand.
fn word(text: &str) -> String {
    format!("=?utf-8?B?{}?=", BASE64.encode(text.as_bytes()))
}

/// A mail of `number` whose every field holds `text`.
fn hostile(number: usize, text: &str) -> String {
    let (word, bytes) = (word(text), percent(text));
    format!(
        "From: {word} <person{number}@mail.example>\r\nReply-To: {word} <reply{number}@mail.example>\r\nTo: privacy@imagegen.example\r\n\
         Subject: {word}\r\nMessage-ID: <hostile-{number}@mail.example>\r\nReferences: <a{number}@mail.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=p\r\n\r\n--p\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--p\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename*=utf-8''{bytes}.pdf\r\n\r\nx\r\n--p--\r\n",
        BASE64.encode(format!("Please send me a copy of my data.\n.\n{text}\n").as_bytes())
    )
}

/// The names of a mail's headers, each as often as it stands there, and everybody it goes to.
fn head_of(raw: &str) -> (Vec<String>, Vec<String>) {
    let parsed = MessageParser::default().parse(raw.as_bytes()).expect("it parses");
    let mut names: Vec<_> = parsed.headers().iter().map(|header| header.name().to_lowercase()).collect();
    names.sort();
    let to = [parsed.to(), parsed.cc(), parsed.bcc()].into_iter().flatten().flat_map(Address::iter);
    (names, to.filter_map(|one| one.address()).map(str::to_owned).collect())
}

fn sent(house: &House) -> Vec<String> {
    house.outgoing().iter().map(|file| fs::read_to_string(file).expect("it reads")).collect()
}

/// Answers every case; how many there are.
async fn answers_all(house: &House, console: &Console, cookie: &str, text: &str) -> usize {
    let cases: Vec<(i64,)> = house.rows("SELECT id FROM cases ORDER BY id").await;
    for (case,) in &cases {
        let fields = [("do", "reply"), ("seen", &*seen(house, *case).await), ("text", text)];
        let answer = posts(console, cookie, &format!("/cases/R-{case}"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
    }
    cases.len()
}

on_both! {
    async fn s27_nothing_that_is_written_to_us_adds_a_header_or_a_recipient_to_what_leaves(house: House) {
        let (console, cookie, _) = at_work(&house).await;
        answers_all(&house, &console, &cookie, "We look into it.").await;
        house.all_is_done(LONG).await;
        // what ordinary mails of ours look like
        let usual: BTreeSet<_> = sent(&house).iter().map(|mail| head_of(mail).0).collect();
        assert_eq!(usual.len(), 2, "an acknowledgement and a reply: {usual:?}");
        let long = "long ".repeat(20_000);
        for (number, text) in SMUGGLED.iter().copied().chain([long.as_str()]).enumerate() {
            house.receives(&hostile(number + 100, text)).await;
        }
        house.all_is_done(LONG).await;
        let cases = answers_all(&house, &console, &cookie, &format!("Here it is.\n.\n{}", SMUGGLED.join("\n"))).await;
        assert_eq!(cases, SMUGGLED.len() + 2, "each of them is a case");
        house.all_is_done(LONG).await;
        console.stops().await;
        let mails = sent(&house);
        // the first case was answered twice; whose mail is beyond what is opened was told so
        assert_eq!(house.count("mails WHERE purpose IN ('acknowledgement', 'reply')").await, i64::try_from(2 * cases + 1).expect("few"));
        assert_eq!(house.count("mails WHERE state = 'accepted'").await, i64::try_from(mails.len()).expect("few"));
        for mail in &mails {
            let (names, to) = head_of(mail);
            // what answers a mail whose head was not read names no thread
            let thread = ["in-reply-to", "references"];
            let is_usual = |usual: &Vec<String>| {
                *usual == names || usual.iter().filter(|name| !thread.contains(&name.as_str())).eq(names.iter())
            };
            assert!(usual.iter().any(is_usual), "other headers than usual, {names:?}:\n{mail}");
            let [to] = &to[..] else { panic!("it goes to {to:?}:\n{mail}") };
            assert!(to.ends_with("@mail.example") && (to.starts_with("person") || to.starts_with("reply")), "{to}");
            assert!(mail.lines().all(|line| line.len() <= 998), "an overlong line:\n{mail}");
            let (head, _) = mail.split_once("\r\n\r\n").expect("a head");
            assert!(!head.contains('\0') && !head.replace("\r\n", "").contains(['\r', '\n']) && head.is_ascii(), "{head:?}");
            let parsed = MessageParser::default().parse(mail.as_bytes()).expect("it parses");
            assert!(parsed.attachments().all(|part| part.attachment_name().is_none()), "it has a file");
        }
    }

    async fn s27_the_mail_server_hears_one_sender_one_recipient_and_one_mail_whatever_is_written(house: House) {
        let server = Smtp::of(&mut house, &[]).await;
        hires(&house).await;
        for (number, text) in SMUGGLED.iter().enumerate() {
            house.receives(&hostile(number, text)).await;
        }
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        let cookie = signs_in(&console).await;
        let dots = ".\n..\n.\r.\nQUIT\n.\r\nMAIL FROM:<a@evil.example>\n.hidden\n";
        let cases = answers_all(&house, &console, &cookie, dots).await;
        house.all_is_done(LONG).await;
        console.stops().await;
        assert_eq!(cases, SMUGGLED.len());
        let mails = server.mails();
        assert_eq!(mails.len(), 2 * cases, "one mail for each acknowledgement and each reply");
        let (from, to, data) = (server.heard("MAIL FROM"), server.heard("RCPT TO"), server.heard("DATA"));
        assert_eq!((from.len(), to.len(), data.len()), (mails.len(), mails.len(), mails.len()));
        for recipient in &to {
            assert!(recipient.contains("@mail.example>") && !recipient.contains("evil"), "{recipient}");
        }
        for line in server.heard("") {
            let known = ["CONNECT", "EHLO ", "MAIL FROM:", "RCPT TO:", "DATA", "QUIT", "NOOP", "RSET"];
            assert!(known.iter().any(|verb| line.starts_with(verb)) && !line.contains("evil"), "the server heard {line:?}");
        }
        for mail in &mails {
            // what begins with a dot has another in front (RFC 5321, 4.5.2); no line feed is bare, so that no server sees an end
            for line in mail.split_inclusive('\n') {
                assert!(line.ends_with("\r\n") && !line.trim_end_matches("\r\n").contains('\r'), "{line:?}");
                assert!(!line.starts_with('.') || line.starts_with(".."), "{line:?}");
            }
        }
    }
}

/// What no person writes, by the header that says so.
const MACHINES: [&str; 14] = [
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated (notification)",
    "AUTO-SUBMITTED:\tAuto-Notified; owner-email=\"a@mail.example\"",
    "Precedence: bulk",
    "Precedence: JUNK",
    "Precedence: list",
    "Precedence: auto_reply",
    "Return-Path: <>",
    "Return-Path: <MAILER-DAEMON>",
    "List-Id: Friends of pictures <pictures.lists.example>",
    "List-Unsubscribe: <mailto:leave@lists.example>",
    "X-Auto-Response-Suppress: All",
    "X-Autoreply: yes",
    "X-Autorespond: yes",
];

fn from_a_machine(number: usize, header: &str) -> String {
    let plain = request(number);
    format!("{header}\r\n{plain}")
}

/// Waits until nothing is left that anybody has to read.
async fn is_read(house: &House) {
    house.comes_to(0, "messages WHERE state = 'new'", LONG).await;
    house.comes_to(0, "jobs WHERE work = 'read_message' AND state IN ('available', 'running')", LONG).await;
}

on_both! {
    async fn s28_no_machine_gets_an_answer_by_itself(house: House) {
        let console = house.opens().await;
        // somebody who is answered, so that the others could have been
        house.receives(&request(1)).await;
        house.all_is_done(LONG).await;
        let own = sent(&house);
        assert_eq!(own.len(), 1);
        let (own_id,) = house.rows::<(String,)>("SELECT message_id FROM mails").await.remove(0);
        for (number, header) in MACHINES.iter().enumerate() {
            house.receives(&from_a_machine(number + 10, header)).await;
        }
        // our own mail comes back, as it left and under somebody's name; nobody reads these addresses; it comes from ourselves
        house.receives(&own[0]).await;
        house.receives(&request(50).replace("request-50@mail.example", &own_id)).await;
        house.receives(&request(51).replace("person51@mail.example", "MAILER-DAEMON@mail.example")).await;
        house.receives(&request(52).replace("person52@mail.example", "no-reply@mail.example")).await;
        house.receives(&request(53).replace("person53@mail.example", "privacy@imagegen.example")).await;
        house.receives(&request(54).replace("My data, 54", "Out of office: my data")).await;
        house.all_is_done(LONG).await;
        let to: Vec<_> = sent(&house).iter().flat_map(|mail| head_of(mail).1).collect();
        assert_eq!(to, ["person1@mail.example"], "nobody else got anything");
        assert_eq!(house.count("mails").await, 1, "and nothing waits to leave");
        // nothing is lost over it: each is a case, or waits to be looked at
        let kept = house.count("messages WHERE state IN ('read', 'quarantined')").await;
        assert_eq!((kept, house.count("messages WHERE state = 'unreadable'").await), (house.count("messages").await, 0));
        assert!(house.count("cases").await >= i64::try_from(MACHINES.len()).expect("few"), "each is a case");
        house.receives(&request(2)).await;
        house.all_is_done(LONG).await;
        assert_eq!(sent(&house).len(), 2, "people are answered as ever");
        console.stops().await;
    }

    async fn s28_two_consoles_that_write_to_each_other_come_to_rest(house: House) {
        let mut other = House::on(Store::Sqlite);
        "[products.imgus]\naddress = \"privacy@imgus.example\"\n".clone_into(&mut other.more);
        let (first, second) = (house.opens().await, other.opens().await);
        // somebody forges the other console as the sender
        house.receives(&request(1).replace("person1@mail.example", "privacy@imgus.example")).await;
        let (mut carried, mut known) = (0, BTreeSet::new());
        for _ in 0..4 {
            house.all_is_done(LONG).await;
            for mail in sent(&house).into_iter().filter(|mail| known.insert(mail.clone())) {
                carried += 1;
                let ended = other.run(&["ingest", "--product", "imgus"], &mail).await;
                assert_eq!(ended.code, Some(0), "{}", ended.says);
            }
            other.all_is_done(LONG).await;
            for mail in sent(&other).into_iter().filter(|mail| known.insert(mail.clone())) {
                carried += 1;
                house.receives(&mail).await;
            }
        }
        assert!((1..=2).contains(&carried), "{carried} automatic mails went to and fro");
        // where every mark is taken away, the limit of an hour for one address ends it
        for round in 0..12 {
            let mail = request(100 + round).replace(&format!("person{}@mail.example", 100 + round), "robot@mail.example");
            house.receives(&mail).await;
            is_read(&house).await;
        }
        house.comes_to(5, "mails WHERE state = 'accepted' AND id > 1", LONG).await;
        house.comes_to(0, "jobs WHERE work = 'send_mail' AND state = 'running'", LONG).await;
        let robot = sent(&house).iter().filter(|mail| mail.contains("robot@mail.example")).count();
        assert_eq!(robot, 5, "five in an hour");
        first.stops().await;
        second.stops().await;
    }

    async fn s29_who_knows_a_reference_or_a_thread_gets_into_no_case_of_another(house: House) {
        let (console, cookie, reference) = at_work(&house).await;
        let case: i64 = reference[2..].parse().expect("a number");
        let (own_id,) = house.rows::<(String,)>("SELECT message_id FROM mails").await.remove(0);
        let acknowledgement = sent(&house).remove(0);
        let parsed = MessageParser::default().parse(acknowledgement.as_bytes()).expect("it parses");
        let reply_to = parsed.reply_to().and_then(|to| to.first()).and_then(|to| to.address()).expect("an address").to_owned();
        let guessed = reply_to.replace(|c: char| c.is_ascii_digit(), "a");
        let stands = async || {
            (
                house.rows::<(String, String)>("SELECT state, kind FROM cases ORDER BY id LIMIT 1").await,
                house.rows::<(i64, String)>(&format!("SELECT seq, name FROM events WHERE case_id = {case} AND name <> 'message_quarantined' ORDER BY seq")).await,
                house.count(&format!("messages WHERE case_id = {case}")).await,
                house.count("mails").await,
            )
        };
        let before = stands().await;
        let eve = |number: usize, head: &str, subject: &str, to: &str| {
            format!(
                "From: Eve <eve@evil.example>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <eve-{number}@evil.example>\r\n{head}\r\n\
                 Send the copy to my new address instead, please; forged words {number}.\r\n"
            )
        };
        let ours = "privacy@imagegen.example";
        let answers = format!("In-Reply-To: <{own_id}>\r\nReferences: <request-1@mail.example> <{own_id}>\r\n");
        let forged = [
            eve(1, "", &format!("Re: [{reference}]"), ours),
            eve(2, "In-Reply-To: <request-1@mail.example>\r\n", "one more thing", ours),
            eve(3, &answers, "one more thing", ours),
            eve(4, "", "one more thing", &reply_to),
            eve(5, "Authentication-Results: mx.evil.example; dmarc=pass header.from=evil.example\r\n", &format!("about {reference}"), ours),
            // the person's own address, which anybody can write, and the reference, which anybody can guess
            eve(6, "", &format!("about {reference}"), ours).replace("Eve <eve@evil.example>", "Person 1 <person1@mail.example>"),
            eve(7, "Authentication-Results: mx.evil.example; dmarc=pass header.from=mail.example\r\n", &format!("about {reference}"), ours)
                .replace("Eve <eve@evil.example>", "Person 1 <person1@mail.example>"),
        ];
        for mail in &forged {
            house.receives(mail).await;
        }
        house.all_is_done(LONG).await;
        assert_eq!(stands().await, before, "nothing came into the case and nobody was answered");
        let said = house.count(&format!("events WHERE case_id = {case} AND name = 'message_quarantined'")).await;
        let waiting = house.count(&format!("messages WHERE state = 'quarantined' AND near_id = {case}")).await;
        assert_eq!(said, waiting, "the case says so");
        assert_eq!(waiting, i64::try_from(forged.len()).expect("few"), "each of them waits");
        // the case says that there is something, with its subject and without its words
        let page = gets(&console, &cookie, &format!("/cases/{reference}")).await;
        assert_eq!(page.status, 200);
        assert!(page.body().contains("Mail that waits") && page.body().contains("Eve"), "{}", page.body());
        assert!(!page.body().contains("forged words"), "{}", page.body());
        assert!(!sent(&house).iter().any(|mail| mail.contains("evil.example")), "Eve is answered");
        // a token that nobody made names nothing: it is a case of its own
        if guessed != reply_to {
            house.receives(&eve(8, "", "one more thing", &guessed)).await;
            house.all_is_done(LONG).await;
            assert_eq!(house.count(&format!("messages WHERE case_id = {case}")).await, before.2);
            assert_eq!(house.count("cases").await, 2);
        }
        // the person themselves, who answers our mail, gets in
        house.receives(&eve(9, &answers, "Re: My data, 1", &reply_to).replace("Eve <eve@evil.example>", "Person 1 <person1@mail.example>")).await;
        house.all_is_done(LONG).await;
        assert_eq!(house.count(&format!("messages WHERE case_id = {case}")).await, before.2 + 1);
        console.stops().await;
    }

    async fn s30_a_mail_without_end_is_kept_and_costs_nobody_anything(house: House) {
        hires(&house).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(LONG).await;
        let cookie = signs_in(&console).await;
        gets(&console, &cookie, "/overview").await;
        let before = resident(console.id());
        let head = |number: usize| {
            format!(
                "From: Bomb {number} <bomb{number}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: My data\r\n\
                 Message-ID: <bomb-{number}@mail.example>\r\nMIME-Version: 1.0\r\n"
            )
        };
        let nested = |depth: usize| {
            let level = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
            format!("{}\r\nwords\r\n", (0..depth).map(level).collect::<String>())
        };
        let within = |depth: usize| format!("{}From: a@mail.example\r\n\r\nwords\r\n", "Content-Type: message/rfc822\r\n\r\n".repeat(depth));
        let part = "--p\r\nContent-Type: text/plain; name=\"a.txt\"\r\nContent-Disposition: attachment\r\n\r\na\r\n";
        let bombs = [
            nested(1_000),
            nested(20_000),
            within(1_000),
            format!("Content-Type: multipart/mixed; boundary=p\r\n\r\n{}--p--\r\n", part.repeat(10_000)),
            format!("X-Long: {}\r\n\r\nwords\r\n", "a".repeat(1_000_000)),
            format!("{}\r\nwords\r\n", "X-Many: words\r\n".repeat(100_000)),
            format!("To: {}\r\n\r\nwords\r\n", "a@mail.example, ".repeat(60_000)),
            format!("References: {}\r\n\r\nwords\r\n", "<a@mail.example> ".repeat(60_000)),
            format!("X-Words: {}\r\n\r\nwords\r\n", "=?utf-8?Q?=61=62?= ".repeat(60_000)),
            "Content-Type: text/plain; charset=x-no-such-set\r\n\r\nPlease send me my data, caf\u{e9}.\r\n".to_owned(),
            "Content-Type: text/plain; charset=\"utf-7; \0\u{1}\"\r\nContent-Transfer-Encoding: x-none\r\n\r\n+ADw-script+AD4-\r\n".to_owned(),
            format!("Content-Type: multipart/mixed; boundary=\"{0}\"\r\n\r\n--{0}\r\n\r\nwords\r\n", "b".repeat(100_000)),
            format!("Content-Type: text/html\r\n\r\n{}", "<div>".repeat(400_000)),
            format!("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", "AAAA".repeat(7_000_000)),
        ];
        for (number, body) in bombs.iter().enumerate() {
            let ended = house.ingest(&format!("{}{body}", head(number))).await;
            assert_eq!(ended.code, Some(0), "bomb {number}: {}", ended.says);
            // the next one is read while it is, or after it
            house.receives(&request(100 + number)).await;
        }
        house.all_is_done(Duration::from_mins(4)).await;
        let grown = resident(console.id()).saturating_sub(before);
        assert!(grown < 350 * 1024, "{grown} KiB more");
        let people = house.count("messages WHERE state = 'read' AND case_id IS NOT NULL").await;
        let (all, many) = (house.count("messages").await, i64::try_from(bombs.len()).expect("few"));
        assert_eq!((all, people), (2 * many + 1, 2 * many + 1), "each is a letter, however bent, in a case of its own");
        assert_eq!((house.count("cases").await, house.count("jobs WHERE state = 'dead'").await), (2 * many + 1, 0));
        assert_eq!(house.count("mails WHERE purpose = 'acknowledgement' AND state = 'accepted'").await, 2 * many + 1);
        // and each of them can be looked at
        for (case,) in house.rows::<(i64,)>("SELECT id FROM cases ORDER BY id").await {
            let page = gets(&console, &cookie, &format!("/cases/R-{case}")).await;
            assert_eq!(page.status, 200, "R-{case} of {PRODUCT}");
        }
        console.stops().await;
    }
}
