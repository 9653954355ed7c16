//! Where a mail of ours stands, in words.

use crate::store::mails::{Mail, MailState};

/// Where a mail stands, and whether somebody has to help it. Of a mail that came back the reason is the report's.
#[must_use]
pub fn fate(mail: &Mail, zone: chrono_tz::Tz) -> (String, bool) {
    let reason = || mail.reason.as_deref().unwrap_or("no reason was given");
    let says = match (mail.state, mail.accepted) {
        (MailState::Accepted, Some(at)) => match mail.bounced {
            Some(back) => format!("accepted {}, came back {}: {}", at.short(zone), back.short(zone), reason()),
            None => format!("accepted {}", at.short(zone)),
        },
        (MailState::Failed, _) => match mail.bounced {
            Some(back) => format!("came back {}: {}", back.short(zone), reason()),
            None => format!("failed: {}", reason()),
        },
        (MailState::Queued, _) => match mail.next {
            Some(next) => format!("{}; next try at {}", reason(), next.short(zone)),
            None => mail.state.label().to_owned(),
        },
        (state, _) => state.label().to_owned(),
    };
    let doubt = match (mail.in_doubt, mail.state) {
        (false, _) => "",
        (true, MailState::Accepted) => "; it may have left twice, with the same Message-ID",
        (true, _) => "; it may have arrived already, with the same Message-ID",
    };
    let despite = mail.despite.map(|since| format!("; sent although the address bounced on {}", since.short(zone)));
    (format!("{says}{doubt}{}", despite.unwrap_or_default()), mail.needs_help())
}
