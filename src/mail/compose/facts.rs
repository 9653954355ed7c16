//! What letters say, whatever their language: one plain record. Who fills it in knows the language, because dates are
//! words already.

use crate::domain::{
    clock::{Duty, Layer},
    copy::CopyForm,
    kind::Kind,
};

/// What every mail says of the product and its officer.
#[derive(Debug, Clone, Default)]
pub struct Letterhead {
    /// The name the public knows.
    pub product: String,
    /// The officer's name.
    pub officer: String,
    /// The officer's title.
    pub title: String,
    /// Where letters go.
    pub post: String,
    /// Where mail goes.
    pub mail: String,
}

impl Letterhead {
    /// The signature, a line each; where nobody is named, the product signs.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let second = joined(&self.title, &self.product);
        let lines = [self.officer.clone(), second, self.mail.clone(), self.post.clone()];
        lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
    }

    /// Who answers, on one line; empty where nobody is named.
    #[must_use]
    pub fn signer(&self) -> String {
        joined(&self.officer, &self.title)
    }
}

fn joined(first: &str, second: &str) -> String {
    [first, second].into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ")
}

/// A date in an acknowledgement.
#[derive(Debug, Clone)]
pub struct DueLine {
    /// What has to be done by then.
    pub duty: Duty,
    /// Whose number it is: the law's, our word, or what we aim at.
    pub layer: Layer,
    /// "27 Nov 2026, 23:59 IST".
    pub when: String,
    /// "Privacy policy §14"; empty where it is ours to know.
    pub source: String,
}

/// What a letter says of an erasure.
#[derive(Debug, Clone)]
pub struct Erased {
    /// When the re-query ended, in words.
    pub finished: String,
    /// What the system is called.
    pub system: String,
    /// Rows that went.
    pub rows: i64,
    /// Files that went.
    pub files: i64,
    /// Rows of the person that stay but no longer lead to them.
    pub changed: i64,
    /// What was kept.
    pub kept: Vec<KeptLine>,
    /// What it was limited to; empty where it was everything of the person.
    pub part: String,
    /// Who received the data and is told to follow, by name.
    pub told: Vec<String>,
    /// The day by which backups are free of it, in words; empty where nobody says.
    pub backups: String,
    /// `E-12`.
    pub run: String,
}

/// What a letter says of a copy.
#[derive(Debug, Clone)]
pub struct CopyFacts {
    /// Its form.
    pub form: CopyForm,
    /// How many archives it has.
    pub parts: usize,
    /// What it is limited to, a line each; empty where it is everything.
    pub limited: Vec<String>,
}

/// Something that was kept.
#[derive(Debug, Clone)]
pub struct KeptLine {
    /// How many rows.
    pub rows: i64,
    /// Of what.
    pub what: String,
    /// Why.
    pub reason: String,
    /// "31 March 2034"; empty where no day is known.
    pub until: String,
    /// True where a hold keeps it: until that is released, and the letter says why in its own words.
    pub on_hold: bool,
}

/// Why a mail could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unopened {
    /// It is larger than what is taken in.
    #[default]
    TooLarge,
    /// It is damaged, or in no form that can be read.
    Unreadable,
}

/// Everything a letter may say. What a letter does not speak of stays empty; what it cannot do without is in `needs`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that a letter may say")]
pub struct Facts {
    /// Who speaks.
    pub head: Letterhead,
    /// `R-10021`.
    pub reference: String,
    /// What is asked for; a restricted kind makes every letter neutral.
    pub kind: Kind,
    /// How the person is addressed; empty for a greeting without a name.
    pub name: String,
    /// When the request reached us, in words.
    pub received: String,
    /// True where we made sure who the person is.
    pub verified: bool,
    /// True where asking the person makes the law's clock stand still.
    pub pauses: bool,
    /// By when what is done.
    pub dues: Vec<DueLine>,
    /// Until when a link works or an answer is awaited, in words.
    pub until: String,
    /// Until when we had at first, in words.
    pub first: String,
    /// Until when we have now, in words.
    pub extended: String,
    /// Why it takes longer, or why not, as staff wrote it.
    pub reason: String,
    /// Where it stands that it may take longer.
    pub source: String,
    /// Where the person can complain.
    pub complaint: String,
    /// True where the mail with a link may say what was asked for.
    pub names_request: bool,
    /// How often a copy can be fetched.
    pub downloads: u32,
    /// What kind of copy it is.
    pub copy: CopyFacts,
    /// What was erased.
    pub erased: Option<Erased>,
    /// True where it was looked for what is recorded of the person's consents, and nothing is.
    pub no_consents: bool,
    /// Why a mail could not be opened.
    pub unopened: Unopened,
}

impl Facts {
    /// What is known of every case; everything else is empty.
    #[must_use]
    pub fn new(head: Letterhead, reference: impl Into<String>, kind: Kind) -> Self {
        Self {
            head,
            reference: reference.into(),
            kind,
            name: String::new(),
            received: String::new(),
            verified: false,
            pauses: false,
            dues: Vec::new(),
            until: String::new(),
            first: String::new(),
            extended: String::new(),
            reason: String::new(),
            source: String::new(),
            complaint: String::new(),
            names_request: false,
            downloads: 0,
            copy: CopyFacts { form: CopyForm::Full, parts: 1, limited: Vec::new() },
            erased: None,
            no_consents: false,
            unopened: Unopened::default(),
        }
    }

    /// True where nothing of what was written may be repeated.
    #[must_use]
    pub const fn is_restricted(&self) -> bool {
        self.kind.is_restricted()
    }
}
