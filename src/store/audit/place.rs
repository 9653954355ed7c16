//! From where something is asked: known to whoever answers a request, needed where its entry is made, and by nothing in
//! between. Like the span of a log line it goes with the task, not through the verbs' arguments; it decides nothing.

use crate::{domain::audit::Who, store::vault::Vault};
use std::future::Future;

tokio::task_local! {
    static PLACE: Place;
}

/// Where the request that is being answered comes from.
struct Place {
    address: String,
    digest: String,
}

/// Answers a request that comes from `address`, an address or network as the proxies in front make it known.
pub async fn asked_from<F: Future>(vault: &Vault, address: &str, answer: F) -> F::Output {
    let digest = vault.digest("audit place", address.as_bytes());
    let digest = format!("digest {}", data_encoding::HEXLOWER.encode(&digest[..8]));
    PLACE.scope(Place { address: address.to_owned(), digest }, answer).await
}

/// True while a request is answered whose origin is known.
pub(super) fn is_told() -> bool {
    PLACE.try_with(|_| ()).is_ok()
}

/// What an entry says: for staff the address; for anybody else, whoever tries to be staff too, a keyed digest, by which two
/// requests can be compared and nobody be found.
pub(super) fn of(who: Who) -> String {
    let said = PLACE.try_with(|place| match who {
        Who::Staff => place.address.clone(),
        Who::Visitor | Who::Requester | Who::Recipient => place.digest.clone(),
        Who::Operator | Who::System => String::new(),
    });
    said.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn staff_s_addresses_stay_and_others_become_digests() {
        let (vault, other) = (Vault::new([3; 32]), Vault::new([4; 32]));
        let said = |vault, address, who| asked_from(vault, address, async move { of(who) });
        assert_eq!(said(&vault, "192.0.2.7", Who::Staff).await, "192.0.2.7");
        assert!(said(&vault, "192.0.2.7", Who::Visitor).await.starts_with("digest "), "a stranger at the door is none");
        let digest = said(&vault, "192.0.2.7", Who::Requester).await;
        assert!(digest.starts_with("digest ") && !digest.contains("192"), "{digest}");
        assert_eq!(digest, said(&vault, "192.0.2.7", Who::Requester).await);
        assert_ne!(digest, said(&vault, "192.0.2.8", Who::Requester).await);
        assert_ne!(digest, said(&other, "192.0.2.7", Who::Requester).await);
        assert_eq!((said(&vault, "192.0.2.7", Who::System).await, of(Who::Staff)), (String::new(), String::new()));
    }
}
