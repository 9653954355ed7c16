//! What the mail room shows of mailboxes, and the postman who reads them while the console runs.

use super::{LEASE, arrive, count, watched};
use crate::{
    app::{
        mailroom::{self, Tab, boxes::Standing},
        overview,
    },
    jobs::postman,
    mail::inbox::Then,
    testing::on_both,
};
use std::time::{Duration, Instant};
use tokio::{sync::watch, time::sleep};

on_both! {
    async fn the_postman_reads_every_folder_and_the_mail_room_shows_how_each_stands(house: House) {
        let (good, mut wrong) = (watched(Then::Flag), watched(Then::Leave));
        arrive(&good, 0..2);
        wrong.server.password = zeroize::Zeroizing::new("hunter2".to_owned());
        let house = house.with_mailboxes(vec![good.clone(), wrong.clone()]);
        let standings = async || {
            let room = mailroom::load(&house.app, &house.officer, Tab::Mailboxes, None).await.expect("it loads");
            room.folders
        };
        assert!(standings().await.iter().all(|folder| folder.standing == Standing::New));

        let (stop, stopped) = watch::channel(false);
        let at_work = tokio::spawn(postman::run(house.app.clone(), LEASE, stopped));
        let deadline = Instant::now() + Duration::from_secs(30);
        let settled = loop {
            let folders = standings().await;
            if folders[0].standing == Standing::Connected && matches!(folders[1].standing, Standing::Failing(_)) && count(&house, "unsettled").await == 0 {
                break folders;
            }
            assert!(Instant::now() < deadline, "{folders:?}");
            sleep(Duration::from_millis(25)).await;
        };
        assert_eq!((settled[0].waiting, settled[0].trouble.as_deref()), (0, None));
        assert!(settled[1].trouble.as_deref().is_some_and(|trouble| trouble.contains("password")));
        let troubles = overview::overview(&house.app, &house.officer).await.expect("it loads").troubles;
        assert!(troubles.iter().any(|trouble| trouble.title.contains(&wrong.name)), "{troubles:?}");

        stop.send(true).expect("somebody listens");
        tokio::time::timeout(Duration::from_secs(5), at_work).await.expect("it ends at once").expect("it ends in order");
        assert_eq!(standings().await[0].standing, Standing::Waiting, "the lease was given back");
        assert_eq!(count(&house, "messages").await, 2);
    }
}
