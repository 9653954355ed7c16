//! The line under a mail whose secrets are covered: show them for this view, or make them unreadable for good.

use super::look::Look;
use crate::{
    domain::identity::{MessageId, Reference},
    ui::{pages::case::tried::Act, paths},
};
use leptos::{either::Either, prelude::*};

/// How many are covered, and what can be done about it.
pub fn line(count: usize, is_shown: bool, reference: Reference, message: MessageId, look: &Look) -> AnyView {
    let secrets = if count == 1 { "One secret".to_owned() } else { format!("{count} secrets") };
    if !look.acts {
        let says = format!("{secrets} in this mail, covered.");
        return view! { <div class="secrets is-paused"><i class="mark" aria-hidden="true"></i><p>{says}</p></div> }
            .into_any();
    }
    let (action, id) = (paths::mail_of_case(reference, message), message.0.to_string());
    let state = if is_shown {
        let says = format!("{secrets} in this mail, shown for this view; that is written down.");
        Either::Left(view! { <p>{says}" "<a href=action.clone()>"Cover"</a></p> })
    } else {
        let says = format!("{secrets} in this mail, covered. ");
        Either::Right(view! {
            <form method="post" action=action.clone()>
                <input type="hidden" name="do" value=Act::Reveal.code() />
                <input type="hidden" name="message" value=id.clone() />
                <p>{says}<button class="btn small">"Show for this view"</button></p>
            </form>
        })
    };
    let field = Act::Redact.id_of("sure", &id);
    let (invalid, problem) = (look.problems.invalid(&field), look.problems.of(&field));
    let described = look.problems.described(&field, false);
    let error = problem.map(|says| {
        view! {
            <span class="error is-over" id=format!("{field}-error")>
                <i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span>
            </span>
        }
    });
    let is_open = error.is_some();
    let what = if count == 1 { "The secret becomes".to_owned() } else { format!("The {count} secrets become") };
    let sure =
        if count == 1 { "Yes, make it unreadable".to_owned() } else { format!("Yes, make all {count} unreadable") };
    view! {
        <div class="secrets is-paused">
            <i class="mark" aria-hidden="true"></i>
            <div>
                {state}
                <details open=is_open>
                    <summary>"Redact for good"</summary>
                    <form method="post" action=action>
                        <input type="hidden" name="do" value=Act::Redact.code() />
                        <input type="hidden" name="seen" value=look.seen />
                        <input type="hidden" name="message" value=id />
                        <p>
                            {what}" unreadable here and in the stored copy of this mail, for everybody and for good. It \
                             cannot be undone. Attachments are not looked into, and neither is what our own mails quote \
                             or what still lies in the mailbox."
                        </p>
                        {error}
                        <p>
                            <label>
                                <input type="checkbox" name="sure" value="yes" id=field aria-invalid=invalid
                                    aria-describedby=described />
                                " "{sure}
                            </label>
                        </p>
                        <p class="acts"><button class="btn">"Redact for good"</button></p>
                    </form>
                </details>
            </div>
        </div>
    }
    .into_any()
}
