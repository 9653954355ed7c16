//! What is secret or personal goes through a console whose log says all it can, panics included, and is then looked for:
//! in the log, in the database as it lies on the disk, on the pages of errors. What it is meant for has it, and nobody else.

use super::{at_work, file_of};
use crate::{
    console::Console,
    house::{House, PRODUCT, Store},
    on_both,
    verbs::{EMAIL, PASSWORD},
};
use std::{fs, path::Path, time::Duration};
use totp_rs::{Builder, Secret};

const INTAKE: &str = "canary-intake-token-0123456789abcdef";
const HOOK: &str = "canary-hook-secret-0123456789abcdefgh";
const MAILBOX: &str = "canary-mailbox-password";
const WRONG: &str = "canary typed by mistake";
const TYPED: &str = "canary-in-an-address";

/// What only people's own words and addresses say.
const PERSONAL: [&str; 5] = [
    "Canaria Birdsong",
    "canaria@mail.example",
    "Subject of a canary",
    "the canary sings of invoice 4711",
    "canary-file.pdf",
];

fn request() -> String {
    let [name, address, subject, text, file] = PERSONAL;
    format!(
        "From: {name} <{address}>\r\nTo: privacy@imagegen.example\r\nSubject: {subject}\r\nMessage-ID: <canary@mail.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=p\r\n\r\n--p\r\nContent-Type: text/html\r\n\r\n\
         <p>Please delete my data, {text}.</p>\r\n--p\r\nContent-Type: application/pdf; name=\"{file}\"\r\n\
         Content-Disposition: attachment; filename=\"{file}\"\r\n\r\nx\r\n--p--\r\n"
    )
}

/// Everything that lies in the database's files, as bytes.
pub async fn on_disk(house: &House) -> Vec<u8> {
    match &house.store {
        Store::Sqlite => ["recourse.db", "recourse.db-wal"]
            .iter()
            .flat_map(|name| fs::read(house.data_dir().join(name)).unwrap_or_default())
            .collect(),
        Store::Postgres(_) => house.contents().await.into_values().collect::<Vec<_>>().join("\n").into_bytes(),
    }
}

fn holds(all: &[u8], canary: &str) -> bool {
    let hex = data_encoding::HEXLOWER.encode(canary.as_bytes());
    [canary.as_bytes(), hex.as_bytes()].iter().any(|bytes| all.windows(bytes.len()).any(|window| window == *bytes))
}

/// Signs in and sets up an authenticator; the session, the authenticator's secret in each form, the recovery codes.
pub async fn enrols(console: &Console, cookie: &str) -> Vec<String> {
    let page = console.send("GET", "/account/authenticator", &[("cookie", cookie)], b"").await.expect("an answer");
    let shown = page
        .body()
        .split("class=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("a secret")
        .to_owned();
    let plain = shown.replace(' ', "");
    let secret = data_encoding::BASE32_NOPAD.decode(plain.as_bytes()).expect("Base32");
    let now = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
    let totp = Builder::new().with_secret(Secret::new(secret.as_slice().into())).build_noncompliant();
    let code = totp.generate(now).to_string();
    let done = console.post("/account/authenticator", cookie, &[("code", &code)]).await.expect("an answer");
    assert_eq!(done.status, 200, "{}", done.text);
    let token =
        done.header("set-cookie").and_then(|cookie| cookie.split(['=', ';']).nth(1)).expect("a session").to_owned();
    let codes = done.body().split("<code>").skip(1).filter_map(|rest| rest.split('<').next()).map(str::to_owned);
    let mut all: Vec<String> = codes.filter(|code| code.len() >= 8).collect();
    assert!(all.len() >= 8, "recovery codes: {all:?}");
    all.extend([shown, plain, data_encoding::HEXLOWER.encode(&secret), token]);
    all
}

/// The tokens in the links of every mail that left.
fn links(house: &House) -> Vec<String> {
    let mails: Vec<_> = house.outgoing().iter().map(|file| fs::read_to_string(file).expect("it reads")).collect();
    let text = mails.join("\n").replace("=\r\n", "").replace("=\n", "");
    let mut tokens: Vec<String> = Vec::new();
    for place in ["/password/", "/verify/", "/copy/", "/setup/"] {
        let found = text
            .split(place)
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).next());
        tokens.extend(found.filter(|token| token.len() > 20).map(str::to_owned));
    }
    tokens
}

fn logs(folder: &Path) -> String {
    let all = fs::read_dir(folder).expect("it lists").flatten().map(|entry| entry.path());
    let logs = all.filter(|file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log-")));
    logs.map(|file| fs::read_to_string(file).expect("it reads")).collect::<Vec<_>>().join("\n")
}

on_both! {
    async fn s39_nothing_secret_or_personal_is_told_to_anybody_else(house: House) {
        house.more = format!(
            "{}\n[[products.{PRODUCT}.mailbox]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"canary-user\"\n\
             password = \"{MAILBOX}\"\n[products.{PRODUCT}.recipients.groq]\nwebhook = \"http://127.0.0.1:1/{HOOK}\"\nsecret = \"{HOOK}\"\n\
             [[intake.tokens]]\nname = \"provider\"\nproduct = \"{PRODUCT}\"\ntoken = \"{INTAKE}\"\n\
             [alarms]\nwebhook_url = \"http://127.0.0.1:1/{HOOK}\"\nwebhook_secret = \"{HOOK}\"\n[log]\nlevel = \"trace\"\n",
            house.more
        );
        let (console, cookie, reference) = at_work(&house).await;
        let mut secrets = vec![cookie.split('=').nth(1).expect("a token").to_owned()];
        // each feature that is handed something
        let bearer = format!("Bearer {INTAKE}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
        let posted = console.send("POST", &format!("/intake/{PRODUCT}"), &headers, request().as_bytes()).await.expect("an answer");
        assert_eq!(posted.status, 200, "{}", posted.text);
        house.all_is_done(Duration::from_secs(20)).await;
        let mut shown = Vec::new();
        for (path, form) in [
            ("/signin", &[("email", EMAIL), ("password", WRONG)][..]),
            ("/signin", &[("email", "canaria@mail.example"), ("password", WRONG)]),
            ("/signin", &[("email", "a\r\n2026-01-01T00:00:00Z ERROR forged: canary-line\u{1b}[31m"), ("password", WRONG)]),
            ("/reset", &[("email", EMAIL)]),
            ("/case", &[("do", "open"), ("code", TYPED), ("pin", TYPED)]),
            (&*format!("/verify/{TYPED}"), &[]),
            (&*format!("/copy/{TYPED}"), &[("code", TYPED)]),
            (&*format!("/password/{TYPED}"), &[("password", WRONG)]),
        ] {
            shown.push(console.post(path, "", form).await.expect("an answer").text.replace(EMAIL, ""));
        }
        for path in ["/queue?q=Canaria+Birdsong", "/queue?q=canaria%40mail.example", &*format!("/cases/{reference}"), &*format!("/no-such/{TYPED}")] {
            console.send("GET", path, &[("cookie", &cookie)], b"").await.expect("an answer");
        }
        let own = house.rows::<(i64,)>("SELECT id FROM cases ORDER BY id DESC LIMIT 1").await[0].0;
        for path in [format!("/cases/R-{own}"), format!("/cases/R-{own}?html=2"), format!("/cases/R-{own}/messages/2/html"), file_of(&console, &cookie, own, 2).await] {
            console.send("GET", &path, &[("cookie", &cookie)], b"").await.expect("an answer");
        }
        house.all_is_done(Duration::from_secs(20)).await;
        secrets.extend(enrols(&console, &cookie).await);
        let links = links(&house);
        assert!(!links.is_empty(), "no link left");
        for link in &links {
            console.get(&format!("/password/{link}")).await.expect("an answer");
        }
        secrets.extend(links);
        console.stops().await;

        // and with a page that panics over what it was asked for
        let mut broken = house.start(Some("page:panic:1"));
        broken.is_ready().await;
        for path in ["/signin".to_owned(), format!("/verify/{TYPED}"), format!("/password/{}", secrets.last().expect("a link"))] {
            let answer = broken.get(&path).await.expect("an answer");
            assert_eq!(answer.status, 500);
            shown.push(answer.text);
        }
        broken.stops().await;

        secrets.extend([PASSWORD, WRONG, INTAKE, HOOK, MAILBOX, TYPED].map(str::to_owned));
        let key = fs::read_to_string(house.data_dir().join("keys/master.key")).expect("a key");
        secrets.push(key.trim().to_owned());
        let (log, disk) = (logs(house.folder.path()), on_disk(&house).await);
        assert!(log.contains("TRACE") || log.contains("DEBUG") || log.contains("INFO"), "the log says nothing");
        for secret in &secrets {
            assert!(!holds(log.as_bytes(), secret), "{secret} stands in the log");
            assert!(!holds(&disk, secret), "{secret} lies in the database");
            for page in &shown {
                assert!(!page.contains(secret.as_str()) || secret == TYPED, "{secret} is shown by a page that refuses:\n{page}");
            }
        }
        for words in PERSONAL {
            assert!(!log.contains(words), "{words:?} stands in the log");
        }
        assert!(!log.contains(EMAIL) && !log.contains("canary-line") && !log.contains("what a panic says"), "{log}");
        assert!(!log.contains('\u{1b}'));
        // every line begins as ours do, so that nothing else wrote one
        for line in log.lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with("20") && [" INFO ", " WARN ", "ERROR ", "DEBUG ", "TRACE "].iter().any(|level| line.contains(level)), "{line}");
        }
    }
}
