//! What several tests of this folder do by hand: people with roles of their own, answers without what is new every time,
//! bytes that are no text.

use crate::{
    console::{Answer, Console},
    house::House,
};
use std::path::{Path, PathBuf};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The password of everybody who is hired here.
pub const PASSWORD: &str = "correct horse battery staple";

/// Hires somebody by the command, whose address is `name` at the house's own domain; `rights` are its other arguments.
pub async fn hired(house: &House, name: &str, rights: &[&str]) {
    let email = format!("{name}@imagegen.example");
    let own = ["admin", "create-user", "--email", &email, "--name", name, "--password-stdin"];
    let ended = house.run(&[&own[..], rights].concat(), PASSWORD).await;
    assert_eq!(ended.code, Some(0), "{}", ended.says);
}

/// Their session, by the form at the door.
pub async fn enters(console: &Console, name: &str) -> String {
    let email = format!("{name}@imagegen.example");
    let answer = console.post("/signin", "", &[("email", &email), ("password", PASSWORD)]).await.expect("an answer");
    let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("no session for {name}: {}", answer.text));
    cookie.split(';').next().expect("a cookie has a value").to_owned()
}

/// What they get there.
pub async fn gets(console: &Console, cookie: &str, path: &str) -> Answer {
    let answer = console.send("GET", path, &[("cookie", cookie)], b"").await;
    answer.unwrap_or_else(|| panic!("GET {path}: no answer"))
}

/// What they get for a form there.
pub async fn posts(console: &Console, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    console.post(path, cookie, fields).await.unwrap_or_else(|| panic!("POST {path}: no answer"))
}

/// Status and body without the nonce and the time, which are others each time, and with `asked` taken for a gap.
pub fn plain(answer: &Answer, asked: &str) -> (u16, String) {
    const NOW: &str = "&quot;now&quot;:";
    let nonce = answer.text.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    let body = if nonce.is_empty() { answer.body().to_owned() } else { answer.body().replace(nonce, "NONCE") };
    let mut pieces = body.split(NOW);
    let first = pieces.next().unwrap_or_default().to_owned();
    let body = pieces.fold(first, |text, rest| text + NOW + rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    (answer.status, if asked.is_empty() { body } else { body.replace(asked, "ASKED") })
}

/// Head and body of an answer whose body is no text.
pub async fn bytes_of(console: &Console, cookie: &str, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", console.port)).await.expect("somebody listens");
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\nCookie: {cookie}\r\n\r\n", console.port);
    stream.write_all(request.as_bytes()).await.expect("it is asked");
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.expect("it answers");
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let body = all.split_off(end + 4);
    (String::from_utf8_lossy(&all).into_owned(), body)
}

/// What a case has seen so far, as its forms send it.
pub async fn seen(house: &House, case: i64) -> String {
    house.rows::<(i64,)>(&format!("SELECT seq FROM cases WHERE id = {case}")).await[0].0.to_string()
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let each = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flatten().map(|entry| entry.path()).flat_map(each).collect()
}
