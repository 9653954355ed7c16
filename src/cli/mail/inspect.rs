//! What Recourse reads in one mail: as JSON for tests and machines, or as a page for people. Any input is answered;
//! files are measured and digested piece by piece, never kept.

use crate::mail::parse::{self, Attached, Letter, Limits, Problem};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Reads standard input and says what is in it.
///
/// # Errors
/// When nothing can be read or written.
pub fn run(as_json: bool) -> anyhow::Result<()> {
    let (raw, is_cut) = super::input()?;
    let limits = Limits { bytes: usize::try_from(super::MOST)?, ..Limits::default() };
    let mut seen = catch_unwind(AssertUnwindSafe(|| inspect(&raw, &limits))).unwrap_or_else(|_| {
        said(
            &Letter {
                problems: vec![Problem::new("failed", "reading the message failed unexpectedly")],
                ..Letter::default()
            },
            None,
            &BTreeMap::new(),
            &raw,
        )
    });
    if is_cut && let Some(problems) = seen["problems"].as_array_mut() {
        problems.push(json!("cut_off: there is more than can be read at once"));
    }
    let mut out = std::io::stdout().lock();
    if as_json {
        serde_json::to_writer_pretty(&mut out, &seen)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", page(&seen))?;
    }
    Ok(())
}

/// Bytes and digest of an opened file.
type Opened = BTreeMap<usize, (u64, Sha256)>;

/// What is in a mail, as JSON.
fn inspect(raw: &[u8], limits: &Limits) -> Value {
    let mut opened = Opened::new();
    let mut take = |part: usize, piece: &[u8]| {
        let (size, digest) = opened.entry(part).or_default();
        *size += piece.len() as u64;
        digest.update(piece);
    };
    let (letter, html) = parse::read_and_open(raw, limits, &mut take).unwrap_or_else(|why| {
        (Letter { problems: vec![Problem::new("empty", why.to_string())], ..Letter::default() }, None)
    });
    said(&letter, html.as_deref(), &opened, raw)
}

fn said(letter: &Letter, html: Option<&str>, opened: &Opened, raw: &[u8]) -> Value {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let file = |file: &Attached| {
        let (size, digest) = opened.get(&file.part).cloned().unwrap_or_default();
        json!({
            "name": file.name,
            "type": file.media_type,
            "size": size,
            "sha256": data_encoding::HEXLOWER.encode(&digest.finalize()),
            "inline": file.inline,
            "content_id": file.content_id,
            "kind": file.what.code(),
        })
    };
    let recipients = letter.report.iter().flat_map(|report| &report.recipients).map(|recipient| {
        json!({
            "address": recipient.address,
            "action": recipient.action,
            "status": recipient.status,
            "reply_code": recipient.reply_code,
            "hard": recipient.hard,
            "reason": recipient.reason,
        })
    });
    json!({
        "message_id": some(&letter.message_id),
        "in_reply_to": letter.in_reply_to,
        "references": letter.references,
        "from": { "name": letter.name, "address": some(&letter.address) },
        "reply_to": letter.reply_to,
        "to": letter.recipients,
        "subject": letter.subject,
        "date": letter.date.map(crate::domain::time::Instant::rfc3339),
        "text": letter.text,
        "html_text": html,
        "attachments": letter.files.iter().map(file).collect::<Vec<_>>(),
        "automatic": { "is": !letter.automatic.is_empty(), "reasons": letter.automatic },
        "bounce": {
            "is": letter.report.is_some(),
            "recipients": recipients.collect::<Vec<_>>(),
            "message_ids": letter.report.as_ref().map(|report| report.message_ids.clone()).unwrap_or_default(),
        },
        "authenticity": authenticity(raw),
        "protection": letter.protection.map(parse::Protection::code),
        "problems": letter.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// What can be said without asking anybody: nothing was checked.
fn authenticity(raw: &[u8]) -> Value {
    let is_signed = parse::head(raw).iter().any(|line| line.to_ascii_lowercase().starts_with("dkim-signature:"));
    let dkim = if is_signed { "not checked" } else { "none" };
    json!({ "spf": "none", "dkim": dkim, "dmarc": "none", "source": "none" })
}

/// The same for people.
fn page(seen: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let words = |value: &Value| {
        let all: Vec<String> = value.as_array().map(|all| all.iter().map(text).collect()).unwrap_or_default();
        if all.is_empty() { "-".to_owned() } else { all.join(", ") }
    };
    let mut lines = vec![
        format!("From        {} <{}>", text(&seen["from"]["name"]), text(&seen["from"]["address"])),
        format!("Reply to    {}", text(&seen["reply_to"])),
        format!("To          {}", words(&seen["to"])),
        format!("Subject     {}", text(&seen["subject"])),
        format!("Date        {}", text(&seen["date"])),
        format!("Message-ID  {}", text(&seen["message_id"])),
        format!("Answers     {}", words(&seen["in_reply_to"])),
        format!("Automatic   {}", words(&seen["automatic"]["reasons"])),
        format!("Protection  {}", text(&seen["protection"])),
    ];
    for file in seen["attachments"].as_array().into_iter().flatten() {
        lines.push(format!("File        {} ({}, {} bytes)", text(&file["name"]), text(&file["type"]), file["size"]));
    }
    for recipient in seen["bounce"]["recipients"].as_array().into_iter().flatten() {
        let (address, action) = (text(&recipient["address"]), text(&recipient["action"]));
        lines.push(format!(
            "Delivery    {address} {action} {}: {}",
            text(&recipient["status"]),
            text(&recipient["reason"])
        ));
    }
    for problem in seen["problems"].as_array().into_iter().flatten() {
        lines.push(format!("Problem     {}", text(problem)));
    }
    format!("{}\n\n{}\n", lines.join("\n"), text(&seen["text"]))
}
