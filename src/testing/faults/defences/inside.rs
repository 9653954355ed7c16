//! Webhooks of a console that runs: nobody inside is connected to whom the operator did not name.

use crate::on_both;
use std::time::Duration;
use tokio::net::TcpListener;

/// Of a kind that is answered within hours, so that somebody is called.
const URGENT: &str = "From: Maria <maria@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Non-consensual intimate image\r\n\
    Message-ID: <urgent@mail.example>\r\n\r\nSomebody published a nude image of me without my consent. Remove this intimate image.\r\n";

on_both! {
    async fn s35_a_console_connects_to_nobody_inside(house: House) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let configured = house.more.clone();
        // a name that leads inside; a number that is the address of a machine's metadata; one address written as another kind
        for url in [format!("https://localhost:{port}/hook"), "https://0xa9.0xfe.0xa9.0xfe/latest".to_owned(), "https://[::ffff:10.0.0.1]/".to_owned()] {
            house.more = format!("{configured}\n[alarms]\nwebhook_url = \"{url}\"\nwebhook_secret = \"key\"\n");
            let console = house.opens().await;
            if house.count("messages").await == 0 {
                house.receives(URGENT).await;
            } else {
                house.meddles("UPDATE jobs SET run_at = 0, error = NULL WHERE work = 'call_webhook' AND state = 'available'").await;
            }
            house.comes_to(1, "jobs WHERE work = 'call_webhook' AND error LIKE '%leads to an address inside%'", Duration::from_secs(30)).await;
            console.stops().await;
        }
        assert!(tokio::time::timeout(Duration::from_millis(300), listener.accept()).await.is_err(), "somebody connected");

        // where the operator names the network it is reached
        house.more = format!(
            "{configured}\n[alarms]\nwebhook_url = \"https://localhost:{port}/hook\"\nwebhook_secret = \"key\"\n[outgoing]\nallow = [\"127.0.0.0/8\", \"::1\"]\n"
        );
        let console = house.opens().await;
        house.meddles("UPDATE jobs SET run_at = 0 WHERE work = 'call_webhook' AND state = 'available'").await;
        let reached = tokio::time::timeout(Duration::from_secs(30), listener.accept()).await;
        assert!(reached.is_ok_and(|accepted| accepted.is_ok()), "nobody connected");
        drop(listener);
        console.crash().await;
    }
}
