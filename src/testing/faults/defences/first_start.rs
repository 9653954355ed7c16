//! The first start of the program: nobody has an account, and whoever has the link makes the first one, once.

use super::people::{ANOTHER, Browser};
use crate::{console::Console, on_both, verbs::hires};

const NAME: (&str, &str) = ("name", "Nisha Rao");
const FIRST: &str = "first@imagegen.example";

/// Where the link leads that a console told its operator, if it told one.
fn link(console: &Console) -> Option<String> {
    let said = console.said();
    let (_, token) = said.split_once("/setup/")?;
    let token = token.split_whitespace().next().expect("a token");
    assert!(token.len() >= 43, "256 bits: {token}");
    assert_eq!(said.matches("/setup/").count(), 1, "{said}");
    assert!(!console.log().contains(token), "the log has it too");
    Some(format!("/setup/{token}"))
}

/// Looks and tries: how both are answered.
async fn tries(console: &Console, path: &str, email: &str, password: &str) -> (u16, u16) {
    let mut browser = Browser::default();
    let looked = browser.get(console, path).await.status;
    let made = browser.post(console, path, &[NAME, ("email", email), ("password", password)]).await;
    assert!(made.header("set-cookie").is_none(), "it opens no session: {}", made.text);
    (looked, made.status)
}

on_both! {
    async fn s23_over_http_nobody_has_an_account_and_one_of_many_at_once_makes_the_first(house: House) {
        let (here, there) = (house.opens().await, house.opens().await);
        assert_eq!(house.count("staff").await, 0);
        for email in ["admin", "root", "admin@imagegen.example", "admin@example.com", "officer@imagegen.example", FIRST] {
            for password in ["admin", "password", "recourse"] {
                let opened = Browser::default().knocks(&here, email, password).await;
                assert_eq!((opened.status, opened.header("set-cookie")), (422, None), "{email} {password}");
            }
        }
        let links = [&here, &there].map(|console| link(console).expect("a link"));
        assert_ne!(links[0], links[1]);
        let stored: Vec<(Vec<u8>,)> = house.rows("SELECT token_hash FROM account_links").await;
        assert_eq!(stored.len(), 2);
        // made up, stored, and a link without its end
        let mut wrong: Vec<String> = stored.iter().map(|(hash,)| format!("/setup/{}", data_encoding::BASE64URL_NOPAD.encode(hash))).collect();
        wrong.extend(["/setup".to_owned(), "/setup/".to_owned(), "/setup/setup".to_owned(), links[0][..links[0].len() - 1].to_owned()]);
        for path in &wrong {
            assert_eq!(tries(&there, path, FIRST, ANOTHER).await, (404, 404), "{path}");
        }
        // looking uses nothing up, nor does what cannot be taken
        for (console, path) in [(&here, &links[0]), (&there, &links[0]), (&here, &links[1])] {
            assert_eq!(tries(console, path, FIRST, "password1234").await, (200, 422));
        }
        assert_eq!(house.count("staff").await, 0);
        // both links, at both consoles, at the same moment
        let mut browsers: [Browser; 4] = std::array::from_fn(|_| Browser::default());
        let emails: [String; 4] = std::array::from_fn(|n| format!("first{n}@imagegen.example"));
        let forms: [[(&str, &str); 3]; 4] = std::array::from_fn(|n| [NAME, ("email", emails[n].as_str()), ("password", ANOTHER)]);
        let [one, two, three, four] = &mut browsers;
        let answers = tokio::join!(
            one.post(&here, &links[0], &forms[0]),
            two.post(&there, &links[1], &forms[1]),
            three.post(&there, &links[0], &forms[2]),
            four.post(&here, &links[1], &forms[3]),
        );
        let answers = [answers.0, answers.1, answers.2, answers.3];
        let mut statuses = answers.each_ref().map(|answer| answer.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404, 404, 404]);
        let staff: Vec<(String,)> = house.rows("SELECT email FROM staff").await;
        assert_eq!(staff.len(), 1);
        let made = answers.iter().position(|answer| answer.status == 303).expect("one");
        assert_eq!((staff[0].0.as_str(), answers[made].header("location")), (emails[made].as_str(), Some("/signin?done=password")));
        for console in [&here, &there] {
            for path in links.iter().chain(&wrong) {
                assert_eq!(tries(console, path, FIRST, ANOTHER).await, (404, 404), "{path}");
            }
            assert_eq!(Browser::default().knocks(console, &emails[made], ANOTHER).await.status, 303);
        }
        assert_eq!(house.count("staff").await, 1);
        here.stops().await;
        // and a console that starts now tells no link
        let again = house.opens().await;
        assert_eq!(link(&again), None, "{}", again.said());
        again.stops().await;
        there.stops().await;
    }

    async fn s23_over_http_the_first_link_lasts_an_hour_and_ends_with_any_account(house: House) {
        let console = house.opens().await;
        let late = link(&console).expect("a link");
        house.passes(59).await;
        assert_eq!(tries(&console, &late, FIRST, "password1234").await, (200, 422));
        house.passes(2).await;
        assert_eq!(tries(&console, &late, FIRST, ANOTHER).await, (404, 404));
        console.stops().await;
        // whoever starts it again has another one
        let console = house.opens().await;
        let fresh = link(&console).expect("a link");
        assert_ne!(fresh, late);
        assert_eq!(tries(&console, &late, FIRST, ANOTHER).await, (404, 404));
        assert_eq!(tries(&console, &fresh, FIRST, "password1234").await, (200, 422));
        hires(&house).await;
        assert_eq!(tries(&console, &fresh, FIRST, ANOTHER).await, (404, 404), "somebody works here");
        assert_eq!(house.count("staff").await, 1);
        console.stops().await;
    }
}
