//! Second factors of a console that runs: a code counts once, wherever it is given; guesses wait; what an authenticator was
//! shown lies sealed; recovery codes count once.

use super::{
    people::{Authenticator, Browser, officer_in, recovery_codes, step_now},
    quiet::on_disk,
};
use crate::{
    console::Console,
    on_both,
    verbs::{EMAIL, PASSWORD, hires},
};
use std::collections::BTreeSet;

/// A browser in which the officer's password was right, and the factor is missing.
pub async fn half(console: &Console, password: &str) -> Browser {
    let mut browser = Browser::default();
    let door = browser.knocks(console, EMAIL, password).await;
    assert_eq!((door.status, door.header("location")), (303, Some("/signin/second")), "{}", door.text);
    browser
}

/// Gives a code at a door of its own.
async fn gives(console: &Console, password: &str, code: &str) -> u16 {
    half(console, password).await.post(console, "/signin/second", &[("code", code)]).await.status
}

on_both! {
    async fn s10_over_http_a_code_counts_once_wherever_it_is_given(house: House) {
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let mut browser = officer_in(&here).await;
        let (authenticator, _) = Authenticator::enrolled(&here, &mut browser).await;
        // the code by which it was set up was one
        let (mut one, mut two) = (half(&here, PASSWORD).await, half(&there, PASSWORD).await);
        let code = authenticator.fresh(&house).await;
        let form = [("code", code.as_str())];
        let (at_one, at_two) = tokio::join!(one.post(&here, "/signin/second", &form), two.post(&there, "/signin/second", &form));
        let mut statuses = [at_one.status, at_two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422], "at the same moment");
        assert_ne!(one.is_in(&there).await, two.is_in(&here).await);
        for console in [&here, &there] {
            assert_eq!(gives(console, PASSWORD, &code).await, 422, "afterwards");
        }
        // nor does it prove anything again
        house.passes(11).await;
        let again = browser.post(&there, "/account", &[("do", "others"), ("prove-again", &code)]).await;
        assert_eq!(again.status, 401, "{}", again.text);
        house.meddles("DELETE FROM throttles").await;
        // the steps beside the present one count, in order; no other does
        for (steps, status) in [(-2, 422), (-1, 303), (0, 303), (1, 303), (0, 422), (-1, 422), (2, 422)] {
            if steps == -2 {
                house.meddles("UPDATE authenticators SET last_step = 0").await;
            }
            // a step that ends meanwhile is begun again
            loop {
                let last = house.rows::<(i64,)>("SELECT last_step FROM authenticators").await[0].0;
                let (began, code) = (step_now(), authenticator.code(steps));
                let given = gives(&here, PASSWORD, &code).await;
                if step_now() == began {
                    assert_eq!(given, status, "{steps}");
                    break;
                }
                house.meddles(&format!("UPDATE authenticators SET last_step = {last}")).await;
            }
        }
        here.stops().await;
        there.stops().await;
    }

    async fn s10_over_http_who_guesses_codes_waits_on_every_console(house: House) {
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let (authenticator, codes) = Authenticator::enrolled(&here, &mut officer_in(&here).await).await;
        let (mut one, mut two) = (half(&here, PASSWORD).await, half(&there, PASSWORD).await);
        for n in 0..6 {
            let (browser, console) = if n % 2 == 0 { (&mut one, &here) } else { (&mut two, &there) };
            // a code of long ago
            let wrong = browser.post(console, "/signin/second", &[("code", &authenticator.code(-100 - n))]).await;
            assert_eq!((wrong.status, browser.is_in(console).await), (422, false), "{n}");
        }
        house.stretches_waits().await;
        for (browser, console) in [(&mut one, &here), (&mut two, &there)] {
            for code in [authenticator.fresh(&house).await, codes[0].clone()] {
                let waits = browser.post(console, "/signin/second", &[("code", &code)]).await;
                assert_eq!((waits.status, browser.is_in(console).await), (429, false), "{}", waits.text);
                assert!(waits.header("retry-after").is_some());
            }
        }
        assert!(house.count("audit WHERE action = 'second_factor_wrong'").await >= 6);
        house.ends_waits().await;
        let code = authenticator.fresh(&house).await;
        assert_eq!(one.post(&there, "/signin/second", &[("code", &code)]).await.status, 303);
        here.stops().await;
        there.stops().await;
    }

    async fn s10_over_http_what_an_authenticator_was_shown_lies_sealed(house: House) {
        hires(&house).await;
        let console = house.opens().await;
        let (authenticator, codes) = Authenticator::enrolled(&console, &mut officer_in(&console).await).await;
        assert_eq!(house.count("authenticators").await, 1);
        let (disk, log) = (on_disk(&house).await, console.log());
        let base32 = data_encoding::BASE32_NOPAD.encode(&authenticator.secret);
        let grouped = base32.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
        let mut forms: Vec<Vec<u8>> = vec![authenticator.secret.clone()];
        for text in [&base32, &base32.to_lowercase(), &grouped] {
            forms.push(text.clone().into_bytes());
        }
        for encoding in [data_encoding::HEXLOWER, data_encoding::HEXUPPER, data_encoding::BASE64, data_encoding::BASE64URL_NOPAD] {
            forms.push(encoding.encode(&authenticator.secret).into_bytes());
        }
        for code in &codes {
            forms.extend([code.clone().into_bytes(), code.replace('-', "").into_bytes()]);
        }
        for form in &forms {
            assert!(!disk.windows(form.len()).any(|part| part == form), "{} lies in the database", String::from_utf8_lossy(form));
            assert!(!log.as_bytes().windows(form.len()).any(|part| part == form), "{} stands in the log", String::from_utf8_lossy(form));
        }
        // what is looked through is where it would lie
        assert!(disk.windows(EMAIL.len()).any(|part| part == EMAIL.as_bytes()));
        console.stops().await;
    }

    async fn s12_over_http_a_recovery_code_counts_once(house: House) {
        hires(&house).await;
        let (here, there) = (house.opens().await, house.opens().await);
        let mut browser = officer_in(&here).await;
        let (_, codes) = Authenticator::enrolled(&here, &mut browser).await;
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10, "{codes:?}");
        // as people type it; then never again, on neither console
        assert_eq!(gives(&here, PASSWORD, &codes[0].to_lowercase().replace('-', " ")).await, 303);
        for console in [&here, &there] {
            assert_eq!(gives(console, PASSWORD, &codes[0]).await, 422);
        }
        // of two at once one counts
        let (mut one, mut two) = (half(&here, PASSWORD).await, half(&there, PASSWORD).await);
        let form = [("code", codes[1].as_str())];
        let (at_one, at_two) = tokio::join!(one.post(&here, "/signin/second", &form), two.post(&there, "/signin/second", &form));
        let mut statuses = [at_one.status, at_two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        assert!(browser.get(&there, "/account").await.body().contains("8 recovery codes are left"));
        assert_eq!(house.count("audit WHERE action = 'recovery_code_used'").await, 2);
        // new ones end those before
        let newer = recovery_codes(&browser.post(&there, "/account", &[("do", "codes")]).await);
        assert_eq!(gives(&here, PASSWORD, &codes[2]).await, 422);
        assert_eq!(gives(&there, PASSWORD, &newer[0]).await, 303);
        // and a factor that was forgotten takes its codes along
        house.admin("reset-mfa", EMAIL, &[], "").await;
        assert_eq!(house.count("recovery_codes").await, 0);
        here.stops().await;
        there.stops().await;
    }
}
