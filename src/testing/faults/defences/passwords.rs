//! Passwords at a console that runs: as long as anybody likes and never cut, hard to guess wherever one is set, changed by
//! whoever knows the old one.

use super::people::{ANOTHER, Browser, officer_in};
use crate::{
    console::Console,
    house::House,
    on_both,
    verbs::{EMAIL, PASSWORD, hires},
};
use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher as _};

/// What people use who think that they are clever, or know the person and the house.
const WEAK: [&str; 11] = [
    "short",
    "elevenchars",
    "password1234",
    "123456789012",
    "qwertyuiopas",
    "aaaaaaaaaaaaaaaa",
    "Nisha Rao Nisha",
    "officer@imagegen.example",
    "recourserecourse",
    "imagegen2026",
    "Privacy-Grievance-1",
];

/// `password` with another sign where its byte of this number is, counted from one.
fn another_at(password: &str, byte: usize) -> String {
    let at = (0..byte).rev().find(|at| password.is_char_boundary(*at)).expect("its beginning");
    let old = password[at..].chars().next().expect("a sign");
    let new = if old == '#' { '+' } else { '#' };
    format!("{}{new}{}", &password[..at], &password[at + old.len_utf8()..])
}

/// The beginning of `password`, of so many bytes or of the signs that fit into them.
fn cut(password: &str, bytes: usize) -> &str {
    let at = (0..=bytes).rev().find(|at| password.is_char_boundary(*at)).expect("its beginning");
    &password[..at]
}

async fn knocks(console: &Console, password: &str) -> u16 {
    Browser::default().knocks(console, EMAIL, password).await.status
}

impl House {
    /// The officer's password as it is stored.
    async fn hash(&self) -> String {
        self.rows::<(String,)>(&format!("SELECT password_hash FROM staff WHERE email = '{EMAIL}'")).await[0].0.clone()
    }
}

on_both! {
    async fn s09_over_http_long_passwords_of_any_signs_work_whole(house: House) {
        hires(&house).await;
        let console = house.opens().await;
        let mut browser = officer_in(&console).await;
        let words = "Ünïcödé 漢字 🔑 שלום e\u{301} mit Leerzeichen und mehr als vierundsechzig Zeichen, ";
        let mut old = PASSWORD.to_owned();
        for new in [
            format!("{ANOTHER} {}", "z9 k; ".repeat(25)),
            format!(" {words}{words}ohne Grenze "),
            format!("{ANOTHER} {}", "漢z".repeat(249)),
        ] {
            assert!(new.chars().count() > 64 && new.len() > 129 && new.len() <= 1_024, "{}", new.len());
            let changed = browser.post(&console, "/account", &[("do", "password"), ("old", &old), ("new", &new)]).await;
            assert_eq!(changed.header("location"), Some("/account?done=password"), "{new}: {}", changed.text);
            for wrong in [another_at(&new, 73), another_at(&new, 129), another_at(&new, new.len()), cut(&new, 72).to_owned()] {
                assert_ne!(wrong, new);
                assert_eq!(knocks(&console, &wrong).await, 422, "{wrong}");
            }
            assert_eq!(knocks(&console, &new).await, 303, "{new}");
            for wrong in [cut(&new, 128), new.trim_end_matches([' ', 'z']), &format!("{new}x"), &old] {
                assert_ne!(wrong, new);
                assert_eq!(knocks(&console, wrong).await, 422, "{wrong}");
            }
            assert_eq!(knocks(&console, &new).await, 303, "{new}");
            old = new;
        }
        console.stops().await;
    }

    async fn s09_over_http_nobody_sets_a_password_that_is_easy_to_guess_or_without_the_old_one(house: House) {
        hires(&house).await;
        let console = house.opens().await;
        let mut browser = officer_in(&console).await;
        let before = house.hash().await;
        let long = format!("{ANOTHER} {}", "z9 k; ".repeat(200));
        for weak in WEAK.into_iter().chain([long.as_str()]) {
            let refused = browser.post(&console, "/account", &[("do", "password"), ("old", PASSWORD), ("new", weak)]).await;
            assert_eq!(refused.status, 422, "{weak}");
            assert!(refused.body().contains("href=\"#new\"") && !refused.body().contains("href=\"#old\""), "{weak}");
            // nor is it set from the command line
            if weak.len() < 1_000 {
                let ended = house.run(&["admin", "reset-password", "--email", EMAIL, "--password-stdin"], weak).await;
                assert_eq!(ended.code, Some(1), "{weak}: {}", ended.says);
                assert!(ended.says.contains("password") && !ended.says.contains(weak), "{}", ended.says);
            }
        }
        // whoever has the session alone cannot change it
        for fields in [
            &[("do", "password"), ("old", "not the password"), ("new", ANOTHER)][..],
            &[("do", "password"), ("old", ""), ("new", ANOTHER)],
            &[("do", "password"), ("new", ANOTHER)],
        ] {
            let refused = browser.post(&console, "/account", fields).await;
            assert_eq!(refused.status, 422, "{fields:?}");
            assert!(refused.body().contains("href=\"#old\""), "{fields:?}: {}", refused.body());
        }
        assert_eq!(house.hash().await, before);
        assert_eq!(house.count("audit WHERE action IN ('password_changed', 'password_reset')").await, 0);
        assert!(browser.is_in(&console).await, "and no session has ended");
        assert_eq!(knocks(&console, PASSWORD).await, 303);
        // nobody has to change one that is old
        house.meddles("UPDATE staff SET created_at = 0").await;
        assert_eq!(knocks(&console, PASSWORD).await, 303);
        console.stops().await;
    }

    async fn s09_over_http_a_hash_that_was_cheap_to_make_is_made_anew(house: House) {
        hires(&house).await;
        let console = house.opens().await;
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).expect("they hold"));
        let cheap = cheap.hash_password(PASSWORD.as_bytes()).expect("it hashes").to_string();
        house.meddles(&format!("UPDATE staff SET password_hash = '{cheap}'")).await;
        assert_eq!((knocks(&console, "something else entirely").await, house.hash().await), (422, cheap));
        for _ in 0..2 {
            assert_eq!(knocks(&console, PASSWORD).await, 303);
            assert!(house.hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", house.hash().await);
        }
        console.stops().await;
    }
}
