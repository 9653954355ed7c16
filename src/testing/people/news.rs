//! What is changed about an account is told its person by mail, in the commit that changes it.

use super::{Browser, OFFICER, PASSWORD, code, links::mailed, signed_in};
use crate::{
    app::staff,
    domain::rights::Role,
    testing::{house::House, on_both, rights::hired},
};
use axum::http::StatusCode;

const NEW: &str = "quartz meadow 71 tin lantern";

/// How many mails of these words left.
async fn told(house: &House, words: &str) -> usize {
    house.works().await;
    let is_news = |mail: &&String| mail.contains("Subject: Your account in Recourse was changed");
    let words = |mail: &&String| mail.replace("=\r\n", "").replace("\r\n", " ").contains(words);
    house.sent().iter().filter(is_news).filter(words).count()
}

on_both! {
    async fn whatever_changes_an_account_is_told_its_person(house: House) {
        let mut browser = signed_in(&house, &house.officer).await;
        let own = "All your other sessions in Recourse have ended";
        let fields = [("do", "password"), ("old", PASSWORD), ("new", NEW)];
        assert_eq!(browser.post("/account", &fields).await.header("location"), "/account?done=password");
        assert_eq!((told(&house, "The password of your account was changed").await, told(&house, own).await), (1, 1));
        assert_eq!(browser.post("/account", &[("do", "codes")]).await.status, StatusCode::OK);
        assert_eq!((told(&house, "New recovery codes were made").await, told(&house, own).await), (1, 2));

        let all = "All your sessions in Recourse have ended";
        Browser::new(house.app.clone()).post("/reset", &[("email", OFFICER)]).await;
        let link = mailed(&house).await.expect("a mail");
        let set = Browser::new(house.app.clone()).post(&link, &[("password", PASSWORD)]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
        assert_eq!((told(&house, "by a link that was mailed to you").await, told(&house, all).await), (1, 1));
        staff::reset_password(&house.app, OFFICER, NEW).await.expect("reset");
        assert_eq!((told(&house, "An administrator set a new password").await, told(&house, all).await), (1, 2));
        staff::reset_factors(&house.app, OFFICER).await.expect("reset");
        assert_eq!((told(&house, "Your second factor was reset").await, told(&house, all).await), (1, 3));
        // by an administrator at the console, too; what is told twice of one moment would be one mail
        house.pass(1_000);
        let admin = hired(&house, "ada", &[Role::Admin.into()]).await;
        let mut browser = signed_in(&house, &admin).await;
        let path = format!("/settings/people/{}", house.officer.id.0);
        let given = code(&house, &admin).await;
        let reset = browser.post(&path, &[("do", "factor"), ("prove-again", &given)]).await;
        assert_eq!(reset.status, StatusCode::SEE_OTHER, "{}", reset.body);
        assert_eq!((told(&house, "Your second factor was reset").await, told(&house, all).await), (2, 4));
        // nobody else hears of it
        assert!(house.sent().iter().filter(|mail| mail.contains("was changed")).all(|mail| mail.contains(OFFICER)));
    }
}
