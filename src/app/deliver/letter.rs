//! A mail of the outbox as it leaves: its envelope, where answers go, and the link that only it has.

use crate::{
    app::{App, acknowledge, exports, verification},
    domain::event::Purpose,
    mail::{
        compose,
        outbox::{Automatic, Letter},
        thread,
    },
    store::{contents::Content, mails::Mail},
};

/// Puts the letter together. Automatic mail has no envelope sender, so that no machine answers it, or the one that the
/// operator set for its reports; people's mail has the product's own.
pub(super) fn letter(app: &App, mail: &Mail, content: Content) -> Letter {
    let Content { name, address, subject, references, mut text, mut html, .. } = content;
    let link = match mail.purpose {
        Purpose::Verification => Some(verification::link(app, &mail.message_id)),
        Purpose::Delivery => Some(exports::link(app, &mail.message_id)),
        _ => None,
    };
    if let Some(link) = link {
        (text, html) = compose::with_link(&text, &html, &link);
    }
    let own = app.address_of(&mail.product);
    let token = acknowledge::token(app, &mail.product, mail.case, mail.purpose);
    let with_token = |address: &str| thread::reply_address(address, app.subaddress(&mail.product), token.as_deref()?);
    let returns = app.settings.outgoing.returns.get(&mail.product);
    let sender = match (mail.purpose.is_automatic(), returns) {
        (false, _) => Some(own.clone()),
        (true, Some(returns)) => Some(with_token(returns).unwrap_or_else(|| returns.clone())),
        (true, None) => None,
    };
    let automatic = mail.purpose.is_automatic().then_some(match mail.purpose {
        Purpose::Acknowledgement | Purpose::Notice => Automatic::Replied,
        _ => Automatic::Generated,
    });
    Letter {
        sender,
        reply_to: with_token(&own),
        from: (app.letterhead(&mail.product).product, own),
        to: (name, address),
        subject,
        text,
        html,
        message_id: mail.message_id.clone(),
        references,
        automatic,
        date: mail.created,
    }
}
