//! Links for a new password, from a console that runs: each counts once, for half an hour, for the account as it was, and
//! leaves the second factor.

use super::{
    factors::half,
    people::{ANOTHER, Authenticator, Browser, GUESS, officer_in},
};
use crate::{
    console::Console,
    house::House,
    on_both,
    verbs::{EMAIL, PASSWORD, hires},
};
use std::{collections::BTreeSet, fs, time::Duration};

/// Asks for a new password; the way that the mail leads.
async fn mailed(house: &House, console: &Console) -> String {
    let before: BTreeSet<_> = house.outgoing().into_iter().collect();
    let asked = Browser::default().post(console, "/reset", &[("email", EMAIL)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    house.all_is_done(Duration::from_secs(20)).await;
    let new: Vec<_> = house.outgoing().into_iter().filter(|file| !before.contains(file)).collect();
    let mails = new.iter().map(|file| fs::read_to_string(file).expect("it reads"));
    let mail = mails.map(|mail| mail.replace("=\r\n", "").replace("=3D", "=")).find(|mail| mail.contains("/password/"));
    let mail = mail.unwrap_or_else(|| panic!("no mail with a link among {new:?}"));
    let rest = mail.split("/password/").nth(1).expect("a link");
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    format!("/password/{token}")
}

on_both! {
    async fn s12_over_http_a_link_counts_once_for_half_an_hour_and_leaves_the_second_factor(house: House) {
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let mut browser = officer_in(&here).await;
        let (authenticator, _) = Authenticator::enrolled(&here, &mut browser).await;
        // half an hour later it is over
        let (late, mut stranger) = (mailed(&house, &here).await, Browser::default());
        house.passes(29).await;
        assert_eq!(stranger.get(&there, &late).await.status, 200);
        house.passes(2).await;
        for console in [&here, &there] {
            assert_eq!(stranger.get(console, &late).await.status, 404);
            assert_eq!(stranger.post(console, &late, &[("password", ANOTHER)]).await.status, 404);
        }
        drop(half(&here, PASSWORD).await);
        assert!(browser.is_in(&here).await, "nothing was done");
        // looking uses nothing up, and a weak password neither
        let link = mailed(&house, &here).await;
        for console in [&here, &there, &here] {
            assert_eq!(stranger.get(console, &link).await.status, 200);
        }
        assert_eq!(stranger.post(&there, &link, &[("password", "password1234")]).await.status, 422);
        // of two at once one counts
        let mut other = Browser::default();
        let form = [("password", ANOTHER)];
        let (one, two) = tokio::join!(stranger.post(&here, &link, &form), other.post(&there, &link, &form));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404]);
        for console in [&here, &there] {
            assert_eq!(other.get(console, &link).await.status, 404);
            assert_eq!(other.post(console, &link, &[("password", PASSWORD)]).await.status, 404);
        }
        assert!(!stranger.is_in(&here).await && !other.is_in(&there).await, "it opens no session");
        assert!(!browser.is_in(&here).await && !browser.is_in(&there).await, "and ends those there are");
        // the new password leads to the factor, and no further
        assert_eq!(Browser::default().knocks(&here, EMAIL, PASSWORD).await.status, 422);
        let mut mine = half(&here, ANOTHER).await;
        assert!(!mine.is_in(&there).await);
        assert_eq!(mine.get(&there, "/signin/authenticator").await.header("location"), Some("/signin/second"), "no other is offered");
        let code = authenticator.fresh(&house).await;
        assert_eq!(mine.post(&there, "/signin/second", &[("code", &code)]).await.status, 303);
        assert!(mine.is_in(&here).await);
        here.stops().await;
        there.stops().await;
    }

    async fn s12_over_http_a_link_ends_with_whatever_changes_the_account(house: House) {
        hires(&house).await;
        let console = house.opens().await;
        for (act, more, input) in [
            ("reset-password", &["--password-stdin"][..], PASSWORD),
            ("reset-mfa", &[], ""),
            ("disable", &[], ""),
        ] {
            house.meddles("DELETE FROM throttles").await;
            let (link, mut browser) = (mailed(&house, &console).await, Browser::default());
            assert_eq!(browser.get(&console, &link).await.status, 200, "{act}");
            house.admin(act, EMAIL, more, input).await;
            for turn in 0..2 {
                assert_eq!(browser.get(&console, &link).await.status, 404, "{act}");
                assert_eq!(browser.post(&console, &link, &[("password", ANOTHER)]).await.status, 404, "{act}");
                if act == "disable" && turn == 0 {
                    house.admin("enable", EMAIL, &[], "").await;
                }
            }
        }
        // the owner changes it, or adds a factor
        for change in ["password", "factor"] {
            house.meddles("DELETE FROM throttles").await;
            let (link, mut owner) = (mailed(&house, &console).await, officer_in(&console).await);
            if change == "password" {
                let fields = [("do", "password"), ("old", PASSWORD), ("new", ANOTHER)];
                assert_eq!(owner.post(&console, "/account", &fields).await.status, 303);
                house.admin("reset-password", EMAIL, &["--password-stdin"], PASSWORD).await;
            } else {
                Authenticator::enrolled(&console, &mut owner).await;
            }
            assert_eq!(Browser::default().post(&console, &link, &[("password", ANOTHER)]).await.status, 404, "{change}");
        }
        assert_eq!(Browser::default().knocks(&console, EMAIL, GUESS).await.status, 422);
        drop(half(&console, PASSWORD).await);
        console.stops().await;
    }
}
