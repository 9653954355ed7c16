//! Invented cases and pages, all at Tuesday 24 November 2026, 10:12 in India.

use crate::{
    app::{
        case_page::{Attachment, CasePage, Check, Entry, Full, Linked, Walled, What},
        clockwork::{Clockwork, Extension, Home, Question, Turn},
        follow_ups::FollowUpLine,
        letters::{Letter, LetterBox, Offered},
        proof::{Held, Proof},
        queue::{Choice, ClockFace, Count, Face, QueueFilter, QueuePage, Row, View},
        rail::Rail,
        runs::{Meant, ReceiptView, RunLine, RunPage, RunStep},
    },
    domain::{
        case::{Case, Channel, State},
        clock::{
            Clock, ClockStart, Duty, Layer, Raised,
            explain::usual_risk,
            fact::{Fact, Trigger},
        },
        copy::CopyForm,
        follow_up::{Standing, Step, Way},
        hold::Basis,
        identity::{FollowUpId, HoldId, MailId, MessageId, Reference, RunId, StaffId},
        kind::Kind,
        language::Language,
        plan::{Action, FileCount, Plan, PlanLine, SubjectCount, Warning, WarningCode},
        policy::{law::Route, rule::Mode},
        rights::{Actor, Role},
        run::{RunKind, RunState, Stop},
        time::{DAY, HOUR, Instant, MINUTE},
    },
    ui::asked::{Assets, Frame, Nonce},
};
use chrono_tz::{Asia::Kolkata, Tz};

pub const ZONE: Tz = Kolkata;
/// 24 Nov 2026, 10:12 IST.
pub const NOW: Instant = Instant(1_795_495_320_000);

pub fn frame() -> Frame {
    let assets = Assets { css: "main.css".into(), pkg: "pkg/t".into(), passkeys: "passkey.js".into() };
    Frame { nonce: Nonce("n0nce".into()), assets }
}

pub fn actor() -> Actor {
    Actor::with_roles(StaffId(1), "Nisha Rao", &[Role::Officer], crate::domain::sign_in::Proof::Fresh)
}

pub const fn count(n: i64) -> Count {
    Count { n, more: false }
}

pub const fn rail() -> Rail {
    Rail {
        open: count(47),
        mine: count(12),
        unacknowledged: count(3),
        nobody: count(6),
        approval: count(4),
        runs: count(4),
        trouble: count(2),
        stands_in_for: Vec::new(),
        zone: ZONE,
    }
}

pub fn staff() -> Vec<Choice<StaffId>> {
    [(1, "Nisha Rao"), (2, "Arun Pillai"), (3, "Dana Okafor")]
        .map(|(id, name)| Choice { id: StaffId(id), name: name.into() })
        .to_vec()
}

pub fn clock(duty: Duty, layer: Layer, period: &str, from: Instant, due: Instant, met: Option<Instant>) -> Clock {
    let start = ClockStart {
        rule: "000-37".into(),
        period: period.into(),
        from,
        due,
        pack: "imagegen 2026-01-31".into(),
        source: "Privacy policy §11A: “We will respond within 30 days”".into(),
        ..ClockStart::bare(duty, layer)
    };
    Clock { start, met, raised: Raised::Nothing }
}

pub fn clocks() -> Vec<Clock> {
    let from = NOW.plus(-27 * DAY + 10 * MINUTE);
    vec![
        clock(Duty::Acknowledge, Layer::Promise, "PT24H", from, from.plus(DAY), Some(from.plus(41 * MINUTE))),
        clock(Duty::Resolve, Layer::Promise, "P30D", from, NOW.plus(3 * DAY + 13 * HOUR), None),
        clock(Duty::Resolve, Layer::Law, "P1M", from, NOW.plus(7 * DAY + 17 * HOUR), None),
    ]
}

fn entry(seq: i64, days: i64, who: &str, what: What) -> Entry {
    Entry { seq, at: NOW.plus(-days * DAY), who: who.into(), what }
}

pub fn event(seq: i64, days: i64, who: &str, lead: &str, rest: &str, reason: Option<&str>) -> Entry {
    entry(seq, days, who, What::Event { lead: lead.into(), rest: rest.into(), reason: reason.map(Into::into) })
}

fn timeline() -> Vec<Entry> {
    let file = |name: &str, size, part| Attachment {
        name: name.into(),
        media_type: "image/png".into(),
        encoded_size: size,
        part,
        what: String::new(),
    };
    vec![
        entry(1, 27, "Lena Hoffmann", What::MailIn {
            message: MessageId(7),
            address: "lena.hoffmann@mail.example".into(),
            subject: "Privacy Request".into(),
            text: "Hello, please delete my account and everything that was made with it: pictures, prompts, the lot. See https://mail.example/x.\n\nKind regards, Lena Hoffmann".into(),
            secrets: 0,
            rich: true,
            dmarc: crate::domain::mail::Verdict::Pass,
            trust: vec!["Sent by mail.example, as it says.".into(), "DKIM pass, SPF pass, as asked on arrival".into()],
            remarks: Vec::new(),
            attachments: vec![file("order.png", 34_822, 0), file("passport<b>.png", 2_334_822, 1)],
            automatic: false,
        }),
        event(2, 27, "Recourse", "Case opened", " as erasure; subject “Privacy Request” matched by rule 000-15", None),
        event(3, 27, "Recourse", "Clocks started", ": acknowledge 24 hours, resolve 30 days and 1 month", None),
        entry(4, 27, "Recourse", What::MailOut {
            mail: MailId(3),
            address: "lena.hoffmann@mail.example".into(),
            subject: "Your request R-20418".into(),
            text: "Dear Lena Hoffmann,\n\nwe have your request and will answer by 27 November 2026.".into(),
            purpose: "Acknowledgement",
            fate: "accepted 28 Oct, 11:03".into(),
            failed: false,
        }),
        event(5, 26, "Nisha Rao", "Assigned", " to Nisha Rao", None),
        entry(6, 19, "Lena Hoffmann", What::Statement { channel: Some(Channel::Phone), text: "Asks whether the voucher account is meant too.".into() }),
        event(7, 10, "Arun Pillai", "Classified", " as erasure", Some("She asks for deletion, not for a copy.")),
        entry(8, 5, "Arun Pillai", What::Note { text: "Twelve of her pictures sit in a collection shared with three other accounts.".into() }),
        entry(9, 2, "Nisha Rao", What::MailOut {
            mail: MailId(4),
            address: "lena.hoffmann@mail.example".into(),
            subject: "Re: Privacy Request".into(),
            text: "Before we erase anything we need to be sure that the account is yours. averyveryverylongwordwithoutanybreakthatwouldpushthelayoutasideifnothingheldit_averyveryverylongword".into(),
            purpose: "Reply",
            fate: "failed: the mail server refused the address for good".into(),
            failed: true,
        }),
    ]
}

/// What the reply box offers.
pub fn letters() -> LetterBox {
    let letter = |letter, does: &str| Offered { letter, does: does.into() };
    LetterBox {
        letters: vec![
            letter(Letter::Reply, ""),
            letter(Letter::Clarification, "Sending it writes down the question: the clock stands still and goes on."),
            letter(Letter::Refusal, "Sending it resolves the case as refused."),
        ],
        languages: vec![Language::En, Language::De],
        language: Language::De,
        reasons: vec!["Payment records: tax law".into()],
        subject: "Re: Privacy Request [R-10021]".into(),
        extension: Some("Dear Lena Hoffmann,\n\nThe reason: [[why it takes longer]]".into()),
    }
}

/// What can be done about the clocks of the sample: extend, ask who they are, and where they can complain.
pub fn clockwork() -> Clockwork {
    let route = |name: &str, from: Option<&str>| Route {
        id: name.to_lowercase(),
        name: name.into(),
        kinds: Vec::new(),
        operative_from: from.and_then(|day| day.parse().ok()),
        uncertain: from.is_some(),
        applies_if: Vec::new(),
        how: format!("Write to the {name}."),
        citation: "IT Rules 2021 r. 3A".into(),
        source: "https://gac.example".into(),
    };
    Clockwork {
        extension: Ok(Extension {
            source: "GDPR Art. 12(3)".into(),
            first: NOW.plus(7 * DAY),
            extended: NOW.plus(60 * DAY),
            zone: chrono_tz::Europe::Berlin,
            after: Some((Layer::Promise, NOW.plus(3 * DAY))),
        }),
        questions: vec![
            Question {
                trigger: Trigger::Identity,
                mode: Mode::Suspend,
                citation: "GDPR Art. 12(6)".into(),
                open: None,
            },
            Question { trigger: Trigger::Fee, mode: Mode::None, citation: "GDPR Art. 12(5)".into(), open: None },
        ],
        facts: vec![Fact::AcknowledgementBounced, Fact::Removed],
        reports: vec![("notify_authority a-rule".into(), "Report to the authority: A law s. 1".into())],
        may_report: true,
        home: Home {
            known: Some("Germany".into()),
            taken: None,
            laws: vec!["GDPR".into()],
            places: vec![Choice { id: "DE".into(), name: "Germany".into() }],
        },
        kinds: vec![
            (Kind::Erasure, Some(NOW.plus(3 * DAY))),
            (Kind::Access, Some(NOW.plus(9 * DAY))),
            (Kind::Grievance, Some(NOW.plus(2 * DAY))),
        ],
        routes: vec![
            Turn { route: route("Committee", None), works: true },
            Turn { route: route("Board", Some("2027-05-13")), works: false },
        ],
    }
}

/// A recipient in each state, and the backups.
pub fn follow_ups() -> Vec<FollowUpLine> {
    let states = [
        (Some("Hosting <providers>"), Way::Hand, Standing::Waiting),
        (Some("Stripe"), Way::Mail, Standing::Told),
        (Some("Groq"), Way::Webhook, Standing::Failed),
        (Some("Analytics"), Way::Mail, Standing::Confirmed),
        (Some("Monitoring"), Way::Hand, Standing::Waived),
        (None, Way::Time, Standing::Waiting),
        (None, Way::Time, Standing::Over),
    ];
    let line = |(id, (recipient, way, state)): (i64, (Option<&str>, Way, Standing))| FollowUpLine {
        id: FollowUpId(id),
        recipient: recipient.map(Into::into),
        did: RunKind::Erase,
        run: Some(RunId(771)),
        way,
        state,
        due: NOW.plus(-DAY),
        late: state == Standing::Waiting && recipient.is_some(),
        told: Some(NOW.plus(-2 * DAY)),
        confirmed: Some(NOW.plus(-HOUR)),
        by: Some("Nisha <Rao>".into()),
        error: Some("it answered 503".into()),
        steps: Step::ALL.iter().copied().filter(|step| state.allows(*step, way)).collect(),
    };
    (1..).zip(states).map(line).collect()
}

pub fn full(kind: Kind) -> Full {
    let clocks = clocks();
    Full {
        case: Case {
            reference: Reference(20_418),
            product: "imagegen-artisticmonk".into(),
            kind,
            state: State::Open,
            outcome: None,
            owner: Some(StaffId(1)),
            channel: Channel::Mail,
            received: clocks[0].from,
            resolved: None,
            jurisdiction: None,
            language: Some(Language::De),
            clocks,
            facts: Vec::new(),
            place_proposed: None,
            ruled_out: Vec::new(),
            doubted: None,
            proposed: None,
            verified: None,
            run: None,
            told: Vec::new(),
            merged: None,
            confirmed: false,
            doubtful: false,
            erased: None,
            reports: Vec::new(),
            seq: 9,
        },
        product: "ImageGen".into(),
        owner: Some("Nisha Rao".into()),
        requester: "Lena Hoffmann".into(),
        address: Some("lena.hoffmann@mail.example".into()),
        on_page: false,
        has_page: false,
        subject: "Privacy Request".into(),
        timeline: timeline(),
        checks: vec![
            Check { says: "Acknowledged", done: true },
            Check { says: "The closing mail is sent", done: false },
        ],
        proof: Proof::Asked(NOW.plus(-DAY)),
        identity_kinds: vec!["email".into(), "account".into()],
        parts: (vec!["billing".into()], vec![("invoices".into(), "Invoices".into())]),
        looks_up: true,
        reviews_consents: true,
        answer: kind.run(),
        least_copy: CopyForm::Full,
        runs: Vec::new(),
        follow_ups: follow_ups(),
        packages: Vec::new(),
        blocked: None,
        closing: None,
        holds: vec![Held {
            id: HoldId(4),
            basis: Basis::Dispute,
            part: vec!["invoices 2024-17".into()],
            at: NOW.plus(-2 * DAY),
            by: "Arun Pillai".into(),
            may_release: true,
        }],
        freed: Vec::new(),
        near: Vec::new(),
        goes: String::new(),
        linked: vec![Linked { reference: Reference(18_802), says: "access, closed 14 Mar 2026".into() }],
        staff: staff(),
        letters: letters(),
        clockwork: clockwork(),
        may_work: true,
        may_second_kind: false,
        may_second_rule: false,
        draft: Some("Dear Lena Hoffmann, your request is with a colleague.".into()),
        now: NOW,
        zone: ZONE,
    }
}

pub fn case(kind: Kind) -> CasePage {
    CasePage::Full(Box::new(full(kind)))
}

pub fn walled() -> CasePage {
    CasePage::Walled(Walled {
        reference: Reference(20_440),
        state: State::WaitingRequester,
        owner: Some("Nisha Rao".into()),
        clocks: clocks(),
        now: NOW,
        zone: ZONE,
    })
}

fn row(reference: i64, face: Face, layer: Layer, from_days: i64, due: i64) -> Row {
    let (from, due) = (NOW.plus(-from_days * DAY), NOW.plus(due));
    let clock = ClockFace { duty: Duty::Resolve, layer, from, risk: usual_risk(from, due), due, is_paused: false };
    Row {
        reference: Reference(reference),
        state: State::WaitingRequester,
        owner: (reference % 3 != 0).then(|| "Arun Pillai".into()),
        clock: Some(clock),
        received: NOW.plus(-from_days * DAY),
        face,
    }
}

fn plain(who: &str, about: &str, kind: Kind) -> Face {
    Face::Plain { who: who.into(), about: about.into(), kind, product: "ImageGen".into() }
}

pub fn rows() -> Vec<Row> {
    let mut rows = vec![
        row(
            20_391,
            plain("Clara Whitfield", "Wants every image made with her voucher account", Kind::Access),
            Layer::Promise,
            31,
            -(DAY + 6 * HOUR),
        ),
        row(
            20_377,
            plain("Ishaan Deshmukh", "Says the opt-out made in August was ignored", Kind::Grievance),
            Layer::Law,
            15,
            -(9 * HOUR + 40 * MINUTE),
        ),
        row(20_440, Face::Walled, Layer::Law, 1, 52 * MINUTE),
        row(20_441, Face::Circle { kind: Kind::MinorData, product: "ImagoDraw".into() }, Layer::Law, 1, 3 * HOUR),
        row(
            20_402,
            plain("Marek Zieliński", "Name and billing address are wrong on the invoice", Kind::Correction),
            Layer::Target,
            20,
            13 * HOUR + 47 * MINUTE,
        ),
        row(
            20_418,
            plain("Lena Hoffmann", "Please delete my account and everything that was made with it", Kind::Erasure),
            Layer::Promise,
            27,
            3 * DAY + 13 * HOUR,
        ),
        row(
            20_424,
            plain("Anneliese van der Meulen-Castellanos", "Withdraws consent", Kind::ConsentWithdrawal),
            Layer::Promise,
            20,
            6 * DAY + 9 * HOUR,
        ),
        row(
            20_436,
            plain("Priscilla Amponsah", "Copy of the profile before closing the account", Kind::Access),
            Layer::Law,
            7,
            23 * DAY + 4 * HOUR,
        ),
        row(
            20_438,
            plain("Hugo Baptista", "Objects to analytics", Kind::Objection),
            Layer::Law,
            2,
            27 * DAY + 8 * HOUR,
        ),
    ];
    rows.push(Row { clock: None, ..row(20_300, plain("Jonas Lindqvist", "Thanks", Kind::Inquiry), Layer::Law, 40, 0) });
    rows
}

pub fn queue(filter: QueueFilter, rows: Vec<Row>) -> QueuePage {
    let counts =
        View::ALL.iter().map(|view| (*view, (*view != View::Closed).then_some(Count { n: 10_000, more: true })));
    QueuePage {
        now: NOW,
        zone: ZONE,
        filter,
        counts: counts.collect(),
        total: count(i64::try_from(rows.len()).unwrap_or(0)),
        rows,
        first: 1,
        next: Some("after-this".into()),
        staff: staff(),
        products: vec![Choice { id: "imagegen-artisticmonk".into(), name: "ImageGen".into() }],
        may_assign: true,
    }
}

fn plan_line(table: &str, action: Action, rows: i64) -> PlanLine {
    PlanLine {
        table: table.into(),
        action,
        rows,
        columns: std::collections::BTreeMap::new(),
        reason: None,
        keep_until: None,
        of_others: false,
    }
}

pub fn plan() -> Plan {
    let mut linked = plan_line("collection_items", Action::Null, 12);
    linked.columns.insert("added_by".into(), Action::Null);
    linked.of_others = true;
    let mut kept = plan_line("invoices", Action::Keep, 9);
    kept.reason = Some("tax <b>law</b>".into());
    kept.keep_until = Some("2034-03-31".into());
    let warning = |code, table: &str, rows, blocks| Warning {
        code,
        table: table.into(),
        column: None,
        detail: "Rows stay as they are.".into(),
        rows,
        blocks,
    };
    Plan {
        subject: SubjectCount { accounts: 1, found_by: vec!["email".into(), "order_reference".into()] },
        limits: Vec::new(),
        tables: vec![
            plan_line("accounts", Action::Delete, 1),
            plan_line("images", Action::Delete, 5_710),
            linked,
            kept,
        ],
        files: FileCount { count: 2_412, bytes: 13_000_000 },
        warnings: vec![
            warning(WarningCode::SharedRow, "collection_items", 12, false),
            warning(WarningCode::OtherSubject, "notes", 3, false),
        ],
        map_version: "2026-10-12".into(),
        scope_hash: "9f2c41d70b6ea85c".into(),
        copy: None,
    }
}

/// A run that `asked` asked for, as somebody sees it to whom `not_yours` is said.
pub fn run(state: RunState, not_yours: Option<&'static str>) -> RunPage {
    let begun = matches!(state, RunState::Running | RunState::Finished);
    let step = |table: &str, does: &str, rows, files| RunStep {
        table: table.into(),
        does: does.into(),
        found: rows,
        done: rows,
        files,
        ended: true,
    };
    RunPage {
        id: RunId(771),
        reference: Reference(20_418),
        about: "Erasure for Lena <Hoffmann>".into(),
        product: "ImageGen".into(),
        state,
        stop: (state == RunState::Stopped).then_some(Stop::Away),
        plan: plan(),
        asked_by: (StaffId(2), "Arun Pillai".into()),
        asked_at: NOW.plus(-HOUR),
        meant: Meant { accounts: vec!["4711".into()], ..Meant::default() },
        expires_at: NOW.plus(6 * DAY),
        decided: begun.then(|| ("Nisha Rao".to_owned(), NOW)),
        standing: None,
        started_at: begun.then_some(NOW),
        ended_at: (!state.is_open()).then_some(NOW.plus(7 * MINUTE)),
        verified: Some(NOW.plus(-DAY)),
        verified_by: None,
        steps: if begun {
            vec![
                step("collection_items", "unlink added_by to null", 12, 0),
                step("images", "delete", 5_710, 2_412),
                step("accounts", "delete", 1, 0),
                step("invoices", "change account_id to null", 9, 0),
            ]
        } else {
            Vec::new()
        },
        files: FileCount { count: if begun { 2_412 } else { 0 }, bytes: 0 },
        log: vec![(NOW, "Plan made".into())],
        follow_ups: if state == RunState::Finished { follow_ups() } else { Vec::new() },
        repeats: (state == RunState::Finished).then_some(RunId(700)),
        reason: (!state.is_open() && state != RunState::Finished).then(|| "Ask <again>".to_owned()),
        kind: crate::domain::run::RunKind::Erase,
        package: None,
        least_copy: CopyForm::Full,
        receipt: (state == RunState::Finished).then(|| ReceiptView {
            key_id: "receipts-2026".into(),
            valid: true,
            signature: "b7e0 19c4".into(),
        }),
        clocks: clocks(),
        case_open: true,
        not_yours,
        sees_case: true,
        may_work: true,
        now: NOW,
        zone: ZONE,
    }
}

pub fn run_line(id: i64, state: RunState, stop: Option<Stop>) -> RunLine {
    RunLine {
        id: RunId(id),
        reference: Reference(20_418),
        product: "ImageGen".into(),
        state,
        stop,
        asked_by: "Arun Pillai".into(),
        asked_at: NOW,
        ended_at: None,
        rows: 5_711,
        kind: crate::domain::run::RunKind::Erase,
    }
}
