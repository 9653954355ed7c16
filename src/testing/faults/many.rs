//! Many processes at once on one house: each piece of work is done by one of them, and nobody trips over a lock.

use crate::{
    console::Console,
    house::{House, NOBODY_VANISHES, PRODUCT, Store, request},
    on_both,
};
use recourse::{
    app::{
        Alarms, App, Parts, Settings, intake,
        packs::{self, Packs},
    },
    domain::mail::Came,
    generation::receipt::Signer,
    mail::{authenticity::Checker, classify::Classifier, outbox::Transport},
    store::{Clock, Db, Objects, keyring, master::MasterKey},
};
use std::{collections::HashMap, time::Duration};
use tokio::task::JoinSet;

/// The house opened in this process, by what `recourse ingest` calls: a thousand processes would take minutes.
pub async fn opened_here(house: &House) -> App {
    let db = match &house.store {
        Store::Sqlite => Db::sqlite(&house.data_dir().join("recourse.db"), Clock::System).await,
        Store::Postgres(url) => Db::postgres(url, 8, Clock::System).await,
    };
    let db = db.expect("the database opens");
    let master = MasterKey::open_file(&house.data_dir().join("keys").join("master.key")).expect("the key opens");
    let vault = keyring::keyring(&db, &master).await.expect("the keys open").expect("they are of this master key");
    let packs = Packs::load(None).expect("the packs load");
    let classifier = Classifier::new(&packs::word_list(None).expect("it is there")).expect("it compiles");
    let settings = Settings {
        addresses: HashMap::new(),
        max_message: 1_000_000,
        public_url: String::new(),
        alarms: Alarms::default(),
        spool: std::env::temp_dir(),
        ..Settings::default()
    };
    {
        let transport = Transport::Files(house.data_dir());
        let (signer, sources) = (Signer::new([4; 32]), HashMap::new());
        let packages = Objects::folder(&house.data_dir().join("packages")).expect("the folder opens");
        App::new(Parts {
            db,
            vault,
            signer,
            packs,
            classifier,
            checker: Checker::default(),
            transport,
            packages,
            sources,
            settings,
        })
    }
}

/// What the log holds beside ordinary information, and beside the note that a busy machine made somebody wait.
fn complaints(console: &Console) -> Vec<String> {
    let log = console.log();
    log.lines()
        .filter(|line| !line.contains(" INFO ") && !line.contains("slow_acquire_threshold"))
        .map(str::to_owned)
        .collect()
}

on_both! {
    async fn f8_two_consoles_with_eight_workers_each_do_a_thousand_mails_once(house: House) {
        const MAILS: u16 = 1_000;
        house.workers = 8;
        house.lease_ms = NOBODY_VANISHES;
        house.receives(&request(0)).await;
        let (first, second) = (house.opens().await, house.opens().await);
        let app = opened_here(&house).await;
        for number in 1..MAILS {
            intake::keep(&app, PRODUCT, request(usize::from(number)).as_bytes(), Came::Pipe).await.expect("it is kept").expect("it is new");
        }
        app.db.close().await;
        house.all_is_done(Duration::from_secs(150)).await;
        assert_eq!(complaints(&first), [""; 0]);
        assert_eq!(complaints(&second), [""; 0]);
        first.stops().await;
        second.stops().await;
        house.holds_each_once(i64::from(MAILS)).await;
        assert_eq!(house.count("jobs WHERE attempt <> 1").await, 0, "each job was claimed once");
    }

    async fn f11_fifty_processes_hand_in_the_same_mail_at_once(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let console = house.opens().await;
        let mut processes = JoinSet::new();
        for _ in 0..50 {
            let command = house.command(&["ingest", "--product", PRODUCT]);
            processes.spawn(crate::house::run(command, request(1)));
        }
        for ended in processes.join_all().await {
            assert_eq!(ended.code, Some(0), "{}", ended.says);
        }
        house.all_is_done(Duration::from_secs(20)).await;
        console.stops().await;
        house.holds_each_once(1).await;
    }

    async fn fifty_processes_hand_in_fifty_mails_at_once(house: House) {
        house.lease_ms = NOBODY_VANISHES;
        let console = house.opens().await;
        let mut processes = JoinSet::new();
        for number in 0..50 {
            let command = house.command(&["ingest", "--product", PRODUCT]);
            processes.spawn(crate::house::run(command, request(number)));
        }
        for ended in processes.join_all().await {
            assert_eq!(ended.code, Some(0), "{}", ended.says);
        }
        house.all_is_done(Duration::from_secs(20)).await;
        console.stops().await;
        house.holds_each_once(50).await;
    }
}
