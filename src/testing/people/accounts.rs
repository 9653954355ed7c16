//! Accounts: the first one, what a password has to be, and how old hashes become new ones.

use super::{Browser, OFFICER, PASSWORD, signed_in};
use crate::{
    app::{Error, setup, staff},
    domain::{identity::StaffId, rights::Role},
    store::sql,
    testing::{house::House, on_both, rights::hired},
};
use axum::http::StatusCode;

async fn hash_of(house: &House, staff: StaffId) -> String {
    let mut tx = house.app.db.read().await.expect("a reader");
    sql("SELECT password_hash FROM staff WHERE id = $1").bind(staff).one::<(String,)>(&mut tx).await.expect("a row").0
}

/// Nobody works here yet.
async fn emptied(house: &House) {
    let mut tx = house.app.db.begin().await.expect("a writer");
    for text in [
        "DELETE FROM staff_grants",
        "DELETE FROM staff",
        // a house that was opened knows its key
        "INSERT INTO house (one, key_id) VALUES (1, 'test') ON CONFLICT DO NOTHING",
    ] {
        sql(text).run(&mut tx).await.expect("it goes");
    }
    tx.commit().await.expect("it is kept");
}

const FIRST: [(&str, &str); 3] =
    [("name", "Nisha Rao"), ("email", "first@imagegen.example"), ("password", "lamp orbit velvet 93 tundra")];

on_both! {
    async fn s09_passwords_are_long_and_hard_to_guess_and_the_old_one_is_needed(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let mut change = async |old: &str, new: &str| {
            browser.post("/account", &[("do", "password"), ("old", old), ("new", new)]).await
        };
        for weak in ["short", "password1234", "123456789012", "qwertyuiopas", "aaaaaaaaaaaaaaaa", "Nisha Rao Nisha",
            "officer@imagegen.example", "recourserecourse", "imagegen2026", &"x".repeat(1_025)] {
            let answer = change(PASSWORD, weak).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
            assert!(answer.body.contains("href=\"#new\""), "{weak}");
        }
        let wrong = change("not the password", "lamp orbit velvet 93 tundra").await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("href=\"#old\""));
        let long = "Ünïcödé 漢字 🔑 mit Leerzeichen und mehr als vierundsechzig Zeichen, ohne Grenze";
        assert!(long.chars().count() > 64);
        let mut old = PASSWORD.to_owned();
        for new in [long.to_owned(), format!("{long} {}", "z9 ".repeat(200)), "lamp orbit velvet 93 tundra".to_owned()] {
            let answer = change(&old, &new).await;
            assert_eq!(answer.header("location"), "/account?done=password", "{new}");
            let shorter = new.chars().take(new.chars().count() - 1).collect::<String>();
            for (typed, status) in [(shorter.as_str(), 422), (new.as_str(), 303)] {
                assert_eq!(Browser::new(house.app.clone()).knocks(OFFICER, typed).await.status.as_u16(), status);
            }
            old = new;
        }
    }

    async fn s09_a_hash_made_when_hashing_was_cheaper_is_made_anew(house: House) {
        use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher as _};
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).expect("they hold"));
        let cheap = cheap.hash_password(PASSWORD.as_bytes()).expect("it hashes").to_string();
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE staff SET password_hash = $2 WHERE id = $1").bind(house.officer.id).bind(&cheap).run(&mut tx).await.expect("it is kept");
        tx.commit().await.expect("it is kept");
        let wrong = Browser::new(house.app.clone()).knocks(OFFICER, "something else entirely").await;
        assert_eq!((wrong.status, hash_of(&house, house.officer.id).await), (StatusCode::UNPROCESSABLE_ENTITY, cheap));
        for _ in 0..2 {
            assert_eq!(Browser::new(house.app.clone()).knocks(OFFICER, PASSWORD).await.status, StatusCode::SEE_OTHER);
            assert!(hash_of(&house, house.officer.id).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        }
    }

    async fn s23_the_first_account_is_made_once_by_whoever_has_the_link(house: House) {
        assert!(setup::begin_setup(&house.app).await.expect("it looks").is_none(), "somebody works here");
        emptied(&house).await;
        let links = [
            setup::begin_setup(&house.app).await.expect("it begins").expect("a link"),
            setup::begin_setup(&house.another_console()).await.expect("it begins").expect("a link"),
        ];
        let over = setup::begin_setup(&house.app).await.expect("it begins").expect("a link");
        let mut tx = house.app.db.begin().await.expect("a writer");
        let hash = crate::store::sessions::token_hash(&over);
        sql("UPDATE account_links SET ends_at = 1 WHERE token_hash = $1").bind(hash.clone()).run(&mut tx).await.expect("it ends");
        tx.commit().await.expect("it is kept");
        let mut browser = Browser::new(house.app.clone());
        let guess = data_encoding::BASE64URL_NOPAD.encode(&hash);
        for wrong in ["nothing", &over, &guess] {
            assert_eq!(browser.get(&format!("/setup/{wrong}")).await.status, StatusCode::NOT_FOUND);
            assert_eq!(browser.post(&format!("/setup/{wrong}"), &FIRST).await.status, StatusCode::NOT_FOUND);
        }
        let page = browser.get(&format!("/setup/{}", links[0])).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("invites everybody else under People"), "{}", page.body);
        assert_eq!(browser.get(&format!("/setup/{}", links[0])).await.status, StatusCode::OK, "looking uses nothing up");
        let weak = browser.post(&format!("/setup/{}", links[0]), &[FIRST[0], FIRST[1], ("password", "password1234")]).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(weak.body.contains("Nisha Rao") && !weak.body.contains("password1234"));
        // two at once, with links of their own: one makes the account
        let mut other = Browser::new(house.another_console());
        let paths = links.clone().map(|link| format!("/setup/{link}"));
        let (one, two) = tokio::join!(
            browser.post(&paths[0], &FIRST),
            other.post(&paths[1], &[FIRST[0], ("email", "second@imagegen.example"), FIRST[2]]),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::NOT_FOUND]);
        for path in &paths {
            assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND);
        }
        assert!(setup::begin_setup(&house.app).await.expect("it looks").is_none());
        // nobody's default password opens anything
        for email in ["admin@imagegen.example", "admin", "root", "first@imagegen.example"] {
            let mut stranger = Browser::new(house.app.clone()).at([203, 0, 113, 3]);
            assert_eq!(stranger.knocks(email, "admin").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }

    async fn a_page_that_is_not_there_leads_everybody_to_their_own(house: House) {
        for role in [Role::Officer, Role::Admin, Role::Engineer, Role::Auditor] {
            let person = hired(&house, &format!("new-{}", role.code()), &[role.into()]).await;
            let mut browser = signed_in(&house, &person).await;
            let page = browser.get("/no/such/page").await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            let way = page.between("<div class=\"acts\">", "</div>").split('"').find(|part| part.starts_with('/')).map(str::to_owned);
            let first = browser.get(&way.expect("a way on")).await;
            let there = if first.status == StatusCode::SEE_OTHER { browser.get(first.header("location")).await } else { first };
            assert_eq!(there.status, StatusCode::OK, "{}", role.code());
        }
    }

    async fn accounts_are_refused_in_words(house: House) {
        let roles = house.agent.grants.clone();
        let refused = staff::create_user(&house.app, "no address", " ", "short", &[] as &[Role]).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
        assert_eq!(fields.iter().map(|field| field.field).collect::<Vec<_>>(), ["email", "name", "role", "password"]);
        let taken = staff::create_user(&house.app, OFFICER, "Dana Okafor", "lamp orbit velvet 93 tundra", &roles).await;
        assert!(matches!(taken, Err(Error::Invalid(_))));
        for outcome in [
            staff::disable(&house.app, "nobody@imagegen.example", true).await,
            staff::disable(&house.app, OFFICER, false).await,
            staff::invite(&house.app, OFFICER, "", &staff::Access::default()).await.map(|_| ()),
            staff::reset_factors(&house.app, "nobody@imagegen.example").await,
            staff::reset_password(&house.app, OFFICER, "password1234").await,
        ] {
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{outcome:?}");
        }
    }

    async fn a_change_of_password_with_nothing_typed_says_what_is_missing(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let first = browser.post("/account", &[("do", "password")]).await;
        assert_eq!(first.header("location"), "/account?done=proved", "the fields come once it is proved who types");
        let empty = browser.post("/account", &[("do", "password"), ("old", ""), ("new", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("href=\"#old\"") && empty.body.contains("href=\"#new\""), "{}", empty.body);
        assert!(!empty.body.contains("is changed") && !empty.body.contains("You have proved"), "{}", empty.body);
    }

    async fn the_door_says_everything_that_is_missing_at_once(house: House) {
        let answer = Browser::new(house.app.clone()).knocks("", "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("href=\"#email\"") && answer.body.contains("href=\"#password\""), "{}", answer.body);
    }
}
