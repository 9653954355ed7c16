//! Whoever fetches a copy has its link and its code: one of them is nothing, whatever else is tried gets the same bytes, and
//! once it is over nothing of it is left.

use super::{
    files::{FORMULAS, is_sound},
    hands::{bytes_of, enters, files_below, gets, hired, plain, posts, seen},
};
use crate::{
    console::{Answer, Console},
    house::House,
    on_both,
    runs::{Ready, ready},
};
use mail_parser::MessageParser;
use recourse::cli::demo::company::imagegen::people;
use std::{fs, io::Read as _, time::Duration};

const LONG: Duration = Duration::from_secs(90);
/// What asks for a copy.
const WORDS: &str = "Please send me a copy of all personal data you hold about me.";

/// A desk with a released copy.
struct Desk {
    house: House,
    console: Console,
    /// A session of somebody who works on cases.
    agent: String,
    /// A session of somebody who releases.
    lead: String,
}

/// The links below `place` that were mailed to `address`.
fn links(house: &House, address: &str, place: &str) -> Vec<String> {
    let link = |raw: String| {
        let parsed = MessageParser::default().parse(raw.as_bytes())?;
        let to = parsed.to()?.first()?.address()?.to_owned();
        let text = parsed.body_text(0)?.into_owned();
        let (_, rest) = text.split_once(place)?;
        let token: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        (to == address && token.len() > 20).then(|| format!("{place}{token}"))
    };
    house.outgoing().iter().filter_map(|file| link(fs::read_to_string(file).expect("it reads"))).collect()
}

/// The code that a page shows.
fn code_in(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"code\"").unwrap_or_else(|| panic!("no code on {page}"));
    let (groups, _) = rest.split_once('>').and_then(|(_, text)| text.split_once("</p>")).expect("an element");
    let code: String = groups.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    assert_eq!(code.len(), 23, "{code}");
    code
}

/// An answer of the console to somebody from outside, but for the time.
fn bytes(answer: &Answer) -> String {
    answer.text.split("\r\n").filter(|line| !line.to_lowercase().starts_with("date:")).collect::<Vec<_>>().join("\r\n")
}

impl Desk {
    /// One copy is released.
    async fn opens(house: House) -> Self {
        Self::over(ready(house, WORDS).await).await
    }

    async fn over(ready: Ready) -> Self {
        let mut house = ready.house;
        house.more.push_str("\n[log]\nlevel = \"trace\"\n");
        hired(&house, "packs", &["--role", "agent"]).await;
        hired(&house, "releases", &["--role", "lead"]).await;
        let console = house.opens().await;
        let (agent, lead) = (enters(&console, "packs").await, enters(&console, "releases").await);
        let desk = Self { house, console, agent, lead };
        desk.releases(1).await;
        desk
    }

    /// Waits until the run has packed a copy, and releases it.
    async fn releases(&self, run: i64) {
        self.house.comes_to(1, &format!("runs WHERE id = {run} AND state = 'packed'"), LONG).await;
        let released = posts(&self.console, &self.lead, &format!("/runs/E-{run}"), &[("do", "release")]).await;
        assert_eq!(released.status, 303, "{}", released.text);
        self.house.all_is_done(LONG).await;
    }

    /// Somebody else gets a copy too.
    async fn releases_another(&self, address: &str) {
        let mail = crate::house::request(2).replace("person2@mail.example", address);
        self.house.receives(&mail).await;
        self.house.all_is_done(LONG).await;
        let case = self.house.rows::<(i64,)>("SELECT MAX(id) FROM cases").await[0].0;
        let path = format!("/cases/R-{case}");
        for form in [
            vec![("do", "decide"), ("identity", "email"), ("value", address), ("reason", "called back")],
            vec![("do", "plan")],
        ] {
            let seen = seen(&self.house, case).await;
            let form = [&form[..], &[("seen", seen.as_str())]].concat();
            let done = posts(&self.console, &self.agent, &path, &form).await;
            assert_eq!(done.status, 303, "{}", done.text);
        }
        self.releases(2).await;
    }

    /// Link and code of somebody's copy, as they come by them.
    async fn comes_by(&self, address: &str) -> (String, String) {
        let [link] = &links(&self.house, address, "/copy/")[..] else { panic!("not one link went to {address}") };
        let asked = self.posts(link, &[("do", "lost")]).await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        self.house.all_is_done(LONG).await;
        let confirm = links(&self.house, address, "/verify/").pop().expect("a link to a code");
        let shown = self.posts(&confirm, &[]).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        (link.clone(), code_in(shown.body()))
    }

    async fn gets(&self, path: &str) -> Answer {
        gets(&self.console, "", path).await
    }

    async fn heads(&self, path: &str) -> Answer {
        self.console.send("HEAD", path, &[], b"").await.expect("an answer")
    }

    async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        posts(&self.console, "", path, fields).await
    }

    /// How often the archives were fetched, and how many fetchings there are.
    async fn fetched(&self) -> (i64, i64) {
        let sum = "SELECT CAST(SUM(downloads) AS BIGINT) FROM package_parts";
        (self.house.rows::<(i64,)>(sum).await[0].0, self.house.count("downloads").await)
    }

    /// Where the archive is, by link and code.
    async fn fetches(&self, link: &str, code: &str, how: &str) -> String {
        let answer = self.posts(link, &[("do", how), ("code", code)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        answer.header("location").expect("an address").to_owned()
    }

    /// Every file of a package.
    fn kept(&self) -> usize {
        files_below(&self.house.data_dir().join("packages")).len()
    }
}

/// What is in an archive under this name.
fn entry(archive: &[u8], name: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).expect("an archive");
    let mut bytes = Vec::new();
    zip.by_name(name).expect("an entry").read_to_end(&mut bytes).expect("it reads");
    bytes
}

on_both! {
    async fn s36_one_half_opens_nothing_and_whatever_else_is_tried_gets_the_same_bytes(house: House) {
        let desk = Desk::opens(house).await;
        desk.releases_another(people::PLAIN).await;
        let (link, code) = desk.comes_by(people::HEAVY).await;
        let (other_link, other_code) = desk.comes_by(people::PLAIN).await;
        let token = link.rsplit('/').next().expect("a token");
        assert!(token.len() >= 52 && link != other_link && code != other_code);

        // looking uses nothing up, and tells nobody else where it was looked
        let before = desk.fetched().await;
        assert_eq!(before, (0, 0));
        for _ in 0..3 {
            let (looked, asked) = (desk.gets(&link).await, desk.heads(&link).await);
            assert_eq!((looked.status, asked.status, asked.body()), (200, 200, ""));
            assert_eq!((looked.header("referrer-policy"), looked.header("cache-control")), (Some("same-origin"), Some("no-store")));
            assert!(!looked.body().contains(token) && !looked.body().contains("Lena"), "{}", looked.body());
        }
        // what never was, what is of another kind, what is cut or bent: one answer
        let never = bytes(&desk.gets(&format!("/copy/{}", "a".repeat(52))).await);
        assert!(never.starts_with("HTTP/1.0 404") || never.starts_with("HTTP/1.1 404"), "{never}");
        let verify = links(&desk.house, people::HEAVY, "/verify/").pop().expect("a link");
        let bent = [
            "/copy/x".to_owned(),
            "/copy/%00".to_owned(),
            "/copy/..%2f..".to_owned(),
            link[..link.len() - 1].to_owned(),
            format!("{link}a"),
            link.to_uppercase().replace("/COPY/", "/copy/"),
            verify.replace("/verify/", "/copy/"),
            format!("/copy/file/{token}/your-data.zip"),
            "/copy/file/x/your-data.zip".to_owned(),
            "/copy/file/%2e%2e/your-data.zip".to_owned(),
            "/copy/file/..%2f..%2fkeys/master.key".to_owned(),
        ];
        for path in &bent {
            assert_eq!(bytes(&desk.gets(path).await), never, "{path}");
            // whoever works here learns no more
            assert_eq!(plain(&gets(&desk.console, &desk.lead, path).await, ""), plain(&desk.gets(path).await, ""), "{path}");
            if !path.contains("/file/") {
                for form in [&[("do", "plain"), ("code", code.as_str())][..], &[("do", "lost")]] {
                    let answer = desk.posts(path, form).await;
                    assert_eq!((answer.status, answer.body()), (404, desk.gets(path).await.body()), "{path} {form:?}");
                }
            }
        }
        assert_eq!(desk.gets(&link.replace("/copy/", "/verify/")).await.status, 404);
        // without the code, with a made-up one, with somebody else's, with one that was asked for by another site
        for (at, wrong) in [
            (&link, other_code.as_str()), (&other_link, code.as_str()), (&link, ""), (&link, "ABCDE-FGHIJ-KLMNO-PQRST"),
            (&link, &code[..22]), (&link, token), (&link, "%"), (&link, "' OR 1=1 --"),
        ] {
            for how in ["plain", "locked", "plain.2", ""] {
                let tried = desk.posts(at, &[("do", how), ("code", wrong)]).await;
                assert_eq!((tried.status, tried.header("location")), (422, None), "{wrong:?} {how}: {}", tried.text);
                assert!(!tried.body().contains(&code) && !tried.body().contains(&other_code), "{}", tried.body());
            }
        }
        let body = crate::console::form(&[("do", "plain"), ("code", &code)]);
        let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(desk.console.send("POST", &link, &foreign, &body).await.map(|answer| answer.status), Some(403));
        assert_eq!(desk.fetched().await, before, "none of it counts as a fetching");

        // both halves open it, as often as the pack says; the address of a fetching can be asked as often as a download breaks off
        let place = desk.fetches(&link, &code, "plain").await;
        assert_eq!(desk.fetched().await, (1, 1));
        for _ in 0..2 {
            let head = desk.heads(&place).await;
            assert_eq!((head.status, head.body()), (200, ""));
            let (head, archive) = bytes_of(&desk.console, "", &place).await;
            let head = head.to_lowercase();
            for line in ["content-disposition: attachment; filename=\"your-data.zip\"", "x-content-type-options: nosniff", "referrer-policy: no-referrer", "content-security-policy: sandbox;", "cache-control: no-store"] {
                assert!(head.contains(line), "{line} is missing in {head}");
            }
            assert!(String::from_utf8_lossy(&entry(&archive, "data/users.json")).contains(people::HEAVY), "it is theirs");
        }
        assert_eq!(desk.fetched().await, (1, 1), "however often it is asked for");
        for path in [place.replace("your-data", "other"), format!("{place}x"), place.replace("/your-data.zip", "/..%2f..%2fkeys%2fmaster.key")] {
            assert_eq!(plain(&desk.gets(&path).await, "").0, 404, "{path}");
        }
        for _ in 1..5 {
            desk.fetches(&link, &code, "plain").await;
        }
        for how in ["plain", "locked"] {
            let sixth = desk.posts(&link, &[("do", how), ("code", &code)]).await;
            assert_eq!(sixth.status, 422, "{}", sixth.text);
        }
        assert_eq!(desk.fetched().await, (5, 5));

        // withdrawn, it is as if it had never been; that of somebody else goes on
        let case = desk.house.rows::<(i64,)>("SELECT MIN(id) FROM cases").await[0].0;
        let package = desk.house.rows::<(i64,)>(&format!("SELECT id FROM packages WHERE case_id = {case}")).await[0].0.to_string();
        let revoked = posts(&desk.console, &desk.agent, &format!("/cases/R-{case}"), &[("do", "revoke"), ("package", &package), ("reason", "the wrong person"), ("seen", "9999")]).await;
        assert_eq!(revoked.status, 303, "{}", revoked.text);
        for path in [&link, &place] {
            assert_eq!(bytes(&desk.gets(path).await), never, "{path}");
        }
        for form in [&[("do", "plain"), ("code", code.as_str())][..], &[("do", "lost")]] {
            assert_eq!(bytes(&desk.posts(&link, form).await), bytes(&desk.posts(&bent[0], form).await), "{form:?}");
        }
        desk.house.all_is_done(LONG).await;
        assert_eq!(desk.kept(), 1, "its file is destroyed, the other one stays");
        desk.fetches(&other_link, &other_code, "plain").await;

        // none of it is written down anywhere
        let (log, stored) = (desk.console.log(), desk.house.contents().await);
        assert!(log.contains("DEBUG") || log.contains("TRACE"), "the log says nothing");
        let ticket = place.split('/').nth(3).expect("a ticket");
        let tokens = [token, ticket, verify.rsplit('/').next().expect("a token"), other_link.rsplit('/').next().expect("a token")];
        for secret in tokens.into_iter().chain([code.as_str(), other_code.as_str(), &code.replace('-', ""), &other_code.replace('-', "")]) {
            assert!(!log.contains(secret), "{secret} stands in the log");
            for (table, rows) in &stored {
                assert!(!rows.contains(secret), "{secret} lies in {table}");
            }
        }
        desk.console.stops().await;
    }

    async fn s36_once_its_time_is_over_nothing_of_a_copy_is_left(house: House) {
        let desk = Desk::opens(house).await;
        let (link, code) = desk.comes_by(people::HEAVY).await;
        let never = bytes(&desk.gets(&format!("/copy/{}", "a".repeat(52))).await);
        let (open, locked) = (desk.fetches(&link, &code, "plain").await, desk.fetches(&link, &code, "locked").await);
        desk.house.all_is_done(LONG).await;
        assert_eq!((desk.gets(&open).await.status, desk.gets(&locked).await.status, desk.kept()), (200, 200, 2));
        for file in files_below(&desk.house.data_dir().join("packages")) {
            let lies = fs::read(&file).expect("it reads");
            for never in [people::HEAVY.as_bytes(), b"PK\x03\x04", b"index.html"] {
                assert!(!lies.windows(never.len()).any(|part| part == never), "{} can be read", file.display());
            }
        }
        // the address of a fetching ends before the link does
        let Desk { house, console, .. } = desk;
        house.meddles("UPDATE downloads SET expires_at = 1000").await;
        for path in [&open, &locked] {
            assert_eq!(bytes(&gets(&console, "", path).await), never, "{path}");
        }
        assert_eq!(gets(&console, "", &link).await.status, 200);
        house.meddles("UPDATE packages SET expires_at = 1000").await;
        assert_eq!(bytes(&gets(&console, "", &link).await), never);
        for form in [&[("do", "plain"), ("code", code.as_str())][..], &[("do", "lost")]] {
            assert_eq!(posts(&console, "", &link, form).await.status, 404, "{form:?}");
        }
        console.stops().await;
        // what the schedule does every quarter of an hour
        house.meddles("DELETE FROM ticks WHERE schedule = 'expire_packages'").await;
        let console = house.opens().await;
        house.comes_to(0, "packages WHERE destroyed_at IS NULL", LONG).await;
        house.comes_to(0, "downloads", LONG).await;
        house.all_is_done(LONG).await;
        assert!(files_below(&house.data_dir().join("packages")).is_empty() && files_below(&house.data_dir().join("spool")).is_empty());
        assert_eq!(house.count("downloads WHERE cipher IS NOT NULL").await, 0, "no password is left");
        assert_eq!(bytes(&gets(&console, "", &link).await), never);
        console.stops().await;
    }

    async fn s34_no_text_becomes_a_formula_in_a_copy(house: House) {
        let ready = ready(house, WORDS).await;
        for (number, text) in FORMULAS.iter().enumerate() {
            let text = text.replace('\'', "''");
            let theirs = format!("SELECT id FROM prompts WHERE user_id = (SELECT id FROM users WHERE email = '{}') ORDER BY id LIMIT 1 OFFSET {number}", people::HEAVY);
            ready.generation.run(&format!("UPDATE prompts SET text = '{text}', negative_text = '{text}' WHERE id = ({theirs})")).await;
        }
        let desk = Desk::over(ready).await;
        let (link, code) = desk.comes_by(people::HEAVY).await;
        let place = desk.fetches(&link, &code, "plain").await;
        let (_, archive) = bytes_of(&desk.console, "", &place).await;
        let csv = entry(&archive, "data/prompts.csv");
        let columns = csv.split(|byte| *byte == b'\n').next().expect("a head").split(|byte| *byte == b',').count();
        let lines = is_sound(&csv, columns, "prompts");
        for text in FORMULAS {
            let harmless = format!("'{text}");
            assert!(lines.iter().any(|line| line.contains(&harmless)), "{text:?} is not there as it was written: {lines:?}");
        }
        desk.console.stops().await;
    }
}
