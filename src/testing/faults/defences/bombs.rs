//! Attachments that are small until somebody unpacks them: nobody does.

use super::file_of;
use crate::{
    house::{PRODUCT, request},
    on_both,
    verbs::{hires, signs_in},
};
use std::{
    fs,
    time::{Duration, Instant},
};

/// A file of a mail.
fn part(name: &str, kind: &str, bytes: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(bytes);
    let lines: Vec<_> = text.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    format!(
        "--p\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: inline; filename=\"{name}\"\r\nContent-ID: <{name}@x>\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        lines.join("\r\n")
    )
}

/// An archive whose directory says what nobody should believe: so many entries of so many bytes, all in the same place.
fn archive(entries: u16, bytes: u32) -> Vec<u8> {
    let entry = |signature: &[u8]| {
        [
            signature,
            &[20, 0],
            &[0; 6],
            &[0; 4],
            &10_u32.to_le_bytes(),
            &bytes.to_le_bytes(),
            &1_u16.to_le_bytes(),
            &[0, 0],
        ]
        .concat()
    };
    let mut all = [entry(b"PK\x03\x04"), b"x0123456789".to_vec()].concat();
    let start = u32::try_from(all.len()).expect("small");
    for _ in 0..entries {
        all.extend(entry(b"PK\x01\x02\x14\0"));
        all.extend([0; 14]);
        all.push(b'x');
    }
    let size = u32::try_from(all.len()).expect("small") - start;
    all.extend(
        [
            &b"PK\x05\x06\0\0\0\0"[..],
            &entries.to_le_bytes(),
            &entries.to_le_bytes(),
            &size.to_le_bytes(),
            &start.to_le_bytes(),
            &[0, 0],
        ]
        .concat(),
    );
    all
}

/// What a process holds in memory, in KiB.
pub fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it says");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

on_both! {
    async fn s31_what_is_small_until_it_is_unpacked_stays_small(house: House) {
        hires(&house).await;
        house.receives(&request(1)).await;
        let console = house.opens().await;
        house.all_is_done(Duration::from_secs(20)).await;
        let cookie = signs_in(&console).await;
        console.send("GET", "/overview", &[("cookie", &cookie)], b"").await.expect("an answer");
        let before = resident(console.id());

        let huge = [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], &50_000_u32.to_be_bytes(), &50_000_u32.to_be_bytes(), b"\x08\x06\0\0\0crcc\0\0\0\0IENDcrcc"].concat();
        let frames = [&b"GIF89a\xe8\x03\xe8\x03\0\0\0"[..], &b"\x2c\0\0\0\0\xe8\x03\xe8\x03\0\x02\x02\x4c\x01\0".repeat(5_000), b";"].concat();
        let files = [
            part("zeros.zip", "application/zip", &archive(1, u32::MAX)),
            part("many.zip", "application/zip", &archive(65_535, 0)),
            part("overlap.zip", "application/zip", &archive(500, 20_000_000)),
            part("zeros.gz", "application/gzip", &[&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], &b"\0".repeat(20_000)].concat()),
            part("huge.png", "image/png", &huge),
            part("frames.gif", "image/gif", &frames),
        ];
        let mail = format!(
            "From: Boris <boris@mail.example>\r\nTo: privacy@imagegen.example\r\nSubject: Files\r\nMessage-ID: <boris@mail.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=p\r\n\r\n--p\r\nContent-Type: text/html\r\n\r\n\
             <p>Please delete my data.</p><img src=\"cid:huge.png@x\"><img src=\"cid:frames.gif@x\">\r\n{}--p--\r\n",
            files.concat()
        );
        let begun = Instant::now();
        house.receives(&mail).await;
        house.all_is_done(Duration::from_secs(30)).await;
        let (case, message): (i64, i64) = house.rows("SELECT case_id, id FROM messages ORDER BY id DESC LIMIT 1").await[0];
        let page = console.send("GET", &format!("/cases/R-{case}"), &[("cookie", &cookie)], b"").await.expect("an answer");
        assert_eq!(page.status, 200);
        let shown = console.send("GET", &format!("/cases/R-{case}/messages/{message}/html?pictures=1"), &[("cookie", &cookie)], b"").await.expect("an answer");
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert!(!shown.body().contains("<img") || !shown.body().contains("data:"), "a picture that unpacks into too much is shown");
        let file = file_of(&console, &cookie, case, message).await;
        let got = console.send("GET", &file, &[("cookie", &cookie)], b"").await.expect("an answer");
        assert_eq!(got.status, 200);
        assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
        let grown = resident(console.id()).saturating_sub(before);
        assert!(grown < 150 * 1024, "{grown} KiB more for a mail of {} KiB to {PRODUCT}", mail.len() / 1024);
        // the next mail is handled as ever
        house.receives(&request(2)).await;
        house.all_is_done(Duration::from_secs(20)).await;
        assert_eq!(house.count("cases").await, 3);
        console.stops().await;
    }
}
