//! Says whether a receipt is to be believed, and in plain words what it says. Needs no running console: the keys come
//! from a saved copy of the published list, or from the configured database, which is only read.

use super::open;
use crate::{
    app::runs,
    config::{Config, Flags},
    domain::{
        plan::{Action, PlanLine},
        run::RunKind,
    },
    generation::receipt::{NotBelieved, PublicKeys, Receipt, Signed},
    store::{Clock, migrate},
};
use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks the signature of a receipt and prints what it says; exit code 1 where it is not believed
    Verify {
        /// The file that a run's page hands out; - for standard input
        file: PathBuf,
        /// A saved copy of the console's /.well-known/recourse-receipt-keys [default: the configured database]
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
}

/// The largest file that is read: a receipt has a few kilobytes.
const LARGEST: u64 = 16 * 1024 * 1024;

pub async fn run(flags: &Flags, command: Command) -> anyhow::Result<()> {
    let Command::Verify { file, keys } = command;
    let signed = receipt_in(&text_of(&file, "the file that a run's page hands out, or - for standard input")?)?;
    let keys = match keys {
        Some(file) => keys_in(&text_of(&file, "a saved copy of /.well-known/recourse-receipt-keys")?)?,
        None => configured_keys(&Config::load(flags)?).await?,
    };
    let receipt = signed.verify(&keys).map_err(not_believed)?;
    print!("{}", in_words(&receipt));
    Ok(())
}

fn text_of(file: &Path, wanted: &str) -> anyhow::Result<String> {
    let read = |from: &mut dyn Read| {
        let mut text = String::new();
        from.take(LARGEST).read_to_string(&mut text).map(|_| text)
    };
    let text =
        if file == Path::new("-") { read(&mut io::stdin()) } else { File::open(file).and_then(|mut f| read(&mut f)) };
    text.with_context(|| format!("{} cannot be read; give {wanted}", file.display()))
}

fn receipt_in(text: &str) -> anyhow::Result<Signed> {
    serde_json::from_str(text)
        .map_err(|error| anyhow!("this is no receipt ({error}); give the file as the run's page handed it out"))
}

fn keys_in(text: &str) -> anyhow::Result<PublicKeys> {
    serde_json::from_str(text).map_err(|error| {
        anyhow!("this is no list of keys ({error}); save /.well-known/recourse-receipt-keys of the console that signed")
    })
}

/// The keys that the configured console ever signed with; makes nothing, neither database nor key.
async fn configured_keys(config: &Config) -> anyhow::Result<PublicKeys> {
    let file = config.data_dir.join("recourse.db");
    if config.database.url.reveal().is_empty() && !file.exists() {
        bail!(
            "there is no database {}; name the console's configuration with --config, or give --keys",
            file.display()
        );
    }
    let db = open::database(config, Clock::System).await?;
    let applied = migrate::applied(&db).await?;
    if applied < migrate::newest() {
        db.close().await;
        bail!("the database is at migration {applied}, before this version's; start the console once, or give --keys");
    }
    let keys = runs::public_keys_in(&db).await?;
    db.close().await;
    Ok(keys)
}

fn not_believed(why: NotBelieved) -> anyhow::Error {
    let hint = match why {
        NotBelieved::UnknownKey(_) => "; these are not the keys of the console that signed",
        NotBelieved::Unreadable(_) | NotBelieved::Forged | NotBelieved::OutOfTime(_) => "",
    };
    // what a stranger wrote must not speak to the terminal
    let why: String = why.to_string().chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    anyhow!("not believed: {why}{hint}")
}

/// What a receipt says, for people.
fn in_words(receipt: &Receipt) -> String {
    let mut out = String::new();
    // writing to a text does not fail
    let _ = write_words(&mut out, receipt);
    out
}

fn write_words(out: &mut String, receipt: &Receipt) -> std::fmt::Result {
    let Receipt { run, case, product, system, .. } = receipt;
    writeln!(out, "Believed: signed with {}, when that key was in use, and unchanged since.\n", receipt.key_id)?;
    let copied = receipt.package.is_some();
    let did = match RunKind::from_code(&receipt.kind) {
        _ if copied => "copied one person's data for them from",
        Some(RunKind::Correct) => "corrected one person's data in",
        Some(RunKind::Restrict) => "restricted the use of one person's data in",
        Some(RunKind::Release) => "lifted the restriction of one person's data in",
        Some(RunKind::OptOut) => "stopped a use of one person's data in",
        Some(RunKind::OptIn) => "allowed a use of one person's data in",
        _ if !receipt.limits.is_empty() => "erased a part of one person's data from",
        _ => "erased one person's data from",
    };
    writeln!(out, "Run {run} for case {case} {did} {system} ({product}).")?;
    for limit in &receipt.limits {
        writeln!(out, "  limited to: {limit}")?;
    }
    if let Some(repeats) = &receipt.repeats {
        writeln!(out, "  it repeats {repeats}: a restored backup had brought back what that had erased")?;
    }
    writeln!(out, "  asked for by staff {} on {}", receipt.asked.staff, moment(&receipt.asked.at))?;
    if let Some(approved) = &receipt.approved {
        let decided = if copied { "released" } else { "approved" };
        writeln!(out, "  {decided} by staff {} on {}", approved.staff, moment(&approved.at))?;
    }
    writeln!(out, "  begun {}, ended {}", moment(&receipt.started_at), moment(&receipt.finished_at))?;
    writeln!(out, "  data map {}, scope {}\n", receipt.map_version, receipt.scope_hash)?;
    writeln!(out, "What was done:")?;
    let done: Vec<_> = receipt.steps.iter().filter(|step| step.rows > 0).collect();
    for step in &done {
        writeln!(out, "  {}", step_in_words(&step.step, step.rows))?;
    }
    if done.is_empty() {
        writeln!(out, "  no row was there")?;
    }
    if receipt.files.count > 0 {
        let went = if copied { "copied" } else { "removed and looked for again" };
        writeln!(out, "  files: {} {went}", counted(receipt.files.count, "file"))?;
    }
    if let Some(package) = &receipt.package {
        if let Some(form) = package.form {
            writeln!(out, "  form: {}", form.label().to_lowercase())?;
        }
        for line in &package.limited {
            writeln!(out, "  limited to: {line}")?;
        }
        writeln!(out, "  package: {} bytes, SHA-256 {}", package.bytes, package.sha256)?;
        for (n, part) in (1..).zip(&package.parts) {
            writeln!(out, "  part {n}: {} bytes, SHA-256 {}", part.bytes, part.sha256)?;
        }
        return writeln!(
            out,
            "\nThe package was read back whole before it was released. Nothing was erased or changed."
        );
    }
    if !receipt.kept.is_empty() {
        writeln!(out, "\nWhat is kept:")?;
    }
    for line in &receipt.kept {
        writeln!(out, "  {}", kept_in_words(line))?;
    }
    if !receipt.mentions.is_empty() {
        writeln!(out, "\nWhere other people's words still mention the person, as was accepted:")?;
    }
    for mention in &receipt.mentions {
        writeln!(out, "  {}: {}", mention.table, counted(mention.rows, "row"))?;
    }
    let says = if receipt.verified {
        "Verified: looked for again after the last step, nothing was left."
    } else {
        "Not verified: looked for again after the last step, something was left."
    };
    writeln!(out, "\n{says}")
}

/// "images: 3 rows deleted"; a step of another version as it stands.
fn step_in_words(label: &str, rows: i64) -> String {
    const DOES: [(&str, &str); 9] = [
        (" copy", "copied"),
        (" summarise", "summed up"),
        // the longer ones first: "delete linked" begins with "delete"
        (" delete linked", "of other people deleted, which pointed to rows that went"),
        (" unlink", "kept, without their link to rows that went"),
        (" loosen", "taken apart from each other before they went"),
        (" detach", "shared with other people kept, without the person"),
        (" delete", "deleted"),
        (" seal", "sealed, out of use"),
        (" change", "kept, changed"),
    ];
    let (does, columns): (Vec<_>, Vec<_>) = label.split(' ').partition(|part| !part.contains('='));
    let does = does.join(" ");
    let columns: Vec<_> = columns
        .into_iter()
        .filter_map(|part| part.trim_end_matches(',').split_once('='))
        .map(column_in_words)
        .collect();
    let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
    let known = DOES.iter().find_map(|(word, says)| does.strip_suffix(word).map(|table| (table, says)));
    match known {
        Some((table, says)) => format!("{table}: {} {says}{columns}", counted(rows, "row")),
        None => format!("{label}: {}", counted(rows, "row")),
    }
}

fn column_in_words((column, code): (&str, &str)) -> String {
    match Action::from_code(code) {
        Some(action) => format!("{column} {}", action.label()),
        None => format!("{column} {code}"),
    }
}

fn kept_in_words(line: &PlanLine) -> String {
    let until = line.keep_until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
    let reason = line.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}: {}{until}{reason}", line.table, counted(line.rows, "row"))
}

fn counted(count: i64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// "24 Nov 2026, 05:31:00 UTC"; as it stands where it is no moment.
fn moment(text: &str) -> String {
    chrono::DateTime::parse_from_rfc3339(text)
        .map_or_else(|_| text.to_owned(), |at| at.to_utc().format("%-d %b %Y, %H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::copy::CopyForm;
    use crate::{
        domain::plan::FileCount,
        generation::receipt::{FORMAT, Mention, PackageSum, PublicKey, Signer, StepDone, Who},
        store::runs::receipts,
    };
    use std::{collections::BTreeMap, fs};

    fn receipt(signer: &Signer) -> Receipt {
        let who = |staff, at: &str| Who { staff, at: at.to_owned() };
        let step = |step: &str, rows| StepDone { step: step.to_owned(), rows, found_after: 0 };
        Receipt {
            format: FORMAT.into(),
            run: "E-12".into(),
            case: "R-10021".into(),
            product: "imagegen-artisticmonk".into(),
            system: "ImageGen accounts and images".into(),
            kind: "erase".into(),
            scope_hash: "c0ffee".into(),
            limits: Vec::new(),
            map_version: "2026-09-30".into(),
            asked: who(1, "2026-11-24T05:31:00Z"),
            approved: Some(who(2, "2026-11-24T05:40:00Z")),
            package: None,
            standing: None,
            repeats: None,
            started_at: "2026-11-24T05:40:02Z".into(),
            finished_at: "2026-11-24T05:41:00Z".into(),
            steps: vec![
                step("generations unlink parent_id=null", 4),
                step("likes delete linked", 9),
                step("images delete", 1),
                step("prompts delete", 0),
                step("credits_ledger change account_ref=pseudonym user_id=null", 7),
            ],
            kept: vec![PlanLine {
                table: "invoices".into(),
                action: Action::Keep,
                rows: 3,
                columns: BTreeMap::new(),
                reason: Some("Books of account".into()),
                keep_until: Some("2034-05-06".into()),
                of_others: false,
            }],
            files: FileCount { count: 2, bytes: 300 },
            mentions: vec![Mention { table: "support_messages".into(), rows: 1 }],
            verified: true,
            key_id: signer.key_id().into(),
        }
    }

    /// A folder with a receipt and the list of keys that may have signed it.
    struct Desk {
        folder: tempfile::TempDir,
        signer: Signer,
    }

    impl Desk {
        fn new() -> Self {
            let desk = Self { folder: tempfile::tempdir().expect("a folder"), signer: Signer::new([7; 32]) };
            let (body, signature) = desk.signer.sign(&receipt(&desk.signer));
            let signed = Signed::new(&body, &signature, desk.signer.key_id());
            desk.keep("receipt.json", &serde_json::to_string_pretty(&signed).expect("it is written"));
            desk.publish(&desk.signer, "2026-01-01T00:00:00Z", None);
            desk
        }

        fn keep(&self, name: &str, text: &str) {
            fs::write(self.folder.path().join(name), text).expect("it is written");
        }

        fn publish(&self, signer: &Signer, from: &str, until: Option<&str>) {
            let key = PublicKey::new(signer.key_id(), &signer.public_key(), from.into(), until.map(str::to_owned));
            let keys = PublicKeys { keys: vec![key] };
            self.keep("keys.json", &serde_json::to_string(&keys).expect("it is written"));
        }

        async fn verify(&self) -> Result<(), String> {
            let path = |name| self.folder.path().join(name);
            let command = Command::Verify { file: path("receipt.json"), keys: Some(path("keys.json")) };
            run(&Flags::default(), command).await.map_err(|error| super::super::one_line(&error))
        }

        async fn refused(&self, says: &str) {
            let said = self.verify().await.expect_err("it is refused");
            assert!(said.contains(says), "{said}");
        }
    }

    #[tokio::test]
    async fn a_receipt_is_believed_only_as_it_was_signed() {
        let desk = Desk::new();
        assert_eq!(desk.verify().await, Ok(()));

        let text = fs::read_to_string(desk.folder.path().join("receipt.json")).expect("it reads");
        desk.keep("receipt.json", &text.replace("R-10021", "R-10022"));
        desk.refused("not believed: the signature does not fit").await;
        desk.keep("receipt.json", &text);

        desk.publish(&desk.signer, "2026-01-01T00:00:00Z", Some("2026-11-24T05:40:59Z"));
        desk.refused("not believed: the receipt says 2026-11-24T05:41:00Z, when its key was not in use").await;
        desk.publish(&Signer::new([8; 32]), "2026-01-01T00:00:00Z", None);
        desk.refused("these are not the keys of the console that signed").await;
        desk.keep("keys.json", "{}");
        desk.refused("this is no list of keys").await;
        fs::remove_file(desk.folder.path().join("keys.json")).expect("it goes");
        desk.refused("give a saved copy of /.well-known/recourse-receipt-keys").await;
    }

    #[tokio::test]
    async fn what_is_no_receipt_is_said_to_be_none() {
        let desk = Desk::new();
        for text in ["", "no JSON", "[]", "{\"signed\": \"", "{\"keys\": []}"] {
            desk.keep("receipt.json", text);
            desk.refused("this is no receipt").await;
        }
        let strange = Signed::new(b"{}", &[0; 64], "\u{1b}[2Jkey");
        desk.keep("receipt.json", &serde_json::to_string(&strange).expect("it is written"));
        let said = desk.verify().await.expect_err("it is refused");
        assert!(said.contains("no known key") && !said.contains('\u{1b}'), "{said:?}");
        fs::write(desk.folder.path().join("receipt.json"), [0xff, 0xfe]).expect("it is written");
        desk.refused("receipt.json cannot be read; give the file that a run's page hands out").await;
        fs::remove_file(desk.folder.path().join("receipt.json")).expect("it goes");
        desk.refused("receipt.json cannot be read; give the file that a run's page hands out").await;
    }

    #[test]
    fn it_speaks_plainly() {
        let said = in_words(&receipt(&Signer::new([7; 32])));
        for line in [
            "Run E-12 for case R-10021 erased one person's data from ImageGen accounts and images (imagegen-artisticmonk).",
            "  asked for by staff 1 on 24 Nov 2026, 05:31:00 UTC",
            "  approved by staff 2 on 24 Nov 2026, 05:40:00 UTC",
            "  generations: 4 rows kept, without their link to rows that went (parent_id set to null)",
            "  likes: 9 rows of other people deleted, which pointed to rows that went",
            "  images: 1 row deleted",
            "  credits_ledger: 7 rows kept, changed (account_ref keyed pseudonym, user_id set to null)",
            "  files: 2 files removed and looked for again",
            "  invoices: 3 rows until 2034-05-06: Books of account",
            "  support_messages: 1 row",
            "Verified: looked for again after the last step, nothing was left.",
        ] {
            assert!(said.lines().any(|said| said == line), "{line}\n{said}");
        }
        assert!(!said.contains("prompts"), "{said}");
    }

    #[tokio::test]
    async fn the_console_s_own_keys_are_read_and_nothing_is_made() {
        let desk = Desk::new();
        let data = desk.folder.path().join("data");
        fs::create_dir(&data).expect("it is made");
        let flags = Flags { data_dir: Some(data.clone()), ..Flags::default() };
        let command = || Command::Verify { file: desk.folder.path().join("receipt.json"), keys: None };
        let said = run(&flags, command()).await.expect_err("there is no database").to_string();
        assert!(said.contains("there is no database") && said.contains("--keys"), "{said}");
        assert_eq!(fs::read_dir(&data).expect("it lists").count(), 0);

        let db = crate::store::Db::sqlite(&data.join("recourse.db"), Clock::System).await.expect("it opens");
        let said = run(&flags, command()).await.expect_err("it is empty").to_string();
        assert!(said.contains("start the console once"), "{said}");
        migrate::run(&db).await.expect("it migrates");
        let mut tx = db.begin().await.expect("it begins");
        // 1 January 2026
        let since = crate::domain::time::Instant(1_767_225_600_000);
        let (id, key) = (desk.signer.key_id(), desk.signer.public_key());
        receipts::receipt_key_use(&mut tx, id, &key, since).await.expect("it is kept");
        tx.commit().await.expect("it commits");
        db.close().await;
        run(&flags, command()).await.expect("it is believed");
        let left: Vec<_> = fs::read_dir(&data).expect("it lists").flatten().map(|file| file.file_name()).collect();
        assert_eq!(left, ["recourse.db"]);
    }

    #[test]
    fn a_copy_is_not_called_an_erasure() {
        let mut copy = receipt(&Signer::new([7; 32]));
        copy.kind = "export".into();
        copy.kept.clear();
        copy.mentions.clear();
        copy.steps = vec![StepDone { step: "images copy".into(), rows: 2, found_after: 2 }];
        copy.package = Some(PackageSum {
            bytes: 4_096,
            sha256: "5eed".into(),
            form: Some(CopyForm::Summary),
            limited: vec!["Kinds of data: content".into()],
            parts: Vec::new(),
        });
        let said = in_words(&copy);
        for part in [
            "copied one person's data for them from",
            "images: 2 rows copied",
            "released by staff 2",
            "4096 bytes",
            "5eed",
            "form: summary",
            "limited to: Kinds of data: content",
        ] {
            assert!(said.contains(part), "{part} is missing in\n{said}");
        }
        for never in ["erased one", "removed", "looked for again", "nothing was left"] {
            assert!(!said.contains(never), "{never} in\n{said}");
        }
    }
}
