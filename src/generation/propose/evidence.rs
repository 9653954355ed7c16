//! What a column or a table probably is, by its name and type: the same evidence for a proposed map and for the question
//! whether something personal is missing in one. A guess with its reason, never a decision.

use super::words::{any_of, stems, words};
use crate::generation::schema::{ColumnSchema, TableSchema, Type};

/// What a column probably is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Its category.
    pub category: &'static str,
    /// What it is held for.
    pub purpose: &'static str,
    /// Why.
    pub why: String,
    /// True where the name alone says it, whatever table it stands in.
    pub is_personal: bool,
}

/// Words of columns, with what they probably are.
const COLUMNS: &[(&[&str], &str, &str, &str)] = &[
    (&["email", "mail", "e mail"], "contact", "account", "a mail address"),
    (&["phone", "mobile", "telephone", "msisdn", "whatsapp"], "contact", "account", "a phone number"),
    (&["ip", "ip address", "remote addr"], "usage", "security", "an internet address"),
    (&["user agent", "browser"], "usage", "security", "a browser"),
    (
        &[
            "street",
            "postcode",
            "zip",
            "postal code",
            "city",
            "shipping address",
            "billing address",
            "customer address",
        ],
        "contact",
        "account",
        "a postal address",
    ),
    (
        &[
            "first name",
            "last name",
            "full name",
            "given name",
            "family name",
            "surname",
            "display name",
            "customer name",
            "real name",
            "nickname",
        ],
        "profile",
        "account",
        "a person's name",
    ),
    (&["birth", "birthday", "dob", "birthdate", "age", "gender"], "profile", "age check", "about the person"),
    (&["username", "user name", "handle", "login name", "screen name"], "account", "account", "the name of an account"),
    (&["bio", "about me", "avatar", "profile picture"], "profile", "service", "about the person"),
    (
        &["device", "imei", "serial", "fingerprint", "advertising id", "idfa", "push token"],
        "device",
        "security",
        "a device",
    ),
    (&["latitude", "longitude", "location", "geo"], "usage", "service", "where somebody is"),
    (&["iban", "card", "account number", "vat id", "tax id", "pan"], "billing", "billing", "a means of payment"),
    (&["passport", "national id", "aadhaar", "ssn"], "account", "legal", "an official number"),
];

/// Words of tables, with what their rows probably are.
const TABLES: &[(&[&str], &str, &str)] = &[
    (
        &[
            "invoice",
            "payment",
            "tax",
            "ledger",
            "receipt",
            "refund",
            "payout",
            "billing",
            "transaction",
            "order",
            "charge",
            "credit",
            "subscription",
            "purchase",
        ],
        "billing",
        "billing",
    ),
    (&["session", "login", "visit", "access", "activity", "event", "log", "audit", "view"], "usage", "security"),
    (&["device"], "device", "security"),
    (&["consent", "agreement", "opt out", "flag", "preference", "setting"], "consent", "legal"),
    (&["ticket", "support", "feedback", "complaint"], "support", "support"),
    (&["password", "token", "credential", "identity", "oauth", "auth", "api key", "passkey"], "account", "security"),
    (&["profile"], "profile", "service"),
    (&["user", "account", "customer", "member", "person", "client", "subscriber"], "account", "account"),
    (
        &[
            "prompt",
            "generation",
            "image",
            "picture",
            "photo",
            "video",
            "post",
            "comment",
            "message",
            "gallery",
            "album",
            "file",
            "upload",
            "document",
            "note",
            "like",
            "favorite",
            "collection",
            "chat",
            "conversation",
            "review",
            "asset",
            "job",
            "creation",
        ],
        "content",
        "service",
    ),
];

/// Names of tables whose rows the law of many countries wants kept.
const KEPT: &[&str] = &["invoice", "payment", "tax", "ledger", "refund", "payout", "receipt"];

/// What a column probably is, in a table that is probably `of_table`.
#[must_use]
pub fn column(name: &str, live: &ColumnSchema, of_table: (&'static str, &'static str)) -> Guess {
    let (stems, plain) = (stems(name), words(name));
    let known = COLUMNS.iter().find_map(|(known, category, purpose, what)| {
        let word = any_of(&stems, known).or_else(|| any_of(&plain, known))?;
        Some((word, *category, *purpose, *what))
    });
    if let Some((word, category, purpose, what)) = known.filter(|_| live.kind != Type::Bool) {
        return Guess { category, purpose, why: format!("“{word}” is {what}"), is_personal: !is_pointer(&plain) };
    }
    if live.kind == Type::Address {
        let why = "its type is an internet address".to_owned();
        return Guess { category: "usage", purpose: "security", why, is_personal: true };
    }
    if is_moment(name, live) {
        return Guess { category: "usage", purpose: of_table.1, why: "says when".to_owned(), is_personal: false };
    }
    let (category, purpose) = of_table;
    Guess { category, purpose, why: "as its table".to_owned(), is_personal: false }
}

/// What rows of a table probably are, with the word that says so.
#[must_use]
pub fn table(name: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let stems = stems(name);
    TABLES.iter().find_map(|(known, category, purpose)| Some((*category, *purpose, any_of(&stems, known)?)))
}

/// The word by which rows probably have to be kept.
#[must_use]
pub fn kept(name: &str) -> Option<&'static str> {
    any_of(&stems(name), KEPT)
}

/// Columns that look personal by their own names, each with its reason.
pub fn personal(table: &TableSchema) -> impl Iterator<Item = (&String, String)> {
    table.columns.iter().filter_map(|(name, live)| {
        let guess = column(name, live, ("", ""));
        guess.is_personal.then_some((name, guess.why))
    })
}

/// How values of a column find a person: the kind of identity, how they are made alike, why.
#[must_use]
pub fn identity(table: &str, name: &str, live: &ColumnSchema) -> Option<(&'static str, &'static str, &'static str)> {
    let (stems, is_text) = (stems(name), live.kind == Type::Text);
    let is = |known: &[&'static str]| any_of(&stems, known).is_some();
    let found = match () {
        () if is_text && is(&["email", "e mail"]) => ("email", "lower", "a mail address"),
        () if is_text && is(&["phone", "mobile", "telephone", "msisdn"]) => ("phone", "digits", "a phone number"),
        () if is_text && is(&["username", "user name", "handle"]) => ("username", "lower", "the name of an account"),
        () if is_text && is(&["serial", "imei", "fingerprint", "device id"]) => ("device", "exact", "a device"),
        () if is(&["invoice number", "order number"])
            || (is(&["number"]) && any_of(&self::stems(table), &["invoice", "order"]).is_some()) =>
        {
            ("order", "exact", "the number of a bill")
        }
        () => return None,
    };
    matches!(live.kind, Type::Text | Type::Integer | Type::Uuid).then_some(found)
}

/// Whether values name files: certainly, or perhaps.
#[must_use]
pub fn file(table: &str, name: &str, live: &ColumnSchema) -> Option<bool> {
    const PICTURES: &[&str] = &[
        "image",
        "picture",
        "photo",
        "avatar",
        "thumbnail",
        "thumb",
        "preview",
        "video",
        "file",
        "cover",
        "asset",
        "upload",
    ];
    if live.kind != Type::Text {
        return None;
    }
    let stems = stems(name);
    let of_files = any_of(&stems, PICTURES).is_some();
    let in_files = any_of(&self::stems(table), PICTURES).is_some();
    match stems.last().map(String::as_str) {
        _ if any_of(
            &stems,
            &["object key", "storage key", "s3 key", "blob key", "file key", "file path", "storage path"],
        )
        .is_some() =>
        {
            Some(true)
        }
        Some("key") if of_files => Some(true),
        Some("path") if of_files || in_files => Some(true),
        Some("path" | "filename") => Some(false),
        Some("url" | "uri") if of_files || in_files => Some(false),
        Some("file") => Some(false),
        _ => None,
    }
}

/// True where people probably write freely.
#[must_use]
pub fn is_free_text(name: &str, live: &ColumnSchema) -> bool {
    const FREE: &[&str] = &[
        "text",
        "body",
        "message",
        "comment",
        "note",
        "description",
        "bio",
        "prompt",
        "content",
        "caption",
        "feedback",
        "review",
        "line",
    ];
    live.kind == Type::Text && !is_pointer(&words(name)) && any_of(&stems(name), FREE).is_some()
}

/// True for what lets somebody in, and says nothing of them.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    any_of(&stems(name), &["password", "secret", "token", "salt", "hash", "digest", "api key", "otp", "recovery code"])
        .is_some()
}

/// True for a date or moment by type or name.
#[must_use]
pub fn is_moment(name: &str, live: &ColumnSchema) -> bool {
    let ends = words(name).last().is_some_and(|last| matches!(last.as_str(), "at" | "on" | "date" | "time"));
    matches!(live.kind, Type::Date | Type::Timestamp) || (ends && matches!(live.kind, Type::Text | Type::Integer))
}

/// True for a column that names another row.
fn is_pointer(words: &[String]) -> bool {
    words.last().is_some_and(|last| last == "id" || last == "ids") && words.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> ColumnSchema {
        ColumnSchema {
            kind: Type::Text,
            named: "text".into(),
            nullable: true,
            has_default: false,
            longest: None,
            generated: false,
            collation: None,
        }
    }

    #[test]
    fn names_say_what_is_personal_and_what_is_not() {
        let live = TableSchema {
            columns: [
                "email",
                "contactEmail",
                "PhoneNumber",
                "ip_address",
                "userAgent",
                "first_name",
                "birthDate",
                "city",
                "title",
                "status",
                "device_id",
                "capacity",
                "shipment",
                "chip",
                "model",
                "created_at",
                "username",
            ]
            .map(|name| (name.to_owned(), text()))
            .into(),
            ..TableSchema::default()
        };
        let found: Vec<_> = personal(&live).map(|(name, _)| name.as_str()).collect();
        let expected = [
            "PhoneNumber",
            "birthDate",
            "city",
            "contactEmail",
            "email",
            "first_name",
            "ip_address",
            "userAgent",
            "username",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn files_free_text_and_secrets() {
        for (table, name, expected) in [
            ("images", "object_key", Some(true)),
            ("images", "previewKey", Some(true)),
            ("users", "avatar_url", Some(false)),
            ("images", "path", Some(true)),
            ("pages", "path", Some(false)),
            ("users", "api_key", None),
            ("users", "homepage_url", None),
        ] {
            assert_eq!(file(table, name, &text()), expected, "{table}.{name}");
        }
        assert!(is_free_text("negativePrompt", &text()) && !is_free_text("message_id", &text()));
        assert!(is_secret("passwordHash") && is_secret("token_digest") && !is_secret("hashtag"));
    }
}
