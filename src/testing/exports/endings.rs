//! Copies that do not go the straight way: sent back, cancelled, expired, damaged, without a review, or of nobody; and
//! the letters for those of whom nothing is held or who cannot be told apart.

use super::*;
use crate::app::runs::{Closing, Letter, Refusal};

/// Verified by staff: no code was shown to anybody yet.
async fn verified_by_staff(house: &House, from: &str, account: &str) -> Reference {
    let reference = asks_for_a_copy(house, from, "s1@example.org").await;
    let identity = [Identity { kind: "account".to_owned(), value: account.to_owned() }];
    let seen = seq(house, reference).await;
    verbs::verify_by_staff(&house.app, &house.agent, reference, seen, &identity, "called back")
        .await
        .expect("verified");
    reference
}

async fn letter(house: &House, reference: Reference, letter: Letter) -> Closing {
    use crate::app::case_page::{self, CasePage};
    let page = case_page::load(&house.app, &house.agent, reference, letter).await.expect("it loads");
    let CasePage::Full(full) = page else { panic!("it is nobody's secret") };
    full.closing.clone().expect("a letter is proposed")
}

on_both! {
    async fn a_pack_that_wants_no_review_lets_it_go_by_itself(house: House) {
        let (house, _world) = house_over(house.without_review(), On::Sqlite).await;
        let reference = asks_for_a_copy(&house, "Mallory <mallory@elsewhere.example>", "m1@example.org").await;
        let code = confirms(&house, reference, "1", ADA).await;
        let run = begun(&house, reference).await;
        house.works().await;
        let done = page(&house, run).await;
        assert_eq!((done.state, done.decided), (RunState::Finished, None), "{:?}", done.log);
        let log = house.log().await;
        for action in ["run_began", "export_packed", "export_released"] {
            let entry = format!("system {action} {reference} {run}");
            assert!(log.contains(&entry), "{entry} in {log:?}");
        }
        assert!(done.receipt.expect("it is signed").valid);
        let file = runs::receipt_file(&house.app, &house.agent, run).await.expect("it is handed out");
        assert!(file.contains("package") && !file.contains("approved"), "{file}");
        assert_eq!(house.case(reference).await.case.state, State::Resolved);
        agrees_with_its_events(&house, reference).await;
        // to whom confirmed, and without the name of who wrote in
        assert!(links(&house, "mallory@elsewhere.example", "/copy/").is_empty());
        let link = links(&house, ADA, "/copy/").pop().expect("a link");
        let place = opened(&house, &link, &code, "plain").await;
        let page = entries(&get(&house, &place).await.body).remove("index.html").expect("a page");
        assert!(!String::from_utf8_lossy(&page).contains("Mallory"));
    }

    async fn where_staff_decided_who_it_is_a_second_person_looks_in_any_case(house: House) {
        let (house, _world) = house_over(house.without_review(), On::Sqlite).await;
        let reference = verified_by_staff(&house, "Ada <ada@example.org>", "1").await;
        let run = begun(&house, reference).await;
        house.works().await;
        assert_eq!(page(&house, run).await.state, RunState::Packed);
        exports::release_export(&house.app, &house.officer, run).await.expect("it is released");
        house.works().await;
        // nobody was shown a code: the page behind the link has a button for that
        let link = links(&house, "ada@example.org", "/copy/").pop().expect("a link to where she writes from");
        assert_eq!(post(&house, &link, "do=lost").await.status, StatusCode::OK);
        house.works().await;
        let verify = links(&house, "ada@example.org", "/verify/").pop().expect("a link");
        let code = code_in(&post(&house, &verify, "").await.text());
        opened(&house, &link, &code, "plain").await;
        agrees_with_its_events(&house, reference).await;
    }

    async fn nobody_changes_what_a_packed_copy_rests_on(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = verified_by_staff(&house, "Ada <ada@example.org>", "1").await;
        let run = begun(&house, reference).await;
        house.works().await;
        let (app, agent, seen) = (&house.app, &house.agent, seq(&house, reference).await);
        let kind = crate::domain::kind::Kind::Erasure;
        assert_eq!(fields(verbs::classify_case(app, agent, reference, seen, kind, "it is about deletion").await), ["to"]);
        let bo = [Identity { kind: "account".to_owned(), value: "2".to_owned() }];
        assert_eq!(fields(verbs::verify_by_staff(app, agent, reference, seen, &bo, "another one").await), ["value"]);
        assert_eq!(fields(runs::plan_run(app, agent, reference, seen, &runs::Chosen::default()).await), ["run"]);
        assert_eq!(page(&house, run).await.state, RunState::Packed);
    }

    async fn what_is_sent_back_cancelled_or_forgotten_is_destroyed(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = verified_by_staff(&house, "Ada <ada@example.org>", "1").await;
        for how in ["sent back", "cancelled", "expired"] {
            let run = begun(&house, reference).await;
            house.works().await;
            assert_eq!((page(&house, run).await.state, kept(&house).len()), (RunState::Packed, 1), "{how}");
            match how {
                "sent back" => runs::send_back_run(&house.app, &house.officer, run, "look again").await.expect("sent back"),
                "cancelled" => runs::cancel_run(&house.app, &house.agent, run, "not needed").await.expect("cancelled"),
                _ => {
                    time_passes(&house, 8 * DAY).await;
                    runs::expire_runs(&house.app).await.expect("it expires");
                }
            }
            house.works().await;
            assert!(kept(&house).is_empty(), "{how}");
            let ended = page(&house, run).await;
            assert!(!ended.state.is_open(), "{how}");
            assert!(exports::release_export(&house.app, &house.officer, run).await.is_err(), "{how}");
            let case = house.case(reference).await.case;
            assert_eq!((case.state, case.run), (State::Open, None), "{how}");
            agrees_with_its_events(&house, reference).await;
        }
        assert!(links(&house, "ada@example.org", "/copy/").is_empty());
    }

    async fn a_file_that_was_changed_is_not_handed_out(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (_, link, code) = released(&house).await;
        let place = opened(&house, &link, &code, "plain").await;
        let file = fs::read_dir(house.folder.path().join("packages")).expect("it is there").flatten().next().expect("a file").path();
        let sound = fs::read(&file).expect("it reads");
        for (what, at) in [("its head", 40), ("its key", 300), ("its body", sound.len() - 20)] {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            fs::write(&file, &bytes).expect("it is written");
            let (_stop, stopped) = tokio::sync::watch::channel(false);
            let request = Request::builder().uri(&place).header("host", "desk.imagegen.example").body(Body::empty()).expect("a request");
            let response = web::router(house.app.clone(), stopped).oneshot(request).await.expect("an answer");
            let status = response.status();
            let body = to_bytes(response.into_body(), 1 << 24).await;
            assert!(status == StatusCode::SERVICE_UNAVAILABLE || body.is_err(), "{what}: {status}");
        }
        // nor is another package's file in its place, sound as it is
        let other = asks_for_a_copy(&house, "Bo <bo@example.org>", "c9@example.org").await;
        confirms(&house, other, "2", "bo@example.org").await;
        begun(&house, other).await;
        house.works().await;
        let folder = fs::read_dir(house.folder.path().join("packages")).expect("it is there");
        let theirs = folder.flatten().map(|entry| entry.path()).find(|path| *path != file).expect("another file");
        fs::copy(&theirs, &file).expect("it is put there");
        assert_eq!(get(&house, &place).await.status, StatusCode::SERVICE_UNAVAILABLE);
        fs::write(&file, &sound).expect("it is written");
        assert_eq!(get(&house, &place).await.status, StatusCode::OK);
    }

    async fn a_case_that_changes_meanwhile_gets_no_copy(house: House) {
        let (house, world) = house_over(house, On::Sqlite).await;
        let reference = verified_by_staff(&house, "Ada <ada@example.org>", "1").await;
        let run = begun(&house, reference).await;
        world.run("DELETE FROM likes WHERE user_id = 1; ALTER TABLE likes ADD COLUMN at TEXT").await;
        house.works().await;
        let stopped = page(&house, run).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Drift)), "{:?}", stopped.log);
        assert!(kept(&house).is_empty());
        agrees_with_its_events(&house, reference).await;
    }

    async fn nothing_is_held_is_said_only_where_it_is_true(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "n1@example.org").await;
        let proposed = letter(&house, reference, Letter::Nothing).await;
        assert_eq!((proposed.outcome, proposed.basis), (Some(Outcome::Granted), Some(Refusal::NothingHeld)));
        assert!(proposed.text.contains("hold nothing about you") && !proposed.text.contains("erase"), "{}", proposed.text);
        let seen = seq(&house, reference).await;
        let tried = runs::close_with_letter(&house.app, &house.agent, reference, seen, &proposed).await;
        assert_eq!(fields(tried), ["basis"], "an account has the address she writes from");

        // nor can she be told that nobody knows who she is, once she is verified
        confirms(&house, reference, "1", ADA).await;
        let unknown = letter(&house, reference, Letter::Unidentified).await;
        let seen = seq(&house, reference).await;
        assert_eq!(fields(runs::close_with_letter(&house.app, &house.agent, reference, seen, &unknown).await), ["basis"]);

        let stranger = asks_for_a_copy(&house, "Dee <dee@nowhere.example>", "n2@example.org").await;
        let proposed = letter(&house, stranger, Letter::Nothing).await;
        let seen = seq(&house, stranger).await;
        runs::close_with_letter(&house.app, &house.agent, stranger, seen, &proposed).await.expect("it leaves");
        house.works().await;
        let case = house.case(stranger).await.case;
        assert_eq!((case.state, case.outcome), (State::Resolved, Some(Outcome::Granted)));
        let mail = house.sent().into_iter().find(|mail| mail.contains("To: \"Dee\" <dee@nowhere.example>") || mail.contains("dee@nowhere.example") && mail.contains("hold nothing about you"));
        let mail = mail.expect("it left");
        assert_eq!(mail.matches("hold nothing about you").count(), 2, "once in each form: {mail}");
        assert!(mail.replace("=\r\n", "").contains("gac.gov.in"));
        agrees_with_its_events(&house, stranger).await;
    }

    async fn a_link_withdrawn_before_anybody_used_it_leaves_the_request_open(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, code) = released(&house).await;
        let package = house.case(reference).await.packages[0].id;
        exports::revoke_package(&house.app, &house.agent, reference, package, "wrong map").await.expect("withdrawn");
        let full = house.case(reference).await;
        assert_eq!((full.case.state, full.case.outcome), (State::Open, None));
        assert!(full.checks.iter().any(|check| check.says.starts_with("Copy released") && !check.done));
        assert_eq!(post(&house, &link, &format!("do=plain&code={code}")).await.status, StatusCode::NOT_FOUND);
        // another one can be made at once, for the same verified person, whose code still counts
        let run = begun(&house, reference).await;
        house.works().await;
        exports::release_export(&house.app, &house.officer, run).await.expect("it is released");
        house.works().await;
        let new = links(&house, ADA, "/copy/").into_iter().find(|new| *new != link).expect("a new link");
        let place = opened(&house, &new, &code, "plain").await;
        assert_eq!(get(&house, &place.replace("your-data", "other")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(get(&house, &place).await.status, StatusCode::OK);
        agrees_with_its_events(&house, reference).await;
    }

    async fn whoever_cannot_be_told_apart_is_told_so_and_nothing_else(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let mut texts = Vec::new();
        for (from, id) in [("Eve <eve@elsewhere.example>", "u1@example.org"), ("Eve <ada@example.org>", "u2@example.org")] {
            let reference = asks_for_a_copy(&house, from, id).await;
            let proposed = letter(&house, reference, Letter::Unidentified).await;
            assert_eq!((proposed.outcome, proposed.basis), (Some(Outcome::Refused), Some(Refusal::Unidentified)));
            texts.push(proposed.text.clone());
            let seen = seq(&house, reference).await;
            runs::close_with_letter(&house.app, &house.agent, reference, seen, &proposed).await.expect("it leaves");
            assert_eq!(house.case(reference).await.case.outcome, Some(Outcome::Refused));
        }
        assert_eq!(texts[0], texts[1], "the same whether or not there is an account");
        assert!(texts[0].contains("which data, if any, is yours"));
    }

    async fn a_copy_that_no_job_packs_any_more_is_told_and_tried_again(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = verified_by_staff(&house, "Ada <ada@example.org>", "1").await;
        let run = begun(&house, reference).await;
        exports::expire_packages(&house.app).await.expect("it looks");
        assert_eq!(page(&house, run).await.state, RunState::Approved, "its job waits");
        let mut tx = house.app.db.begin().await.expect("a writer");
        sql("UPDATE jobs SET state = 'dead' WHERE work = 'pack_export'").run(&mut tx).await.expect("it is buried");
        sql("UPDATE runs SET state = 'running'").run(&mut tx).await.expect("as its last worker left it");
        tx.commit().await.expect("it is kept");
        exports::expire_packages(&house.app).await.expect("it looks");
        let stopped = page(&house, run).await;
        assert_eq!((stopped.state, stopped.stop), (RunState::Stopped, Some(Stop::Unkept)));
        runs::try_run_again(&house.app, &house.agent, run).await.expect("whoever asked may have it tried again");
        house.works().await;
        assert_eq!(page(&house, run).await.state, RunState::Packed);
        agrees_with_its_events(&house, reference).await;
    }
}
