//! The whole story of a run: from a verified request to the letter that ends it.

use super::*;

async fn whole_story(house: House, on: On) {
    let (house, world) = house_over(house, on).await;
    let reference = verified(&house, "1").await;
    let id = planned(&house, reference).await;
    assert_eq!(house.case(reference).await.case.state, State::WaitingApproval);
    agrees_with_its_events(&house, reference).await;
    house.works().await;
    assert_eq!(world.rows("users", "id = 1").await.len(), 1, "nothing begins without approval");

    approved(&house, id).await;
    house.pass(HOUR);
    house.works().await;
    let done = page(&house, id).await;
    assert_eq!((done.state, done.stop), (RunState::Finished, None), "{:?}", done.log);
    assert_eq!(world.rows("users", "id = 1").await.len() + world.rows("images", "user_id = 1").await.len(), 0);
    assert_eq!(world.rows("users", "1 = 1").await.len(), 2);
    for step in &done.steps {
        assert!(step.ended && step.done == step.found, "{step:?}");
    }
    agrees_with_its_events(&house, reference).await;

    // the receipt is believed, and identifies nobody
    let receipt = done.receipt.expect("it is signed");
    assert!(receipt.valid);
    let file = runs::receipt_file(&house.app, &house.agent, id).await.expect("it is handed out");
    let keys = runs::public_keys(&house.app).await.expect("they are published");
    let read = serde_json::from_str::<Signed>(&file).expect("it reads").verify(&keys).expect("it is believed");
    assert_eq!((read.asked.staff, read.approved.map(|who| who.staff)), (house.agent.id.0, Some(house.officer.id.0)));
    assert_eq!((read.files.count, read.files.bytes, read.verified), (2, 32, true));
    assert_eq!(read.kept.len(), 1);
    assert_eq!(read.kept[0].keep_until.as_deref(), Some("2032-05-06"));
    assert_eq!(read.mentions.iter().map(|m| (m.table.as_str(), m.rows)).collect::<Vec<_>>(), [("usage_log", 1)]);
    for personal in ["ada", "Ada", "tablet", "phone"] {
        assert!(!read.steps.iter().any(|step| step.step.contains(personal)), "{personal}");
        assert!(!file.contains(&format!("\"{personal}")) && !file.to_lowercase().contains("ada@"), "{personal}");
    }
    let mut tx = house.app.db.read().await.expect("a reader");
    let (sealed, keys, stones): (i64, i64, i64) = sql("SELECT (SELECT COUNT(*) FROM runs WHERE cipher IS NOT NULL),
        (SELECT COUNT(*) FROM run_keys), (SELECT COUNT(*) FROM tombstones)")
    .one(&mut tx)
    .await
    .expect("it counts");
    assert_eq!((sealed, keys, stones), (0, 0, 1), "whom it was about is forgotten, but for a digest");
    drop(tx);

    closing_letter(&house, reference).await;
}

async fn closing_letter(house: &House, reference: Reference) {
    let full = house.case(reference).await;
    let proposed = full.closing.clone().expect("a letter is proposed");
    assert_eq!((proposed.outcome, proposed.basis), (Some(Outcome::Partial), Some(Refusal::KeptByLaw)));
    for needle in ["ImageGen", "until 6 May 2032", "books of account", "2 files", "1 entry in invoices"] {
        assert!(proposed.text.contains(needle), "{needle} is missing in:\n{}", proposed.text);
    }
    let unfounded = Closing { outcome: Some(Outcome::Refused), basis: None, text: String::new() };
    let tried = runs::close_with_letter(&house.app, &house.agent, reference, full.case.seq, &unfounded).await;
    assert_eq!(fields(tried), ["text", "basis"]);
    runs::close_with_letter(&house.app, &house.agent, reference, full.case.seq, &proposed).await.expect("it leaves");
    house.works().await;
    let case = house.case(reference).await.case;
    assert_eq!((case.state, case.outcome), (State::Resolved, Some(Outcome::Partial)));
    agrees_with_its_events(house, reference).await;
    let sent: Vec<_> = house.sent().iter().map(|letter| letter.replace("=\r\n", "")).collect();
    let letter = sent.iter().find(|letter| letter.contains("Re: Privacy Request") && letter.contains("gac.gov.in"));
    let letter = letter.expect("the letter names where to complain");
    assert!(letter.contains("obliges us to keep"), "{letter}");
}

on_both! {
    async fn a_verified_person_is_erased_with_a_receipt_and_a_letter(house: House) {
        whole_story(house, On::Sqlite).await;
    }

    async fn and_so_on_a_postgresql_generation_database(house: House) {
        whole_story(house, On::Postgres).await;
    }

    async fn and_so_on_a_mariadb_generation_database(house: House) {
        whole_story(house, On::Maria).await;
    }
}
