//! `kill -9` at any moment of busy writing, many times over: what was said to be kept is kept, and the database is
//! whole.

use crate::{
    console::AGAIN,
    house::{House, Store, request},
    on_both,
};
use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How many times the console is killed; `FAULT_ROUNDS` asks for more.
fn rounds() -> u64 {
    std::env::var("FAULT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(15)
}

/// The whole file is sound and every reference in it leads somewhere.
async fn is_whole(house: &House) {
    if matches!(house.store, Store::Sqlite) {
        assert_eq!(house.rows::<(String,)>("SELECT * FROM pragma_integrity_check").await, [("ok".to_owned(),)]);
        assert_eq!(house.count("pragma_foreign_key_check").await, 0);
    }
}

on_both! {
    async fn f18_killed_many_times_while_it_writes(house: House) {
        house.lease_ms = 1_000;
        // FAULT_SEED repeats what another run did, as far as the machine does
        let seed = std::env::var("FAULT_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(|| RandomState::new().hash_one(0));
        println!("FAULT_SEED={seed}");
        let mut kept = 0;
        for round in 0..rounds() {
            let console = house.opens().await;
            let until = Instant::now() + Duration::from_millis(seed.rotate_left(u32::try_from(round % 64).expect("small")) % 400);
            loop {
                house.receives(&request(kept)).await;
                kept += 1;
                if Instant::now() >= until {
                    break;
                }
            }
            // half of the time a mail is still being handed in
            let late = house.command(&["ingest", "--product", crate::house::PRODUCT]);
            let late = tokio::spawn(crate::house::run(late, request(kept)));
            while round % 2 == 0 && Instant::now() < until + Duration::from_millis(seed.rotate_right(u32::try_from(round % 64).expect("small")) % 60) {
                sleep(AGAIN / 5).await;
            }
            console.crash().await;
            let ended = late.await.expect("it is waited for");
            assert_eq!(ended.code, Some(0), "{}", ended.says);
            kept += 1;
            is_whole(&house).await;
        }
        let console = house.opens().await;
        house.all_is_done(Duration::from_mins(1)).await;
        console.stops().await;
        is_whole(&house).await;
        house.holds_each_once(i64::try_from(kept).expect("few")).await;
        let gaps = "(SELECT case_id FROM events GROUP BY case_id HAVING COUNT(*) <> MAX(seq)) gaps";
        assert_eq!(house.count(gaps).await, 0, "the events of a case are numbered without gaps");
    }
}
