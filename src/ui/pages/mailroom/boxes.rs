//! The mailboxes that are read: a line a folder, with what is wrong beneath it.

use crate::{
    app::mailroom::boxes::{Folder, Standing},
    ui::{components::notice::Blank, shell::thousands},
};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The list, or what to do where no mailbox is configured.
pub(super) fn list(folders: Vec<Folder>, zone: Tz) -> AnyView {
    if folders.is_empty() {
        return view! {
            <Blank title="No mailbox is read">
                <p>"Mail comes in through the mail server’s pipe or is posted. To read a mailbox as well, name it in the configuration under its product; recourse check says whether it can be used."</p>
            </Blank>
        }
        .into_any();
    }
    let rows = folders.into_iter().map(|folder| line(folder, zone)).collect_view();
    view! { <ul class="list roomy">{rows}</ul> }.into_any()
}

fn line(folder: Folder, zone: Tz) -> impl IntoView {
    let (class, words) = match folder.standing {
        Standing::New => ("tag", "not looked at yet".to_owned()),
        Standing::Connected => ("tag is-ok is-met", "connected".to_owned()),
        Standing::Waiting => ("tag", "not connected at this moment".to_owned()),
        Standing::Failing(since) => ("tag is-over", format!("failing since {}", since.short(zone))),
    };
    let mark = (class != "tag").then(|| view! { <i class="mark" aria-hidden="true"></i> });
    let looked = folder.looked.map(|at| {
        view! { <span class="dim">"last looked "<time datetime=at.rfc3339()>{at.short(zone)}</time></span> }
    });
    let trouble = folder.trouble.map(|trouble| view! { <small>{sentence(&trouble)}</small> });
    let left = folder.left_behind.map(|(count, why)| view! { <small>{left_behind(count, &why)}</small> });
    view! {
        <li>
            <span dir="auto">{folder.name}", "{folder.folder}" of "{folder.product}" "<span class=class>{mark}{words}</span></span>
            {looked}
            <small>{waiting(folder.waiting)}</small>
            {trouble}
            {left}
        </li>
    }
}

fn waiting(count: i64) -> String {
    match count {
        0 => "Nothing waits to be fetched.".to_owned(),
        1 => "1 message waits to be fetched.".to_owned(),
        many => format!("{} messages wait to be fetched.", thousands(many)),
    }
}

fn left_behind(count: i64, why: &str) -> String {
    if count == 1 {
        return format!(
            "1 message was passed over: {why}. It stays in the mailbox and is tried again where that can help."
        );
    }
    let count = thousands(count);
    format!(
        "{count} messages were passed over: {why}. They stay in the mailbox and are tried again where that can help."
    )
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Instant;

    fn html(standing: Standing, folder: impl FnOnce(&mut Folder)) -> String {
        let mut one = Folder {
            product: "ArtisticMonk".to_owned(),
            name: "privacy".to_owned(),
            folder: "INBOX".to_owned(),
            standing,
            looked: Some(Instant(1_795_494_600_000)),
            waiting: 0,
            trouble: None,
            left_behind: None,
        };
        folder(&mut one);
        list(vec![one], chrono_tz::UTC).to_html()
    }

    #[test]
    fn a_line_says_how_the_folder_stands_and_what_is_wrong() {
        let connected = html(Standing::Connected, |folder| folder.waiting = 1_200);
        assert!(connected.contains("connected") && connected.contains("1,200 messages wait"), "{connected}");
        let failing = html(Standing::Failing(Instant(1_795_494_600_000)), |folder| {
            folder.trouble = Some("the server refused <b>".to_owned());
            folder.left_behind = Some((2, "the server took too long".to_owned()));
        });
        assert!(failing.contains("failing since") && failing.contains("The server refused &lt;b&gt;."), "{failing}");
        assert!(failing.contains("2 messages were passed over"), "{failing}");
        assert!(list(Vec::new(), chrono_tz::UTC).to_html().contains("No mailbox is read"));
    }
}
