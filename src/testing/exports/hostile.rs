//! Whatever people write into every field, in whatever language the page is: it stays text.

use super::super::generation::{
    on_every_engine,
    opened::{opened, order_as},
    world::{MAP, On, World},
};
use crate::{
    domain::{copy::CopyForm, language::Language},
    generation::Extent,
};

/// Markup, formulas, a text that turns its direction, gaps of our own sentences.
const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"https://x.example\",\"y\")",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "\u{202e}gnp.exe\u{2066} شعر ",
    "{title} {count} {{ 7*7 }} {% raw %}",
    "line\r\nbreak\u{2028}]]>--><!--",
];

const HEADINGS: [(Language, CopyForm, &str); 15] = [
    (Language::En, CopyForm::Full, "A copy of your personal data"),
    (Language::En, CopyForm::Summary, "A summary of your personal data"),
    (Language::En, CopyForm::Portable, "Your data in a portable form"),
    (Language::Hi, CopyForm::Full, "आपके व्यक्तिगत डेटा की प्रति"),
    (Language::Hi, CopyForm::Summary, "आपके व्यक्तिगत डेटा का सारांश"),
    (Language::Hi, CopyForm::Portable, "आपका डेटा पोर्टेबल रूप में"),
    (Language::Es, CopyForm::Full, "Una copia de sus datos personales"),
    (Language::Es, CopyForm::Summary, "Un resumen de sus datos personales"),
    (Language::Es, CopyForm::Portable, "Sus datos en un formato portable"),
    (Language::De, CopyForm::Full, "Eine Kopie Ihrer personenbezogenen Daten"),
    (Language::De, CopyForm::Summary, "Eine Zusammenfassung Ihrer personenbezogenen Daten"),
    (Language::De, CopyForm::Portable, "Ihre Daten in übertragbarer Form"),
    (Language::Fr, CopyForm::Full, "Une copie de vos données personnelles"),
    (Language::Fr, CopyForm::Summary, "Un résumé de vos données personnelles"),
    (Language::Fr, CopyForm::Portable, "Vos données sous une forme portable"),
];

/// Every text of Ada's is hostile.
async fn hostile_world(on: On) -> World {
    let world = World::new(on).await;
    let quoted = |n: usize| format!("'{}'", HOSTILE[n % HOSTILE.len()].replace('\'', "''"));
    for n in 0..HOSTILE.len() {
        let (a, b) = (quoted(n), quoted(n + 3));
        world.run(&format!("INSERT INTO images VALUES ({}, 1, NULL, NULL, {a})", 100 + n)).await;
        world.run(&format!("INSERT INTO usage_log VALUES ({}, 1, {a}, {b})", 100 + n)).await;
        world.run(&format!("INSERT INTO \"order\" VALUES ({}, 1, {a})", 100 + n)).await;
        world.run(&format!("INSERT INTO invoices VALUES ({}, 1, {b}, '2024-05-06')", 1_000 + n)).await;
    }
    let (name, mail) = (quoted(0), quoted(1));
    world.run(&format!("UPDATE users SET name = {name}, email = {mail} WHERE id = 1")).await;
    world
}

on_every_engine! {
    async fn s32_hostile_text_stays_text_in_every_language_and_form(on: On) {
        let world = hostile_world(on).await;
        let before = world.dump().await;
        for (language, form, heading) in HEADINGS {
            let (source, mut order) = order_as(&world, MAP, "1", (form, Extent::default())).await;
            order.about.language = language;
            order.about.person = format!("Ada {}", HOSTILE.join(" "));
            let copied = opened(&source, &order).await.pop().expect("one");
            let (page, what) = (copied.page(), format!("{} {}", language.code(), form.code()));
            assert!(page.contains(&format!("<html lang=\"{}\">", language.code())), "{what}");
            assert!(page.contains(&format!("<h1>{heading}</h1>")), "{what}");
            for never in ["<script", "<img src=x", "onerror=alert(1)>", "{product}", "{date}", "{list}", "{system}", "<!--"] {
                assert!(!page.contains(never), "{what}: {never}");
            }
            assert!(page.contains("<bdi>Ada &#60;script&#62;"), "{what}: a name keeps its direction to itself");
            if language != Language::En {
                for english in ["What is in this package", "Who receives it", "Records:", "You can read this page", "Nothing.", "What was left out"] {
                    assert!(!page.contains(english), "{what}: {english}");
                }
                assert!(page.contains(" lang=\"en\""), "{what}: what the pack says is marked as English");
            }
            copied.is_sound();
            assert_eq!(copied.manifest()["language"], language.code());
            assert_eq!(copied.manifest()["form"], form.code());
            if form == CopyForm::Full {
                let csv = copied.text("data/images.csv");
                for line in csv.lines() {
                    for field in line.split(',') {
                        assert!(!field.trim_start_matches('"').starts_with(['=', '@', '+']), "{what}: {field}");
                    }
                }
            }
        }
        assert_eq!(world.dump().await, before);
    }
}
