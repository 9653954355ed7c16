//! Whether a mail may leave now: addresses that take no mail, how many automatic mails an address gets in an hour, how
//! fast mail goes to a domain and an address. Changes nothing but the paces.

use crate::{
    app::{App, Error},
    domain::{
        event::Purpose,
        time::{HOUR, Instant},
    },
    store::{Tx, mails, mails::Mail, outflow, suppressions},
};

/// Whether a mail may leave.
pub(super) enum Permit {
    /// It may; `despite` says since when the address is known not to take mail.
    Now { despite: Option<Instant> },
    /// Not for so many milliseconds.
    Later { reason: String, wait: i64 },
    /// It is not sent.
    Never(String),
}

/// True for mails that the law wants sent, so that an address that took no mail once is tried all the same: how a
/// request ended, that it takes longer, where the copy is (GDPR Art. 12(3) and (4), DPDP Rules 2025).
#[must_use]
pub const fn is_statutory(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Closing | Purpose::Extension | Purpose::Delivery)
}

/// Looks. Alarms to staff are held back by nothing but the pace: none is ever lost to a limit.
pub(super) async fn permit(app: &App, tx: &mut Tx, mail: &Mail) -> Result<Permit, Error> {
    let (Some(recipient), Some(domain)) = (&mail.recipient, &mail.domain) else {
        return Ok(Permit::Now { despite: None });
    };
    let limits = &app.settings.outgoing;
    let known = suppressions::suppression(tx, recipient).await?;
    if let Some(known) = &known
        && !is_statutory(mail.purpose)
    {
        let since = known.since.in_words(app.packs.zone(&mail.product));
        return Ok(Permit::Never(format!(
            "the address does not take mail since {since} ({}); ask for another one, or lift the block and send it again",
            known.status
        )));
    }
    if mail.automatic && mail.purpose != Purpose::Alarm && limits.automatic_per_hour > 0 {
        // others who send to this address wait, so that none counts past the other
        outflow::outflow_lock(tx, recipient).await?;
        let (now, most) = (app.now(), limits.automatic_per_hour);
        let handed = mails::automatic_handed(tx, mail, now.plus(-HOUR), most).await?;
        if let Some(oldest) = usize::try_from(most - 1).ok().and_then(|last| handed.get(last)) {
            let reason = format!("held back: an address gets at most {most} automatic mails an hour");
            return Ok(Permit::Later { reason, wait: oldest.plus(HOUR).since(now).max(1) });
        }
    }
    for (digest, per_minute, what) in
        [(domain, limits.domain_per_minute, "domain"), (recipient, limits.recipient_per_minute, "address")]
    {
        let wait = if per_minute > 0 { outflow::outflow_take(tx, digest, per_minute).await? } else { 0 };
        if wait > 0 {
            let reason = format!("held back: a {what} gets at most {per_minute} mails a minute");
            return Ok(Permit::Later { reason, wait });
        }
    }
    Ok(Permit::Now { despite: known.map(|known| known.since) })
}
