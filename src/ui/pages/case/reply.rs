//! The box at the end of the timeline: an answer to the person, or a note that never leaves.

use super::{
    begin,
    tried::{Act, Tried},
};
use crate::{
    app::case_page::Full,
    ui::{
        components::{
            icon::{Icon, Shape},
            notice::{Meaning, Notice},
        },
        islands::KeepDraft,
        paths, render,
    },
};
use leptos::{either::Either, prelude::*};

/// The reply box.
pub(super) fn form(full: &Full, tried: &Tried) -> impl IntoView + use<> {
    let act = if tried.is(Act::Note) || !full.can_be_answered() { Act::Note } else { Act::Reply };
    let tried_here = tried.is(Act::Reply) || tried.is(Act::Note);
    let text = if tried_here { tried.value(act, "text") } else { full.draft.clone().unwrap_or_default() };
    let kept = full.draft.is_some() && !tried_here;
    let error = tried.problems.of("text").map(|says| {
        view! {
            <p class="error is-over" id="text-error">
                <i class="mark" aria-hidden="true"></i>
                <span><span class="sr">"Error: "</span>{says}</span>
            </p>
        }
    });
    let blocked = full.blocked.clone().map(|lead| {
        view! {
            <Notice meaning=Meaning::Warning lead=format!("{lead}.")>
                <p>"A reply will not be sent there; how the request ends, that it takes longer, or where a copy is, is sent all the same. Answer by letter or phone, or lift the block at one of the mails above."</p>
            </Notice>
        }
    });
    view! {
        <form class="reply" method="post" action=paths::case(full.case.reference) id="reply" aria-labelledby="h-reply">
            <h2 class="sr" id="h-reply">"Reply or note"</h2>
            <input type="hidden" name="seen" value=tried.seen(act, full.case.seq) />
            {kinds(full, act)}
            {blocked}
            {begin::fields(full, tried)}
            {error}
            <label class="sr" for="text">"Text"</label>
            <textarea id="text" name="text" dir="auto" rows="6" aria-invalid=tried.problems.invalid("text")
                aria-describedby=tried.problems.described("text", false) inner_html=render::raw_text(&text)></textarea>
            {begin::does(full, tried)}
            <div class="acts">
                <span class="for-reply">
                    <button class="btn main">{tried.button(Act::Reply, "Send", "Send anyway")}</button>
                    <button class="btn" name="wait" value="1">
                        {tried.button(Act::Reply, "Send and wait for answer", "Send anyway and wait")}</button>
                </span>
                <span class="for-note"><button class="btn main">
                    {tried.button(Act::Note, "Add note", "Add note anyway")}</button></span>
                <span class="push"><KeepDraft reference=full.case.reference.to_string() kept /></span>
            </div>
        </form>
    }
}

fn kinds(full: &Full, act: Act) -> impl IntoView + use<> {
    let to = Some(full.requester.clone()).filter(|name| !name.is_empty()).or_else(|| full.address.clone());
    let reply = match (&full.address, to) {
        (Some(_), Some(to)) => Either::Left(view! {
            <label><input type="radio" name="do" value="reply" checked=act == Act::Reply />"Reply to "{to}</label>
        }.into_any()),
        (None, _) if full.on_page => Either::Left(view! {
            <label><input type="radio" name="do" value="reply" checked=act == Act::Reply />"Reply, kept for the person on the page of the case"</label>
        }.into_any()),
        _ => Either::Right(view! {
            <p class="hint">
                "The person left no mail address. Answer by letter or phone, and write down here what you did."</p>
        }),
    };
    view! {
        <fieldset class="top">
            <legend class="sr">"What are you writing?"</legend>
            {reply}
            <label><input type="radio" name="do" value="note" checked=act == Act::Note /><Icon shape=Shape::Note
                />"Internal note"</label>
        </fieldset>
    }
}
