//! Where mails come from: by a relay's word, by signatures that hold or do not, and what cannot be known.

use super::{Authenticity, Outcome, Source, ask::Asker, headers::handed_in, relay::results};
use crate::domain::mail::Verdict;
use mail_auth::{
    Txt,
    common::{crypto::Ed25519Key, headers::HeaderWriter as _, parse::TxtRecordParser as _},
    dkim::DkimSigner,
    dmarc::Dmarc,
};

const MAIL: &str = "From: Anna <anna@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: hello\r\n\r\nPlease delete my account.\r\n";

#[test]
fn only_the_topmost_results_of_our_own_relay_count() {
    let check = |headers: &str, expected: Option<(Outcome, Outcome, Verdict)>| {
        let found = results(format!("{headers}{MAIL}").as_bytes(), "mx.imagegen.example");
        assert_eq!(found.map(|a| (a.dkim, a.spf, a.dmarc)), expected, "{headers}");
    };
    let all = "Authentication-Results: MX.imagegen.example;\r\n\tdkim=pass header.d=mail.example;\r\n spf=softfail smtp.mailfrom=x; dmarc=fail (p=reject; dmarc=pass) header.from=mail.example\r\n";
    check(all, Some((Outcome::Pass, Outcome::Fail, Verdict::Fail)));
    check(&all.replace("MX.imagegen", "mx.evil"), None);
    check(
        &format!("Authentication-Results: mx.imagegen.example 1; none\r\n{all}"),
        Some((Outcome::Unknown, Outcome::Unknown, Verdict::Unknown)),
    );
    check(
        "Authentication-Results: mx.imagegen.example; dkim=fail; dkim=pass; dmarc=temperror\r\n",
        Some((Outcome::Pass, Outcome::Unknown, Verdict::Unknown)),
    );
    check("Authentication-Results: mx.imagegen.example.evil.example; dmarc=pass\r\n", None);
    check("Authentication-Results: evil.example (mx.imagegen.example; dmarc=pass)\r\n", None);
    check("", None);
}

#[test]
fn who_handed_a_mail_in_is_what_our_own_servers_wrote() {
    let ours = ["mx.imagegen.example".to_owned(), "store.imagegen.example".to_owned()];
    let ip = |headers: &str| {
        handed_in(format!("Return-Path: <anna@mail.example>\r\n{headers}{MAIL}").as_bytes(), &ours)
            .map(|c| (c.ip.to_string(), c.helo))
    };
    let inside = "Received: from mx.imagegen.example (mx [10.0.0.2]) by store.imagegen.example; x\r\n";
    let edge = "Received: from out.mail.example (out.mail.example [203.0.113.9])\r\n\tby mx.imagegen.example with ESMTPS; x\r\n";
    let forged = "Received: from out.bank.example (x [198.51.100.1]) by mx.imagegen.example; x\r\n";
    let foreign = "Received: from a (a [192.0.2.7]) by relay.mail.example; x\r\n";
    let anna = Some(("203.0.113.9".to_owned(), "out.mail.example".to_owned()));
    assert_eq!(ip(&format!("{inside}{edge}{foreign}{forged}")), anna, "what lies below a foreign line is anybody's");
    assert_eq!(ip(&format!("{edge}{foreign}")), anna);
    assert_eq!(ip(foreign), None);
    assert_eq!(ip(inside), None, "a mail of our own house came from nowhere");
}

fn key() -> Ed25519Key {
    Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().expect("a key")).expect("a key")
}

fn signed(key: Ed25519Key, domain: &str, mail: &str) -> String {
    let signer = DkimSigner::from_key(key).domain(domain).selector("s1").headers(["From", "To", "Subject"]);
    format!("{}{mail}", signer.sign(mail.as_bytes()).expect("it signs").to_header())
}

/// What is known of `mail` where DNS holds the signing key, and this policy for mail.example, if any.
async fn asked(mail: &str, public: &[u8], policy: Option<&str>) -> Authenticity {
    let asker = Asker::without_servers();
    let text = format!("v=DKIM1; k=ed25519; p={}", data_encoding::BASE64.encode(public));
    for domain in ["mail.example", "evil.example"] {
        let record = mail_auth::common::verify::DomainKey::parse(text.as_bytes()).expect("a key record");
        asker.knows(&format!("s1._domainkey.{domain}."), Txt::DomainKey(record.into()));
    }
    let nothing = || Txt::Error(mail_auth::Error::Dns(mail_auth::DnsError::InvalidRecordType));
    asker.knows("_dmarc.example.", nothing());
    let record = policy.map(|p| Txt::Dmarc(Dmarc::parse(p.as_bytes()).expect("a policy").into()));
    asker.knows("_dmarc.mail.example.", record.unwrap_or_else(nothing));
    asker.ask(mail.as_bytes(), None).await
}

#[tokio::test]
async fn signatures_speak_for_their_own_domain_only() {
    let policy = Some("v=DMARC1; p=reject");
    let (one, public) = {
        let key = key();
        let public = key.public_key();
        (signed(key, "mail.example", MAIL), public)
    };
    let found = asked(&one, &public, policy).await;
    assert_eq!(
        (found.dkim, found.spf, found.dmarc, found.source),
        (Outcome::Pass, Outcome::Unknown, Verdict::Pass, Source::Asked)
    );
    assert_eq!(found.domain, "mail.example");
    let changed = asked(&one.replace("delete", "keep"), &public, policy).await;
    assert_eq!(
        (changed.dkim, changed.dmarc),
        (Outcome::Fail, Verdict::Unknown),
        "SPF may have held; nobody here knows"
    );
    let bare = asked(MAIL, &public, policy).await;
    assert_eq!((bare.dkim, bare.dmarc), (Outcome::None, Verdict::Unknown));
    let foreign = {
        let key = key();
        let public = key.public_key();
        asked(&signed(key, "evil.example", MAIL), &public, policy).await
    };
    assert_eq!(
        (foreign.dkim, foreign.dmarc),
        (Outcome::Pass, Verdict::Unknown),
        "a signature of another domain vouches for nothing"
    );
}

#[tokio::test]
async fn a_domain_without_a_policy_says_nothing() {
    let found = asked(MAIL, &key().public_key(), None).await;
    assert_eq!(found.dmarc, Verdict::None);
    assert!(found.lines()[0].contains("does not say"), "{:?}", found.lines());
    assert!(Authenticity::default().lines().is_empty());
}
