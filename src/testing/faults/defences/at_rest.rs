//! What lies in the database opens nothing: every stored value that could be somebody's way in is tried as one.

use super::at_work;
use crate::{
    house::{House, Store},
    on_both,
    verbs::EMAIL,
};
use std::collections::BTreeSet;

impl House {
    /// Every value of every column that holds bytes, or a text that could be a token, by table and column.
    async fn stored(&self) -> Vec<(String, String)> {
        let columns: Vec<(String, String, String)> = self
            .rows(match self.store {
                Store::Sqlite => {
                    "SELECT t.name, c.name, c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c
                     WHERE t.type = 'table' AND c.type IN ('BLOB', 'TEXT') AND t.name NOT LIKE 'sqlite_%'"
                }
                Store::Postgres(_) => {
                    "SELECT table_name::text, column_name::text, upper(data_type)::text FROM information_schema.columns
                     WHERE table_schema = 'public' AND data_type IN ('bytea', 'text')"
                }
            })
            .await;
        let mut all = Vec::new();
        for (table, column, kind) in columns {
            let place = format!("{table}.{column}");
            if kind == "TEXT" {
                let rows: Vec<(Option<String>,)> = self.rows(&format!("SELECT \"{column}\" FROM \"{table}\"")).await;
                all.extend(rows.into_iter().filter_map(|(text,)| text).map(|text| (place.clone(), text)));
                continue;
            }
            let rows: Vec<(Option<Vec<u8>>,)> = self.rows(&format!("SELECT \"{column}\" FROM \"{table}\"")).await;
            for bytes in rows.into_iter().filter_map(|(bytes,)| bytes) {
                for encoding in [data_encoding::BASE64URL_NOPAD, data_encoding::HEXLOWER] {
                    all.push((place.clone(), encoding.encode(&bytes)));
                }
            }
        }
        all
    }
}

on_both! {
    async fn s03_no_stored_value_opens_anything(house: House) {
        house.more = format!(
            "{}\n[[intake.tokens]]\nname = \"provider\"\nproduct = \"imagegen-artisticmonk\"\ntoken = \"{}\"\n",
            house.more, "t".repeat(40)
        );
        let (console, cookie, _) = at_work(&house).await;
        // a way in of each kind: a session, a link for a new password
        let asked = console.post("/reset", "", &[("email", EMAIL)]).await.expect("an answer");
        assert!(asked.status < 400, "{}", asked.text);
        house.all_is_done(std::time::Duration::from_secs(10)).await;
        assert!(house.count("account_links").await >= 1 && house.count("sessions").await == 1);
        let fits = |text: &str| (8..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=.:".contains(&b));
        let values: BTreeSet<(String, String)> = house.stored().await.into_iter().filter(|(_, text)| fits(text)).collect();
        let places: BTreeSet<_> = values.iter().map(|(place, _)| place.as_str()).collect();
        for place in ["sessions.token_hash", "account_links.token_hash", "account_links.number"] {
            assert!(places.contains(place), "{place} is not among {places:?}");
        }
        let session = cookie.split('=').nth(1).expect("a token");
        for (place, value) in &values {
            assert_ne!(value, session, "{place} holds a session's token");
            let tried = console.send("GET", "/overview", &[("cookie", &format!("__Host-recourse={value}"))], b"").await.expect("an answer");
            assert_eq!(tried.status, 303, "{place} is a session");
        }
        // links and tokens of all kinds; what is wrong is answered as what never was
        let keys = values.iter().filter(|(place, _)| ["hash", "digest", "number", "token", "key"].iter().any(|name| place.contains(name)));
        let mut wrong_tokens = 0;
        for (place, value) in keys {
            for path in ["/password", "/setup", "/copy", "/verify"] {
                let (made_up, tried) = (
                    console.get(&format!("{path}/{}", "a".repeat(value.len()))).await.expect("an answer"),
                    console.get(&format!("{path}/{value}")).await.expect("an answer"),
                );
                let plain = |answer: &crate::console::Answer, token: &str| {
                    let nonce = answer.text.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default().to_owned();
                    let body = answer.body().replace(token, "TOKEN");
                    if nonce.is_empty() { body } else { body.replace(&nonce, "NONCE") }
                };
                assert_eq!(tried.status, made_up.status, "{path} with {place}");
                assert_eq!(plain(&tried, value), plain(&made_up, &"a".repeat(value.len())), "{path} with {place}");
            }
            // after a few wrong ones nobody looks at any more of them
            if wrong_tokens < 20 {
                let bearer = format!("Bearer {value}");
                let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
                let posted = console.send("POST", "/intake/imagegen-artisticmonk", &headers, b"From: a@b.example\r\n\r\nx").await.expect("an answer");
                assert_eq!(posted.status, 401, "{place} is a token");
                wrong_tokens += 1;
            }
        }
        // the token itself is nowhere
        let token = "t".repeat(40);
        assert!(!house.stored().await.iter().any(|(_, text)| text.contains(&token) || text.contains(session)));
        console.stops().await;
    }
}
