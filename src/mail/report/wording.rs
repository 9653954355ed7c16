//! How servers word what became of a mail, where they have no fields for machines. Lower case; looked for anywhere.

/// In subjects: it failed.
const FAILED_SUBJECTS: &[&str] = &[
    "undeliver",
    "undelivered",
    "returned mail",
    "mail returned",
    "returned to sender",
    "return to sender",
    "delivery status notification",
    "delivery fail",
    "delivery has failed",
    "delivery problem",
    "delivery error",
    "delivery report",
    "delivery notification",
    "mail delivery",
    "message delivery",
    "mail error",
    "failure notice",
    "failure delivery",
    "failed delivery",
    "failed mail",
    "mail failure",
    "error sending",
    "mail system error",
    "message status",
    "user unknown",
    "unknown user",
    "non-delivery",
    "nondeliverable",
    "could not be delivered",
    "couldn't be delivered",
    "could not send",
    "cannot be delivered",
    "not delivered",
    "rejected",
    "bounce",
    "permanent error",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "zustellfehler",
    "non remis",
    "non distribué",
    "échec de la remise",
    "no entregado",
    "no se puede entregar",
    "no se ha podido entregar",
    "error de entrega",
    "non recapitabile",
    "mancata consegna",
    "não entregue",
    "não foi possível entregar",
    "onbestelbaar",
    "niet bezorgd",
    "niedostarcz",
    "nie można dostarczyć",
    "не доставлено",
    "недоставлен",
    "не удалось доставить",
    "nedoručiteln",
    "ej levererat",
    "kan ikke leveres",
    "teslim edilemedi",
    "配信不能",
    "配信できません",
    "送信エラー",
    "无法送达",
    "退信",
    "無法傳遞",
    "전달 실패",
    "반송",
];

/// In letters: it failed.
const FAILED: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "unable to deliver",
    "wasn't able to deliver",
    "was not delivered",
    "wasn't delivered",
    "not able to deliver",
    "could not deliver",
    "couldn't deliver",
    "undeliverable",
    "delivery failed",
    "delivery has failed",
    "delivery to the following recipient failed",
    "failed permanently",
    "permanent fatal errors",
    "permanent error",
    "did not reach",
    "couldn't reach",
    "returned to sender",
    "giving up",
    "given up",
    "gave up",
    "user unknown",
    "unknown user",
    "no such user",
    "not listed in",
    "does not exist",
    "rejected",
    "konnte nicht zugestellt",
    "konnte leider nicht zugestellt",
    "nicht zustellbar",
    "n'a pas pu être",
    "n’a pas pu être",
    "no se ha podido entregar",
    "no se pudo entregar",
    "non è stato possibile",
    "não foi possível entregar",
    "kon niet worden bezorgd",
    "nie mogła zostać dostarczona",
    "не удалось доставить",
    "не может быть доставлено",
    "не было доставлено",
    "無法",
    "无法",
    "配信できません",
    "届けることができません",
];

/// In subjects and letters: it did not arrive yet, and the server goes on trying.
const DELAYED: &[&str] = &[
    "delivery delayed",
    "delayed mail",
    "delayed delivery",
    "delivery is delayed",
    "has been delayed",
    "is delayed",
    "message delayed",
    "notification (delay)",
    "status notification (delay",
    "delayed 24",
    "warning: message",
    "warning: could not send",
    "will be retried",
    "will keep trying",
    "continue trying",
    "continue to try",
    "still being retried",
    "still trying",
    "keep trying to deliver",
    "will try again",
    "will be tried again",
    "will retry",
    "will be attempted",
    "not yet been delivered",
    "has not been delivered yet",
    "temporarily deferred",
    "not been able to deliver your message yet",
    "do not need to resend",
    "don't need to resend",
    "don't need to do anything",
    "this is a warning message only",
    "this is only a warning",
    "verzögert",
    "weitere zustellversuche",
    "weiterhin versucht",
    "retardé",
    "retrasado",
    "ritardata",
    "vertraagd",
    "opóźnion",
    "задержан",
    "遅延",
    "延迟",
];

/// In subjects and letters: it arrived.
const ARRIVED: &[&str] = &[
    "successful mail delivery report",
    "notification (success)",
    "successfully delivered",
    "was delivered to",
    "has been delivered to",
    "delivered successfully",
    "delivery confirmed",
    "wurde zugestellt",
];

/// What a letter without fields says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It failed.
    Failed,
    /// The server goes on trying.
    Delayed,
    /// It arrived.
    Arrived,
}

/// What subject and letter say happened; none where they say nothing of a delivery.
pub fn outcome(subject: &str, letter: &str) -> Option<Outcome> {
    let (subject, letter) = (subject.to_lowercase(), letter.to_lowercase());
    let letter = letter.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let fails = has(&letter, FAILED);
    if has(&subject, ARRIVED) || (has(&letter, ARRIVED) && !fails && !has(&letter, DELAYED)) {
        return Some(Outcome::Arrived);
    }
    // "could not be delivered yet, will be retried" is a delay; "was retried and failed permanently" is none
    let final_word = [
        "failed permanently",
        "permanent fatal",
        "permanent error",
        "giving up",
        "given up",
        "gave up",
        "not be retried",
        "not try again",
        "won't try again",
        "retry timeout exceeded",
    ];
    if has(&subject, DELAYED) || (has(&letter, DELAYED) && !has(&letter, &final_word)) {
        return Some(Outcome::Delayed);
    }
    (fails || has(&subject, FAILED_SUBJECTS)).then_some(Outcome::Failed)
}

/// True where a subject alone says that a mail failed or waits.
pub fn subject_tells(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    FAILED_SUBJECTS.iter().chain(DELAYED).any(|word| subject.contains(word))
}

/// Lines below which a server puts our mail back.
pub fn begins_returned(line: &str) -> bool {
    const MARKS: [&str; 24] = [
        "below this line is a copy",
        "this is a copy of",
        "this is a copy of the message",
        "copy of the original",
        "original message follows",
        "original message header",
        "original message headers",
        "headers of the original",
        "header of the original",
        "original headers",
        "original message",
        "message header follows",
        "message headers follow",
        "message text follows",
        "unsent message below",
        "unsent message follows",
        "returned message",
        "message follows",
        "included is a copy",
        "here is a copy",
        "ursprüngliche nachricht",
        "original-nachricht",
        "kopie der nachricht",
        "returned content",
    ];
    let line = line.trim().to_lowercase();
    let drawn = line.starts_with(['-', '=', '*', '_', '|', '#']) || line.ends_with(':') || line.ends_with('-');
    drawn && line.len() < 120 && MARKS.iter().any(|mark| line.contains(mark))
}
