//! Whoever steals one half has nothing: links without codes, codes without links, what lies in our database, and what
//! has ended (ASVS 14.2).

use super::*;

/// Every way to ask for something that does not count answers with these bytes.
async fn gone(house: &House, path: &str) -> Vec<u8> {
    let answer = get(house, path).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.body
}

async fn texts(house: &House, text: &'static str) -> Vec<String> {
    let mut tx = house.app.db.read().await.expect("a reader");
    let rows = sql(text).all::<(Option<Vec<u8>>,)>(&mut tx).await.expect("rows");
    rows.into_iter().filter_map(|(bytes,)| bytes).map(|bytes| data_encoding::HEXLOWER.encode(&bytes)).collect()
}

async fn packages(house: &House, reference: Reference) -> PackageId {
    house.case(reference).await.packages[0].id
}

on_both! {
    async fn s36_wrong_ended_and_foreign_links_answer_alike(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, code) = released(&house).await;
        let never = gone(&house, "/copy/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").await;
        let place = opened(&house, &link, &code, "plain").await;
        for path in ["/copy/x", "/copy/%00", "/copy/..%2f..", "/copy/file/x/your-data.zip", "/copy/file/%2e%2e/your-data.zip"] {
            assert_eq!(gone(&house, path).await, never, "{path}");
        }
        // a verification's token opens no copy, and the other way round
        let verify = links(&house, ADA, "/verify/").pop().expect("a link").replace("/verify/", "/copy/");
        assert_eq!(gone(&house, &verify).await, never);
        assert_eq!(get(&house, &link.replace("/copy/", "/verify/")).await.status, StatusCode::NOT_FOUND);
        let crossed = link.replace("/copy/", "/copy/file/") + "/your-data.zip";
        assert_eq!(gone(&house, &crossed).await, never);

        let (app, agent) = (&house.app, &house.agent);
        let package = packages(&house, reference).await;
        assert_eq!(fields(exports::revoke_package(app, agent, reference, package, " ").await), ["reason"]);
        assert!(matches!(exports::revoke_package(app, agent, reference, PackageId(99), "why").await, Err(Error::NotFound)));
        exports::revoke_package(app, agent, reference, package, "sent to the wrong person").await.expect("it is withdrawn");
        assert_eq!(gone(&house, &link).await, never);
        assert_eq!(gone(&house, &place).await, never, "a fetching that was begun ends too");
        let late = post(&house, &link, &format!("do=plain&code={code}")).await;
        assert_eq!((late.status, late.body), (StatusCode::NOT_FOUND, never.clone()));
        let lost = post(&house, &link, "do=lost").await;
        assert_eq!((lost.status, lost.body), (StatusCode::NOT_FOUND, never));
        house.works().await;
        assert!(kept(&house).is_empty(), "the file is destroyed");
        let shown = house.case(reference).await.packages[0].clone();
        assert!(shown.ended && shown.destroyed.is_some());
        assert_eq!(fields(exports::revoke_package(app, agent, reference, package, "again").await), ["reason"]);
        agrees_with_its_events(&house, reference).await;
    }

    async fn s36_what_lies_in_the_database_opens_nothing(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, code) = released(&house).await;
        let place = opened(&house, &link, &code, "locked").await;
        let (token, ticket) = (link.rsplit('/').next().expect("a token"), place.split('/').nth(3).expect("a ticket"));
        assert!(token.len() >= 52 && ticket.len() >= 52, "at least 256 bits in base32");
        let hashes = texts(&house, "SELECT token_hash FROM packages UNION ALL SELECT ticket_hash FROM downloads UNION ALL SELECT code_hash FROM verifications").await;
        assert!(hashes.len() >= 3);
        for hash in hashes {
            assert!(![token, ticket].contains(&hash.as_str()));
            for path in [format!("/copy/{hash}"), format!("/copy/file/{hash}/your-data.zip")] {
                assert_eq!(get(&house, &path).await.status, StatusCode::NOT_FOUND);
            }
            let tried = post(&house, &link, &format!("do=plain&code={}", &hash[..20])).await;
            assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // nor does what staff read: the mail as the case shows it, the timeline, the run
        house.works().await;
        let full = format!("{:?}", house.case(reference).await);
        for secret in [token, ticket, code.as_str(), code.replace('-', "").as_str()] {
            assert!(!full.contains(secret));
        }
        let mut tx = house.app.db.read().await.expect("a reader");
        let texts: Vec<(String,)> = sql("SELECT data FROM events UNION ALL SELECT COALESCE(body, '') FROM contents UNION ALL SELECT data FROM jobs UNION ALL SELECT object FROM audit")
            .all(&mut tx).await.expect("rows");
        for (text,) in texts {
            assert!(![token, ticket, code.as_str()].iter().any(|secret| text.contains(secret)), "{text}");
        }
        let (passwords,): (i64,) = sql("SELECT COUNT(*) FROM downloads WHERE cipher IS NOT NULL").one(&mut tx).await.expect("a count");
        assert_eq!(passwords, 0, "a password is forgotten once its archive is made");
        for mail in house.sent() {
            assert!(!mail.contains(&code) && !mail.contains(&code.replace('-', "")), "the code stands in no mail");
        }
    }

    async fn s36_the_code_of_somebody_else_opens_nothing(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (_, link, code) = released(&house).await;
        let other = asks_for_a_copy(&house, "Bo <bo@example.org>", "c2@example.org").await;
        let theirs = confirms(&house, other, "2", "bo@example.org").await;
        for (how, wrong) in [("plain", theirs.as_str()), ("locked", theirs.as_str()), ("plain", ""), ("plain", "%00")] {
            let tried = post(&house, &link, &format!("do={how}&code={wrong}")).await;
            assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(tried.text().contains("code-error"));
        }
        // a form from elsewhere opens nothing either
        let foreign = asked(&house, Method::POST, &link, &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], &format!("do=plain&code={code}")).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        opened(&house, &link, &code, "plain").await;
    }

    async fn s36_it_can_be_fetched_as_often_as_the_pack_says(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, code) = released(&house).await;
        let mut last = String::new();
        for _ in 0..5 {
            last = opened(&house, &link, &code, "plain").await;
        }
        let sixth = post(&house, &link, &format!("do=plain&code={code}")).await;
        assert_eq!(sixth.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sixth.text().contains("as often as it may be"));
        assert_eq!(house.case(reference).await.packages[0].fetched, (5, 5));
        assert_eq!(get(&house, &last).await.status, StatusCode::OK);
        time_passes(&house, DAY + 1_000).await;
        assert_eq!(get(&house, &last).await.status, StatusCode::NOT_FOUND, "the address of a fetching ends in a day");
        assert_eq!(get(&house, &link).await.status, StatusCode::OK);
    }

    async fn a_lost_code_means_confirming_again(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, code) = released(&house).await;
        time_passes(&house, DAY).await;
        let before = links(&house, ADA, "/verify/").len();
        for _ in 0..3 {
            let asked = post(&house, &link, "do=lost").await;
            assert_eq!(asked.status, StatusCode::OK);
        }
        house.works().await;
        let mails = links(&house, ADA, "/verify/");
        assert_eq!(mails.len(), before + 1, "not more often than every ten minutes");
        opened(&house, &link, &code, "plain").await;
        let known: Vec<_> = mails.iter().collect();
        let mut new = String::new();
        for one in known {
            let shown = post(&house, one, "").await;
            if shown.status == StatusCode::OK {
                new = code_in(&shown.text());
            }
        }
        assert_ne!(new, code);
        let old = post(&house, &link, &format!("do=plain&code={code}")).await;
        assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY, "the old code no longer opens");
        opened(&house, &link, &new, "plain").await;
        assert_eq!(house.case(reference).await.case.state, State::Resolved);
        agrees_with_its_events(&house, reference).await;
    }

    async fn a_new_code_verifies_nothing_and_opens_its_own_package_only(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, _) = released(&house).await;
        // by mistake: the case is Bo's, who is verified now
        let seen = seq(&house, reference).await;
        verbs::change_state(&house.app, &house.agent, reference, seen, State::Open, None, "the wrong person").await.expect("open");
        let bo = confirms(&house, reference, "2", "bo@example.org").await;
        let verified = house.case(reference).await.case.verified;
        let tried = post(&house, &link, &format!("do=plain&code={bo}")).await;
        assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY, "Bo's code opens nothing of Ada's");
        let before = links(&house, ADA, "/verify/");
        assert_eq!(post(&house, &link, "do=lost").await.status, StatusCode::OK);
        house.works().await;
        let new = links(&house, ADA, "/verify/").into_iter().find(|link| !before.contains(link)).expect("a link");
        let confirmed = format!("requester verification_confirmed {reference}");
        let told = async |entry: &str| house.log().await.iter().filter(|one| *one == entry).count();
        let before = told(&confirmed).await;
        let code = code_in(&post(&house, &new, "").await.text());
        assert_eq!(house.case(reference).await.case.verified, verified, "who the case is of has not changed");
        assert_eq!(told(&confirmed).await, before, "nobody said who they are");
        assert_eq!(told(&format!("requester export_code_shown {reference}")).await, 1);
        opened(&house, &link, &code, "plain").await;
        agrees_with_its_events(&house, reference).await;
    }

    async fn s36_what_was_made_for_a_fetching_goes_with_it(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let (reference, link, code) = released(&house).await;
        let place = opened(&house, &link, &code, "locked").await;
        house.works().await;
        assert_eq!(kept(&house).len(), 2);
        time_passes(&house, DAY + 1_000).await;
        assert_eq!(get(&house, &place).await.status, StatusCode::NOT_FOUND);
        exports::expire_packages(&house.app).await.expect("it looks");
        assert_eq!(kept(&house).len(), 1, "the package itself stays");
        // one that is withdrawn while it is made leaves nothing either
        opened(&house, &link, &code, "locked").await;
        let package = packages(&house, reference).await;
        let mut tx = house.app.db.read().await.expect("a reader");
        let (download,): (i64,) = sql("SELECT MAX(id) FROM downloads").one(&mut tx).await.expect("it is there");
        drop(tx);
        exports::revoke_package(&house.app, &house.agent, reference, package, "no longer").await.expect("withdrawn");
        exports::lock_download(&house.app, crate::domain::identity::DownloadId(download), false).await.expect("nothing to do");
        house.works().await;
        assert!(kept(&house).is_empty());
    }

    async fn s14_a_copy_that_nobody_looks_at_is_made_and_withdrawn_after_a_proof(house: House) {
        let (house, _world) = house_over(house.without_review(), On::Sqlite).await;
        let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "c1@example.org").await;
        confirms(&house, reference, "1", ADA).await;
        let stale = crate::domain::rights::Actor { proof: crate::domain::sign_in::Proof::Stale, ..house.agent.clone() };
        let seen = seq(&house, reference).await;
        let late = runs::plan_run(&house.app, &stale, reference, seen, &runs::Chosen::default()).await;
        assert!(matches!(late, Err(Error::Unproved)), "{late:?}");
        assert_eq!(seq(&house, reference).await, seen, "nothing was done");
        begun(&house, reference).await;
        house.works().await;
        assert_eq!(links(&house, ADA, "/copy/").len(), 1, "it went by itself");
        let package = packages(&house, reference).await;
        let late = exports::revoke_package(&house.app, &stale, reference, package, "not theirs").await;
        assert!(matches!(late, Err(Error::Unproved)), "{late:?}");
        exports::revoke_package(&house.app, &house.agent, reference, package, "not theirs").await.expect("withdrawn");
    }

    async fn s14_a_copy_that_waits_for_a_second_person_is_asked_for_without_one(house: House) {
        let (house, _world) = house_over(house, On::Sqlite).await;
        let reference = asks_for_a_copy(&house, "Ada <ada@example.org>", "c1@example.org").await;
        confirms(&house, reference, "1", ADA).await;
        let stale = crate::domain::rights::Actor { proof: crate::domain::sign_in::Proof::Stale, ..house.agent.clone() };
        let seen = seq(&house, reference).await;
        runs::plan_run(&house.app, &stale, reference, seen, &runs::Chosen::default()).await.expect("it is begun");
    }
}
