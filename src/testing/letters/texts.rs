//! Every letter in every language, with everything there is to say and with the least there may be.

use crate::{
    app::packs::Packs,
    domain::{
        clock::{Duty, Layer},
        kind::Kind,
        language::Language,
        policy::ProductPack,
    },
    mail::compose::{
        DueLine, Erased, Facts, KeptLine, LINK, Letter, Letterhead, SPEAKS_OF_A_MAIL, draft, ended, for_page,
        needs::{self, Part, part_of},
        with_link, write,
    },
};
use std::collections::BTreeSet;

fn head() -> Letterhead {
    Letterhead {
        product: "ImageGen".into(),
        officer: "O. Fficer".into(),
        title: "Grievance Officer".into(),
        post: "1 Road, Mumbai".into(),
        mail: "privacy@imagegen.example".into(),
    }
}

/// Whatever a letter says of a case stands between these marks, so that it is found again in any language.
fn full(kind: Kind) -> Facts {
    let erased = Erased {
        finished: "{FINISHED}".into(),
        system: "{SYSTEM}".into(),
        rows: 11,
        files: 12,
        changed: 13,
        kept: vec![KeptLine {
            rows: 14,
            what: "{WHAT}".into(),
            reason: "{WHY}".into(),
            until: "{UNTIL}".into(),
            on_hold: false,
        }],
        part: "{PART}".into(),
        told: vec!["{TOLD}".into()],
        backups: "{BACKUPS}".into(),
        run: "{RUN}".into(),
    };
    let due = |duty, layer| DueLine { duty, layer, when: "{WHEN}".into(), source: "{SOURCE}".into() };
    Facts {
        name: "{NAME}".into(),
        received: "{RECEIVED}".into(),
        verified: true,
        pauses: true,
        dues: vec![due(Duty::Acknowledge, Layer::Promise), due(Duty::Resolve, Layer::Law)],
        until: "{LAST}".into(),
        first: "{FIRST}".into(),
        extended: "{EXTENDED}".into(),
        reason: "{REASON}".into(),
        source: "{CITED}".into(),
        complaint: "{COMPLAINT}".into(),
        names_request: true,
        downloads: 5,
        erased: Some(erased),
        ..Facts::new(head(), "R-10021", kind)
    }
}

fn least(kind: Kind) -> Facts {
    Facts::new(Letterhead { product: "ImageGen".into(), ..Letterhead::default() }, "R-10021", kind)
}

/// The marks and numbers of a text.
fn facts_of(text: &str) -> BTreeSet<&str> {
    let marks = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(mark, _)| mark));
    marks.chain(["11", "12", "13", "14"].into_iter().filter(|number| text.contains(number))).collect()
}

#[test]
fn every_letter_says_in_every_language_what_it_says_in_english_and_nothing_in_english() {
    for letter in Letter::ALL {
        for kind in Kind::ALL {
            for facts in [full(*kind), least(*kind), Facts { no_consents: true, ..full(*kind) }] {
                let english = write(*letter, Language::En, &facts, "").expect("it renders");
                for language in Language::ALL {
                    let written = write(*letter, *language, &facts, "").expect("it renders");
                    let who = format!("{} {} {}", letter.code(), language.code(), kind.code());
                    for part in [&written.text, &written.html] {
                        assert!(part.contains("R-10021") && part.contains("ImageGen"), "{who}: {part}");
                        for word in ["{{", "{%", "%}", "endif", "\n\n\n", "None", "Some("] {
                            assert!(!part.contains(word), "{who}: {word} in {part}");
                        }
                    }
                    assert_eq!(facts_of(&written.text), facts_of(&english.text), "{who}");
                    assert_eq!(written.text.matches("[[").count(), english.text.matches("[[").count(), "{who}: gaps");
                    assert_eq!(written.text.contains(LINK), english.text.contains(LINK), "{who}: the link");
                    assert!(written.subject.ends_with("[R-10021]") && written.subject.len() > 12, "{who}");
                    assert!(written.html.contains(&format!("lang=\"{}\"", language.code())), "{who}");
                    if *language != Language::En {
                        assert_ne!(written.subject, english.subject, "{who}");
                        let ours = |line: &&str| line.len() > 12 && !facts.head.lines().contains(&(*line).to_owned());
                        for line in english.text.lines().filter(ours).filter(|line| !line.starts_with(['{', '['])) {
                            assert!(!written.text.contains(line), "{who}: English in it: {line}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn on_the_page_of_a_case_no_letter_speaks_of_a_mail_to_answer() {
    // what confirms an address is never put on a page
    for letter in Letter::ALL.iter().filter(|letter| **letter != Letter::Verification) {
        for (kind, language) in Kind::ALL.iter().flat_map(|kind| Language::ALL.iter().map(move |l| (kind, l))) {
            let written = write(*letter, *language, &full(*kind), "").expect("it renders");
            let shown = for_page(&written.text);
            for phrase in SPEAKS_OF_A_MAIL {
                let who = format!("{} {} {}", letter.code(), language.code(), kind.code());
                assert!(!shown.contains(phrase), "{who}: {phrase} in {shown}");
            }
            assert_eq!(facts_of(&shown), facts_of(&written.text));
        }
    }
}

#[test]
fn hindi_is_written_in_its_own_script() {
    for letter in Letter::ALL {
        let text = draft(*letter, Language::Hi, &least(Kind::Grievance)).expect("it renders").replace(LINK, "");
        let (own, latin) = text.chars().fold((0, 0), |(own, latin), c| match c {
            '\u{900}'..='\u{97f}' => (own + 1, latin),
            'a'..='z' | 'A'..='Z' => (own, latin + 1),
            _ => (own, latin),
        });
        assert!(own > 3 * latin, "{}: {own} against {latin}: {text}", letter.code());
    }
}

#[test]
fn letters_of_restricted_cases_repeat_nothing_and_name_no_crime() {
    for kind in Kind::ALL.iter().filter(|kind| kind.is_restricted()) {
        for language in Language::ALL {
            for letter in [Letter::Acknowledgement, Letter::Closing, Letter::NoMaterial, Letter::Reply] {
                let facts = Facts { name: String::new(), names_request: false, ..full(*kind) };
                let written = write(letter, *language, &facts, "my own words").expect("it renders");
                let all = format!("{}{}{}", written.subject, written.text, written.html).to_lowercase();
                let label = kind.label().to_lowercase();
                for word in ["my own words", label.as_str(), "child", "abuse", "intimate", "crime", "kind ", "delito"] {
                    assert!(!all.contains(word), "{} {}: {word} in {all}", letter.code(), language.code());
                }
            }
        }
    }
}

#[test]
fn whatever_packs_ask_for_has_a_meaning_and_stands_in_the_letter() {
    // a word by which each of our sentences is known in the English letter
    let witness = |says: &str| match says {
        "how the request is processed" => "This is how we go on",
        "how the person is verified, in general" => "confirmed over the mail address on record",
        "that it is said within the first month" | "that it is said within the first 45 days" => "{FIRST}",
        "whether it was taken by automated means" => "by people, not by automated means",
        "that processing has stopped" | "that processing has ceased, here and at processors" => "ceased, here and at",
        "that processing before it stays lawful" => "stays lawful",
        "that a record of the request is kept" => "We keep a record",
        "that what is not covered by it was done all the same" => "does not cover has been done",
        "of backups: until they are restored or used next" => "Copies in backups",
        "that the opt-out is honoured" => "honoured",
        "that the use is limited" => "do not use it otherwise",
        "that it was removed, with its known identical copies" => "with the identical copies",
        "that action was taken, and nothing that describes the content" => "done what was called for",
        "that the nominee's standing is accepted" => "We accept that you act",
        _ => "",
    };
    let packs = Packs::load(None).expect("the packs load");
    let mut seen = 0;
    for rule in packs.laws().iter().flat_map(|law| &law.rules) {
        let says = &rule.must_say;
        let lists = [
            (Letter::Acknowledgement, &says.acknowledgement),
            (Letter::Extension, &says.extension),
            (Letter::Closing, &says.closure),
            (Letter::PartialRefusal, &says.denial),
            (Letter::Breach, &says.notice),
        ];
        for (letter, sentences) in lists {
            assert_eq!(needs::listed(letter, says), sentences.as_slice());
            for sentence in sentences {
                seen += 1;
                let part = part_of(sentence);
                assert!(part.is_some(), "{}: nobody said what “{sentence}” means", rule.id);
                let kinds = rule.kinds.iter().filter_map(|matter| match matter {
                    crate::domain::policy::Matter::Case(kind) => Some(*kind),
                    _ => None,
                });
                for kind in kinds.filter(|_| part == Some(Part::Words)) {
                    let text = draft(letter, Language::En, &full(kind)).expect("it renders");
                    let exempt = sentence.contains("backups") && kind != Kind::Erasure
                        || sentence.contains("how the") && !kind.is_right();
                    assert!(exempt || text.contains(witness(sentence)), "{} {kind}: “{sentence}” in {text}", rule.id);
                }
            }
        }
    }
    assert!(seen > 150, "only {seen} sentences were looked at");
}

#[test]
fn what_is_missing_is_named_with_the_law_that_asks_for_it() {
    let need = |part, says: &str| needs::Required { part, says: says.into(), citation: "GDPR Art. 12(3)".into() };
    let facts = Facts { reason: String::new(), ..full(Kind::Access) };
    let open = draft(Letter::Extension, Language::En, &facts).expect("it renders");
    let says = |facts: &Facts, text: &str, part, says| {
        needs::check(facts, text, &[need(part, says)]).expect_err("it is refused").to_string()
    };
    assert_eq!(
        says(&facts, &open, Part::Reason, "the reason for the extension"),
        "The letter needs the reason for the extension (GDPR Art. 12(3))"
    );
    assert_eq!(
        says(&facts, &open, Part::Words, ""),
        "The letter needs what stands open in it as [[why it takes longer]] (GDPR Art. 12(3))"
    );
    let filled = needs::fill(&open, "There is much to look at.");
    let facts = Facts { reason: "There is much to look at.".into(), ..facts };
    assert_eq!(
        needs::check(&facts, &filled, &[need(Part::Reason, "the reason"), need(Part::NewDate, "the date")]),
        Ok(())
    );
    let without = filled.replace("{EXTENDED}", "soon");
    assert!(says(&facts, &without, Part::NewDate, "the new date").contains("the new date: {EXTENDED}"));
    let without = filled.replace("{COMPLAINT}", "");
    assert!(says(&facts, &without, Part::Complaint, "the right to go to court").contains("right to go to court"));
}

#[test]
fn the_reason_of_a_refusal_goes_where_its_gap_is() {
    for language in Language::ALL {
        let open = Facts { reason: String::new(), ..full(Kind::Grievance) };
        let text = draft(Letter::PartialRefusal, *language, &open).expect("it renders");
        let given = Facts { reason: "Tax law.".into(), ..open };
        let filled = needs::fill_reason(&text, Letter::PartialRefusal, *language, &given).expect("it renders");
        assert_eq!(filled.matches("Tax law.").count(), 1, "{filled}");
        assert_eq!(filled.matches("[[").count(), 2, "{filled}");
    }
}

#[test]
fn a_link_stands_in_both_forms_and_breaks_out_of_none() {
    let facts = Facts { names_request: true, until: "27 Nov 2026".into(), ..least(Kind::Erasure) };
    let written = write(Letter::Verification, Language::En, &facts, "").expect("it renders");
    let (text, html) = with_link(&written.text, &written.html, "https://desk.example/verify/x?a&\"b");
    assert!(text.lines().any(|line| line == "https://desk.example/verify/x?a&\"b"), "alone on its line: {text}");
    assert!(html.contains("href=\"https://desk.example/verify/x?a&amp;&quot;b\""), "{html}");
    for part in [text, html] {
        assert!(!part.contains(LINK) && part.contains("erasure") && part.contains("27 Nov 2026"), "{part}");
    }
    let bare = Facts { names_request: false, ..facts };
    let bare = write(Letter::Verification, Language::En, &bare, "").expect("it renders");
    assert!(!format!("{}{}{}", bare.subject, bare.text, bare.html).contains("erasure"));
}

#[test]
fn where_nobody_is_named_the_product_signs_and_strangers_words_are_escaped() {
    let mail = Letterhead { mail: "privacy@imgen.example".into(), ..least(Kind::Access).head };
    assert_eq!(mail.lines(), ["ImageGen", "privacy@imgen.example"]);
    assert_eq!(mail.signer(), "");
    let facts = Facts { name: "<b>Eve</b>".into(), head: mail, ..full(Kind::Access) };
    let written = write(Letter::Acknowledgement, Language::En, &facts, "Privacy Request").expect("it renders");
    assert_eq!(written.subject, "Re: Privacy Request [R-10021]");
    assert!(written.text.ends_with("\n\nImageGen\nprivacy@imgen.example\nYour reference: R-10021"), "{}", written.text);
    assert!(!written.html.contains("<b>Eve"), "{}", written.html);
}

#[test]
fn what_ends_a_letter_stands_in_it_once() {
    assert_eq!(ended("We looked.", &["Why.", "", "Where."]), "We looked.\n\nWhy.\n\nWhere.");
    assert_eq!(ended("We looked. Why.", &["Why."]), "We looked. Why.");
}

#[test]
fn a_language_is_off_until_somebody_signs_and_says_where_to_complain_in_it() {
    let packs = Packs::load(None).expect("the packs load");
    for pack in packs.iter() {
        assert_eq!(pack.languages_on(), [Language::En], "{}: nobody has signed anything yet", pack.id);
        for language in Language::ALL.iter().filter(|language| **language != Language::En) {
            let own = pack.complaint_in(*language);
            assert!(own != pack.complaint && own.contains("https://"), "{} {}: {own}", pack.id, language.code());
        }
    }
    let text = include_str!("../../../policies/products/imgen.toml");
    let read = |text: &str| toml::from_str::<ProductPack>(text);
    let signed = text.replacen("[language.de]\nreviewed_by = \"", "[language.de]\nreviewed_by = \"A. Lawyer", 1);
    let pack = read(&signed).expect("it reads");
    assert_eq!(pack.languages_on(), [Language::En, Language::De]);
    assert_eq!(pack.faults(), []);
    let (head, rest) = signed.split_once("A. Lawyer\"\ncomplaint = \"").expect("it has a complaint");
    let silent = format!("{head}A. Lawyer\"\ncomplaint = \"\"\n# {rest}");
    let faults = read(&silent).expect("it reads").faults();
    assert!(faults.len() == 1 && faults[0].1.contains("de is switched on"), "{faults:?}");
    let english = read(&text.replacen("[language.de]", "[language.en]", 1)).expect("it reads").faults();
    assert!(english.iter().any(|(_, says)| says.contains("always on")), "{english:?}");
    let unknown = read(&text.replacen("[language.de]", "[language.xx]", 1)).expect_err("it is refused").to_string();
    assert!(unknown.contains("xx") && unknown.contains("hi"), "{unknown}");
}
