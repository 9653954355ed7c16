//! The generation database is away while somebody plans: they are told so, with what they sent, and when to try again.

use super::*;
use crate::{
    generation::{Files, Source},
    testing::{
        browser::{Answer, Browser},
        people::minted,
    },
};
use axum::http::StatusCode;

/// The same house, whose product's database is not there.
fn without_it(house: House, world: &World) -> House {
    let gone = format!("sqlite://{}", world.folder.path().join("gone").join("generation.db").display());
    let source = Source::new(&gone, Some(Files::Folder(world.files())), MAP).expect("the map holds together");
    house.with_sources(HashMap::from([(PRODUCT.to_owned(), source)]))
}

fn is_told(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());
    assert!(answer.body.contains("The generation database did not answer"), "{}", answer.body);
    assert!(!answer.body.contains("as it stands"), "nothing is wrong with the case: {}", answer.body);
}

on_both! {
    async fn what_was_chosen_waits_until_the_database_answers_again(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified(&house, "1").await;
        let seen = seq(&house, reference).await.to_string();
        let mut agent = Browser::with(house.app.clone(), &minted(&house, house.agent.id).await);
        let house = without_it(house, &world);
        agent.app = house.app.clone();
        let plan = format!("/cases/{reference}/plan");
        let page = agent.get(&plan).await;
        is_told(&page);
        assert!(page.body.contains("Try again"));
        let sent = [("seen", seen.as_str()), ("table", "logins"), ("items", "images:10\nimages:11"), ("several", "1")];
        let page = agent.post(&plan, &sent).await;
        is_told(&page);
        for (name, value) in sent {
            assert!(page.body.contains(&format!("type=\"hidden\" name=\"{name}\" value=\"{value}\"")), "{name} in {}", page.body);
        }
        is_told(&agent.post(&format!("/cases/{reference}"), &[("do", "plan"), ("seen", &seen)]).await);
        assert_eq!(house.case(reference).await.case.run, None);
    }
}
