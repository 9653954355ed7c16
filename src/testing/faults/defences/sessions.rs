//! Sessions of a console that runs: another token with whatever it opens, ends by the database's clock, ends that count on
//! every console at the next request.

use super::people::{ANOTHER, Authenticator, Browser, comes_in, officer_in};
use crate::{
    console::Console,
    on_both,
    verbs::{EMAIL, PASSWORD, hires},
};

const ADMIN: &str = "admin@imagegen.example";

/// Whoever comes with one of these tokens is sent to the door, on every console; what they send does nothing.
async fn opens_nothing(consoles: [&Console; 2], tokens: &[String]) {
    for token in tokens {
        for console in consoles {
            let mut old = Browser::with(token);
            assert!(!old.is_in(console).await, "{token}");
            let page = old.get(console, "/overview").await;
            assert_eq!((page.status, page.header("location")), (303, Some("/signin?next=%2Foverview")));
            let form = old.post(console, "/account", &[("do", "others")]).await;
            assert_eq!((form.status, form.header("set-cookie")), (401, None), "{}", form.text);
            assert_eq!(
                old.post(console, "/signin/second", &[("code", "123456")]).await.header("location"),
                Some("/signin")
            );
        }
    }
}

on_both! {
    async fn s01_over_http_a_token_changes_with_what_it_opens_and_the_old_one_opens_nothing(house: House) {
        hires(&house).await;
        house.employs(ADMIN, "Dana Okafor", &["admin"]).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let both = [&here, &there];
        // a token that somebody planted is not taken over, be it made up or a session of their own
        let planted = comes_in(&here, ADMIN, PASSWORD).await.token();
        let mut browser = Browser::with(&planted);
        assert!(browser.is_in(&there).await);
        browser.knocks(&here, EMAIL, PASSWORD).await;
        let mut made_up = Browser::with(&"A".repeat(43));
        made_up.knocks(&here, EMAIL, PASSWORD).await;
        let mut tokens = vec![planted, "A".repeat(43)];
        assert!(!tokens.contains(&browser.token()) && !tokens.contains(&made_up.token()));
        opens_nothing(both, &tokens).await;
        // a second factor is added
        tokens.push(browser.token());
        tokens.push(made_up.token());
        let (authenticator, _) = Authenticator::enrolled(&here, &mut browser).await;
        opens_nothing(both, &tokens).await;
        assert!(browser.is_in(&there).await);
        // from the door to the second factor, and on
        tokens.push(browser.token());
        let door = browser.knocks(&here, EMAIL, PASSWORD).await;
        assert_eq!(door.header("location"), Some("/signin/second"));
        let half = browser.token();
        assert!(!tokens.contains(&half) && !browser.is_in(&there).await, "half a session opens nothing");
        let code = authenticator.fresh(&house).await;
        let second = browser.post(&there, "/signin/second", &[("code", &code)]).await;
        assert_eq!(second.status, 303, "{}", second.text);
        assert!(browser.is_in(&here).await && browser.is_in(&there).await);
        tokens.push(half);
        opens_nothing(both, &tokens).await;
        // proved again
        house.passes(11).await;
        let former = browser.token();
        let asked = browser.post(&here, "/account", &[("do", "codes")]).await;
        assert_eq!((asked.status, browser.token()), (401, former.clone()), "nothing is proved yet");
        let code = authenticator.fresh(&house).await;
        let proved = browser.post(&here, "/account", &[("do", "others"), ("prove-again", &code)]).await;
        assert_eq!(proved.status, 303, "{}", proved.text);
        tokens.push(former);
        opens_nothing(both, &tokens).await;
        assert!(browser.is_in(&there).await);
        // another password
        tokens.push(browser.token());
        let fields = [("do", "password"), ("old", PASSWORD), ("new", ANOTHER)];
        assert_eq!(browser.post(&there, "/account", &fields).await.header("location"), Some("/account?done=password"));
        opens_nothing(both, &tokens).await;
        assert!(browser.is_in(&here).await);
        // another role, from the command line and from the page
        for by_page in [false, true] {
            tokens.push(browser.token());
            if by_page {
                let mut admin = comes_in(&there, ADMIN, PASSWORD).await;
                let id = house.rows::<(i64,)>(&format!("SELECT id FROM staff WHERE email = '{EMAIL}'")).await[0].0;
                let given = admin.post(&there, &format!("/settings/people/{id}"), &[("do", "role"), ("role", "auditor")]).await;
                assert_eq!(given.status, 303, "{}", given.text);
            } else {
                house.admin("grant", EMAIL, &["--role", "lead"], "").await;
            }
            opens_nothing(both, &tokens).await;
            browser.knocks(&here, EMAIL, ANOTHER).await;
            tokens.push(browser.token());
            let code = authenticator.fresh(&house).await;
            browser.post(&here, "/signin/second", &[("code", &code)]).await;
            assert!(browser.is_in(&here).await && browser.is_in(&there).await);
        }
        opens_nothing(both, &tokens).await;
        let all = tokens.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(all.len(), tokens.len(), "no token came twice");
        here.stops().await;
        there.stops().await;
    }

    async fn s04_over_http_a_session_ends_unused_and_after_its_whole_time_on_every_console(house: House) {
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        // an hour without being used
        let browser = officer_in(&here).await;
        for console in [&there, &here, &there] {
            house.passes(59).await;
            assert!(browser.is_in(console).await, "it was used within the hour");
        }
        house.passes(61).await;
        assert!(!browser.is_in(&here).await && !browser.is_in(&there).await);
        let mut late = browser.clone();
        assert_eq!(late.post(&there, "/account", &[("do", "others")]).await.status, 401);
        assert!(!browser.is_in(&here).await, "and it does not come back");
        // twelve hours, however busy
        let browser = officer_in(&there).await;
        for turn in 0..12 {
            house.passes(59).await;
            assert!(browser.is_in(if turn % 2 == 0 { &here } else { &there }).await, "hour {turn}");
        }
        house.passes(11).await;
        assert!(browser.is_in(&here).await && browser.is_in(&there).await, "eleven hours and 59 minutes");
        house.passes(2).await;
        assert!(!browser.is_in(&there).await && !browser.is_in(&here).await);
        // a quarter of an hour for the second factor
        let (authenticator, _) = Authenticator::enrolled(&here, &mut officer_in(&here).await).await;
        for (minutes, leads_to) in [(14, "/"), (16, "/signin")] {
            let mut half = Browser::default();
            half.knocks(&here, EMAIL, PASSWORD).await;
            assert_eq!(half.get(&there, "/signin/second").await.status, 200);
            house.passes(minutes).await;
            let code = authenticator.fresh(&house).await;
            let given = half.post(&there, "/signin/second", &[("code", &code)]).await;
            assert_eq!((given.header("location"), half.is_in(&here).await), (Some(leads_to), minutes < 15), "{minutes}: {}", given.text);
        }
        here.stops().await;
        there.stops().await;
    }

    async fn s05_over_http_what_ends_a_session_ends_it_at_its_next_request_on_every_console(house: House) {
        hires(&house).await;
        house.employs(ADMIN, "Dana Okafor", &["admin"]).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let id = house.rows::<(i64,)>(&format!("SELECT id FROM staff WHERE email = '{EMAIL}'")).await[0].0;
        let person = format!("/settings/people/{id}");
        let two = async |password: &str| {
            let pair = (comes_in(&here, EMAIL, password).await, comes_in(&there, EMAIL, password).await);
            assert!(pair.0.is_in(&there).await && pair.1.is_in(&here).await);
            pair
        };
        let are_out = async |browsers: [&Browser; 2], what: &str| {
            for browser in browsers {
                assert!(!browser.is_in(&there).await && !browser.is_in(&here).await, "{what}");
                opens_nothing([&here, &there], &[browser.token()]).await;
            }
        };
        // signing out ends one session
        let (mut mine, other) = two(PASSWORD).await;
        let kept = mine.clone();
        let out = mine.post(&here, "/signout", &[]).await;
        assert_eq!((out.status, out.header("location")), (303, Some("/signin")));
        are_out([&kept, &kept], "signing out").await;
        assert!(other.is_in(&here).await && other.is_in(&there).await);
        // what somebody does in their own account ends all others, and the token that did it
        for (fields, what) in [
            (vec![("do", "others")], "all others"),
            (vec![("do", "password"), ("old", PASSWORD), ("new", ANOTHER)], "another password"),
        ] {
            let (mut mine, other) = two(PASSWORD).await;
            let done = mine.post(&there, "/account", &fields).await;
            assert_eq!(done.status, 303, "{what}: {}", done.text);
            are_out([&other, &other], what).await;
            assert!(mine.is_in(&here).await && mine.is_in(&there).await, "{what}");
        }
        // what is done to an account from the command line
        for (act, more, input) in [
            ("reset-password", &["--password-stdin"][..], PASSWORD),
            ("kill-sessions", &[], ""),
            ("grant", &["--role", "lead"], ""),
            ("revoke", &["--role", "lead"], ""),
            ("reset-mfa", &[], ""),
            ("disable", &[], ""),
        ] {
            let password = if act == "reset-password" { ANOTHER } else { PASSWORD };
            let (mine, other) = two(password).await;
            house.admin(act, EMAIL, more, input).await;
            are_out([&mine, &other], act).await;
            if act == "disable" {
                house.admin("enable", EMAIL, &[], "").await;
                are_out([&mine, &other], "an old session is not worth more than before").await;
            }
        }
        // and by somebody who manages people
        let mut admin = comes_in(&here, ADMIN, PASSWORD).await;
        for fields in [
            &[("do", "role"), ("role", "agent")][..],
            &[("do", "take"), ("role", "agent")],
            &[("do", "sessions")],
            &[("do", "disable")],
        ] {
            let (mine, other) = two(PASSWORD).await;
            let done = admin.post(&here, &person, fields).await;
            assert_eq!(done.status, 303, "{fields:?}: {}", done.text);
            are_out([&mine, &other], &format!("{fields:?}")).await;
        }
        assert_eq!(admin.post(&there, &person, &[("do", "enable")]).await.status, 303);
        // a second factor that is added, and other recovery codes
        let (mut mine, other) = two(PASSWORD).await;
        let former = mine.clone();
        let (authenticator, _) = Authenticator::enrolled(&here, &mut mine).await;
        are_out([&former, &other], "a second factor").await;
        assert!(mine.is_in(&there).await);
        let mut other = Browser::default();
        other.knocks(&there, EMAIL, PASSWORD).await;
        let code = authenticator.fresh(&house).await;
        other.post(&there, "/signin/second", &[("code", &code)]).await;
        assert!(other.is_in(&here).await);
        let former = mine.clone();
        assert_eq!(mine.post(&here, "/account", &[("do", "codes")]).await.status, 200);
        are_out([&former, &other], "other recovery codes").await;
        assert!(mine.is_in(&there).await && admin.is_in(&there).await);
        here.stops().await;
        there.stops().await;
    }
}
