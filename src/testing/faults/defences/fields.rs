//! Forms can say only what they ask for: fields that they do not have change nothing. What staff write for each other stays
//! with them.

use super::at_work;
use crate::{
    console::form,
    house::{House, Store},
    on_both,
};
use std::{fs, time::Duration};

impl House {
    /// The names of all columns of all tables.
    async fn columns(&self) -> Vec<String> {
        let rows: Vec<(String,)> = self
            .rows(match self.store {
                Store::Sqlite => {
                    "SELECT DISTINCT c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1"
                }
                Store::Postgres(_) => {
                    "SELECT DISTINCT column_name::text FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
                }
            })
            .await;
        rows.into_iter().map(|(column,)| column).collect()
    }
}

on_both! {
    async fn s17_fields_that_a_form_does_not_have_change_nothing(house: House) {
        let (console, cookie, reference) = at_work(&house).await;
        // whatever the database calls something, sent along as a field
        let extra: Vec<(String, &str)> = house.columns().await.into_iter().map(|column| (column, "7")).collect();
        assert!(extra.len() > 100, "{}", extra.len());
        let roles = [("role", "lead"), ("roles", "lead"), ("is_admin", "true"), ("proof", "fresh"), ("actor", "1"), ("restricted", "1"), ("state", "closed"), ("outcome", "granted")];
        let asked = ["do", "seen", "text", "reason", "to", "seq", "email", "name", "password", "old", "new", "product", "kind", "channel", "address", "received", "language"];
        let sends = async |path: &str, own: &[(&str, &str)]| {
            let mut all = own.to_vec();
            all.extend(extra.iter().map(|(name, value)| (name.as_str(), *value)).filter(|(name, _)| !asked.contains(name)));
            all.extend(roles.iter().filter(|(name, _)| !asked.contains(name)));
            let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
            console.send("POST", path, &headers, &form(&all)).await.expect("an answer").status
        };
        let case = "SELECT kind, state, COALESCE(outcome, ''), COALESCE(owner_id, 0), product, received_at FROM cases ORDER BY id";
        let staff = "SELECT email, name, COALESCE(disabled_at, 0) FROM staff";
        let held = async || {
            (
                house.rows::<(String, String, String, i64, String, i64)>(case).await,
                house.rows::<(String, String, i64)>(staff).await,
                house.rows::<(i64, String)>("SELECT staff_id, role FROM staff_grants ORDER BY role").await,
                house.count("sessions").await,
            )
        };
        let mut before = held().await;
        let seen = async || house.rows::<(i64,)>("SELECT seq FROM cases ORDER BY id").await[0].0.to_string();
        let path = format!("/cases/{reference}");
        assert_eq!(sends(&path, &[("do", "note"), ("seen", &seen().await), ("text", "A note")]).await, 303);
        assert_eq!(held().await, before, "a note");
        assert_eq!(sends(&path, &[("do", "reply"), ("seen", &seen().await), ("text", "We look into it.")]).await, 303);
        // what a reply does, and nothing else
        before.0[0].1 = String::from("open");
        assert_eq!(held().await, before, "a reply");
        for (path, own) in [("/account", &[("do", "nothing")][..]), ("/queue", &[]), ("/runs/standing", &[]), ("/mail/in/1", &[])] {
            let status = sends(path, own).await;
            assert!((300..500).contains(&status), "{path}: {status}");
            assert_eq!(held().await, before, "{path}");
        }
        console.stops().await;
    }

    async fn s17_what_staff_write_for_each_other_reaches_no_requester(house: House) {
        const NOTE: &str = "an internal canary";
        let (console, cookie, reference) = at_work(&house).await;
        let seen = async || house.rows::<(i64,)>("SELECT seq FROM cases").await[0].0.to_string();
        let path = format!("/cases/{reference}");
        for fields in [[("do", "note"), ("text", NOTE)], [("do", "reply"), ("text", "We look into it.")]] {
            let seen = seen().await;
            let fields = [&fields[..], &[("seen", seen.as_str())]].concat();
            assert_eq!(console.post(&path, &cookie, &fields).await.map(|answer| answer.status), Some(303));
        }
        house.all_is_done(Duration::from_secs(20)).await;
        console.stops().await;
        let mails: Vec<_> = house.outgoing().iter().map(|file| fs::read_to_string(file).expect("it reads")).collect();
        assert_eq!(mails.len(), 2);
        for mail in mails {
            let encoded = data_encoding::BASE64.encode(NOTE.as_bytes());
            assert!(!mail.contains(NOTE) && !mail.contains(encoded.trim_end_matches('=')), "{mail}");
        }
    }
}
