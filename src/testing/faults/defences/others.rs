//! What belongs to a product that somebody has no role for is not there for them: the same bytes as for what never was, in
//! no list, no count, no search, no export.

use super::{
    changed, file_of,
    hands::{enters, gets, hired, plain, posts},
};
use crate::{
    console::Console,
    house::{House, PRODUCT},
    on_both,
    runs::ready,
};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(90);
/// The product of whoever looks from outside.
const OTHER: &str = "imgus";
/// What only a case of the product has in it.
const WORD: &str = "Quillfeather";
/// Every role that counts for a product.
const ALL: [&str; 12] = [
    "--role",
    "officer",
    "--role",
    "lead",
    "--role",
    "agent",
    "--role",
    "responder",
    "--role",
    "auditor",
    "--role",
    "engineer",
];

/// A mail with a version in HTML and a file.
fn mail(id: &str, word: &str) -> String {
    format!(
        "From: {word} Lena <{id}@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Delete {word}\r\n\
         Message-ID: <{id}@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
         --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain\r\n\r\n\
         Please delete my account {word}.\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>Please delete my account {word}</p>\r\n--y--\r\n\
         --x\r\nContent-Type: image/png; name=\"{word}.png\"\r\nContent-Disposition: attachment; filename=\"{word}.png\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n"
    )
}

/// One of each thing that belongs to a product, by its number.
#[derive(Clone)]
pub struct Things {
    pub product: &'static str,
    pub case: String,
    pub message: String,
    pub part: String,
    pub run: String,
    pub package: String,
    pub waiting: String,
    pub mail: String,
    pub job: String,
}

impl Things {
    /// What never was.
    fn never(&self) -> Self {
        let number = || "99999".to_owned();
        Self {
            product: "no-such-product",
            case: "R-99999".to_owned(),
            message: number(),
            part: self.part.clone(),
            run: "E-99999".to_owned(),
            package: number(),
            waiting: number(),
            mail: number(),
            job: number(),
        }
    }

    fn address(&self, pattern: &str) -> String {
        [
            ("{case}", &*self.case),
            ("{message}", &self.message),
            ("{part}", &self.part),
            ("{run}", &self.run),
            ("{waiting}", &self.waiting),
            ("{mail}", &self.mail),
            ("{job}", &self.job),
            ("{package}", &self.package),
            ("{product}", self.product),
        ]
        .iter()
        .fold(pattern.to_owned(), |path, (gap, value)| path.replace(gap, value))
    }
}

/// Everything that has an address, and what a form there would ask for.
const ASKED: [(&str, &str); 33] = [
    ("/cases/{case}", ""),
    ("/cases/{case}?html={message}", ""),
    ("/cases/{case}", "do=note&text=Seen"),
    ("/cases/{case}", "do=reply&seen=1&text=Seen"),
    ("/cases/{case}", "do=assign&seen=1&to=nobody"),
    ("/cases/{case}", "do=state&seen=1&to=open&reason=why"),
    ("/cases/{case}", "do=classify&seen=1&to=access&reason=why"),
    ("/cases/{case}", "do=revoke&seen=1&package={package}&reason=why"),
    ("/cases/{case}", "do=reveal&message={message}"),
    ("/cases/{case}", "do=redact&seen=1&message={message}&sure=1"),
    ("/cases/{case}", "do=plan&seen=1"),
    ("/cases/{case}", "do=ask&seen=1&identity=email&value=a"),
    ("/cases/{case}/plan", ""),
    ("/cases/{case}/plan", "seen=1"),
    ("/cases/{case}/consents", ""),
    ("/cases/{case}/requester", ""),
    ("/cases/{case}/requester", "do=erase&seen=1"),
    ("/cases/{case}/files/{message}/{part}", ""),
    ("/cases/{case}/messages/{message}/html", ""),
    ("/cases/{case}/messages/{message}/html?pictures=1", ""),
    ("/runs/{run}", ""),
    ("/runs/{run}", "do=cancel&reason=why"),
    ("/runs/{run}", "do=release"),
    ("/runs/{run}/receipt.json", ""),
    ("/mail/in/{waiting}", ""),
    ("/mail/in/{waiting}", "do=release"),
    ("/mail/in/{waiting}", "do=discard&reason=why"),
    ("/mail/out/{mail}", ""),
    ("/mail/out/{mail}", "do=again"),
    ("/mail/failed/{job}", "do=again"),
    ("/policies/{product}", ""),
    ("/api/keep_draft", "reference={case}&text=Dear"),
    ("/api/run_progress", "run={run}"),
];

fn fields(form: &str) -> Vec<(&str, &str)> {
    form.split('&').filter_map(|pair| pair.split_once('=')).collect()
}

/// Asks for one thing; status and body, with what is in it of the thing's own names taken out.
async fn asks(console: &Console, cookie: &str, things: &Things, (path, form): (&str, &str)) -> (u16, String) {
    let (path, form) = (things.address(path), things.address(form));
    let answer = if form.is_empty() {
        gets(console, cookie, &path).await
    } else {
        posts(console, cookie, &path, &fields(&form)).await
    };
    let (status, body) = plain(&answer, &path);
    (status, body.replace(&things.case, "CASE"))
}

/// A released copy, a case with a file, a mail that waits and one that left, of the product; a case of the other one.
pub async fn scene(house: House) -> (House, Console, Things, Things) {
    let mut house = ready(house, "Please send me a copy of all personal data you hold about me.").await.house;
    house.more = format!(
        "{}\n[products.{OTHER}]\naddress = \"privacy@imgus.example\"\n[server]\npublic_url = \"https://desk.imagegen.example\"\n",
        house.more
    );
    hired(&house, "outsider", &[&ALL[..], &["--product", OTHER]].concat()).await;
    hired(&house, "insider", &[&ALL[..], &["--product", PRODUCT]].concat()).await;
    let console = house.opens().await;
    house.comes_to(1, "runs WHERE state = 'packed'", LONG).await;
    let within = enters(&console, "insider").await;
    let released = posts(&console, &within, "/runs/E-1", &[("do", "release")]).await;
    assert_eq!(released.status, 303, "{}", released.text);
    house.receives(&mail("theirs", WORD)).await;
    house.all_is_done(LONG).await;
    let (case, message): (i64, i64) = house.rows("SELECT case_id, id FROM messages ORDER BY id DESC LIMIT 1").await[0];
    house.receives(&mail("stranger", WORD).replace("Delete", &format!("About R-{case}"))).await;
    let ended = house.run(&["ingest", "--product", OTHER], &mail("own", "Feather")).await;
    assert_eq!(ended.code, Some(0), "{}", ended.says);
    house.all_is_done(LONG).await;
    let one = async |query: &str| house.rows::<(i64,)>(query).await[0].0.to_string();
    let part = file_of(&console, &within, case, message).await.rsplit('/').next().expect("a part").to_owned();
    let theirs = Things {
        product: PRODUCT,
        case: format!("R-{case}"),
        message: message.to_string(),
        part,
        run: "E-1".to_owned(),
        package: one("SELECT id FROM packages").await,
        waiting: one("SELECT id FROM messages WHERE state = 'quarantined'").await,
        mail: one(&format!("SELECT id FROM mails WHERE case_id = {case}")).await,
        job: one("SELECT MIN(id) FROM jobs").await,
    };
    let own = Things {
        product: OTHER,
        case: format!("R-{}", one(&format!("SELECT id FROM cases WHERE product = '{OTHER}'")).await),
        message: one(&format!("SELECT id FROM messages WHERE product = '{OTHER}'")).await,
        ..theirs.clone()
    };
    (house, console, theirs, own)
}

on_both! {
    async fn s16_what_is_of_another_product_answers_over_http_as_what_never_was(house: House) {
        let (house, console, theirs, own) = scene(house).await;
        let outside = enters(&console, "outsider").await;
        let last = house.rows::<(i64,)>("SELECT MAX(id) FROM audit").await[0].0;
        let before = house.contents().await;
        for thing in ASKED {
            let (real, never) = (asks(&console, &outside, &theirs, thing).await, asks(&console, &outside, &theirs.never(), thing).await);
            assert_eq!(real.0, 404, "{thing:?}: {}", real.1);
            assert!(real == never, "{thing:?} answers\n{}\nand for what never was\n{}", real.1, never.1);
        }
        // through a case of their own, whatever a field or a piece of the address names
        for thing in [
            ("/cases/{case}/files/{message}/{part}", ""),
            ("/cases/{case}/messages/{message}/html", ""),
            ("/cases/{case}", "do=revoke&seen=99999&package={package}&reason=why"),
            ("/cases/{case}", "do=reveal&message={message}"),
            ("/cases/{case}", "do=redact&seen=99999&message={message}&sure=1"),
            ("/cases/{case}", "do=release&seen=99999&hold={package}&reason=why"),
        ] {
            let through = |things: &Things| Things { case: own.case.clone(), ..things.clone() };
            let real = asks(&console, &outside, &through(&theirs), thing).await;
            let never = asks(&console, &outside, &through(&theirs.never()), thing).await;
            assert_eq!(real.0, 404, "{thing:?}: {}", real.1);
            assert!(real == never, "{thing:?} answers\n{}\nand for what never was\n{}", real.1, never.1);
        }
        for (path, form) in [
            (format!("/cases/{}", own.case), "do=merge&seen=99999&merge-into={case}&reason=the+same"),
            ("/queue".to_owned(), "case={case}&to=nobody"),
            ("/runs/approve".to_owned(), "run={run}:00&typed=1"),
        ] {
            let real = asks(&console, &outside, &theirs, (&path, form)).await;
            let never = asks(&console, &outside, &theirs.never(), (&path, form)).await;
            assert_eq!(real.0, never.0, "{path} {form}");
            let out = |text: &str| text.replace(&theirs.run, "RUN").replace("E-99999", "RUN");
            assert!(out(&real.1) == out(&never.1), "{path} {form} answers\n{}\nand for what never was\n{}", real.1, never.1);
        }
        // that they tried to approve is said, and that none was
        let after = house.contents().await;
        let touched: Vec<_> = changed(&before, &after).into_iter().filter(|table| table != "sessions").collect();
        assert_eq!(touched, ["audit"]);
        let said: Vec<(String, String)> = house.rows(&format!("SELECT action, object FROM audit WHERE id > {last}")).await;
        assert_eq!(said, vec![("runs_approved_together".to_owned(), "0 of 1".to_owned()); 2]);
        // whoever works there has it all, so that there was something to be found
        let within = enters(&console, "insider").await;
        for thing in ASKED.into_iter().filter(|(path, form)| form.is_empty() && !path.contains("/plan") && !path.contains("/consents")) {
            assert_eq!(asks(&console, &within, &theirs, thing).await.0, 200, "{thing:?}");
        }
        console.stops().await;
    }

    async fn s16_no_list_count_search_or_export_over_http_tells_of_another_product(house: House) {
        let (house, console, theirs, own) = scene(house).await;
        let (outside, within) = (enters(&console, "outsider").await, enters(&console, "insider").await);
        let number = &theirs.case[2..];
        let first = format!("R-{}", house.rows::<(i64,)>("SELECT MIN(id) FROM cases").await[0].0);
        let pages = [
            "/overview".to_owned(),
            "/queue".to_owned(),
            "/queue?view=closed".to_owned(),
            "/queue?view=nobody".to_owned(),
            format!("/queue?q={WORD}"),
            "/queue?q=hoffmann".to_owned(),
            format!("/queue?product={PRODUCT}"),
            format!("/queue?q={number}"),
            "/runs".to_owned(),
            "/runs/approve".to_owned(),
            "/runs/standing".to_owned(),
            "/mail".to_owned(),
            "/mail?tab=outgoing".to_owned(),
            "/mail?tab=failed".to_owned(),
            "/mail?tab=mailboxes".to_owned(),
            "/mail?tab=discarded".to_owned(),
            "/policies".to_owned(),
            "/settings/retention".to_owned(),
            "/cases/new".to_owned(),
            "/audit".to_owned(),
            format!("/audit?case={}", theirs.case),
        ];
        let mut found = 0;
        for path in &pages {
            let page = gets(&console, &outside, path).await;
            assert_eq!(page.status, 200, "{path}");
            // what they typed themselves stands in their own form
            let typed = [
                format!("value=\"{WORD}\""), format!("“{WORD}”"), format!("q={WORD}"), format!("case={}", theirs.case),
                format!("value=\"{}\"", theirs.case), format!("product={PRODUCT}"),
            ];
            let said = typed.iter().fold(page.body().to_owned(), |text, typed| text.replace(typed, ""));
            for word in [WORD, "lena.hoffmann", &theirs.case, &format!("{first}<"), &format!("/{first}\""), "/runs/E-1\"", PRODUCT] {
                assert!(!said.contains(word) || word == own.case, "{path} says {word}:\n{said}");
            }
            let seen = gets(&console, &within, path).await;
            found += usize::from(seen.body().contains(WORD) || seen.body().contains(&theirs.case));
        }
        assert!(found >= 5, "whoever works there finds it in {found} of these pages");
        // a reference that is searched for leads to the case, or to what never was
        let led = gets(&console, &outside, &format!("/queue?q={}", theirs.case)).await;
        let never = gets(&console, &outside, "/queue?q=R-99999").await;
        assert_eq!(plain(&led, &theirs.case), plain(&never, "R-99999"));
        assert_eq!(led.header("location").map(|to| to.replace(&theirs.case, "R-99999")), never.header("location").map(str::to_owned));
        // the counts beside the lists are of their own case alone
        let queue = gets(&console, &outside, "/queue").await;
        assert!(queue.body().contains(&own.case), "{}", queue.body());
        // what leaves as a file
        for path in ["/audit".to_owned(), format!("/audit?case={}", theirs.case)] {
            let (csv, whole) = (posts(&console, &outside, &path, &[]).await, posts(&console, &within, &path, &[]).await);
            assert_eq!((csv.status, whole.status), (200, 200));
            assert!(whole.body().contains(&theirs.case), "{}", whole.body());
            for word in [WORD, &theirs.case, PRODUCT] {
                assert!(!csv.body().contains(word), "{path} says {word}:\n{}", csv.body());
            }
        }
        // and what machines ask for, who are nobody
        for path in ["/healthz", "/readyz", "/metrics", "/robots.txt", "/.well-known/recourse-receipt-keys", "/.well-known/recourse-audit-keys"] {
            for cookie in ["", &outside] {
                let answer = gets(&console, cookie, path).await;
                assert!(answer.status == 200 || path == "/metrics", "{path}: {}", answer.status);
                for word in [WORD, &theirs.case, &own.case, PRODUCT, OTHER, "cases"] {
                    assert!(!answer.body().contains(word) || (path == "/metrics" && answer.status == 404), "{path} says {word}: {}", answer.body());
                }
            }
        }
        console.stops().await;
    }
}
