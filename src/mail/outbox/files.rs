//! Mail into files where no server is configured: one `.eml` a mail, named by its Message-ID, so that a mail written
//! again is the same file. The envelope stands in front as `Return-Path`, as a server writes it that delivers.

use std::{fs, io::Write as _, path::Path};

/// Writes the mail whole or not at all.
pub(super) fn write(folder: &Path, message_id: &str, sender: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let name = file_name(message_id);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let (part, whole) = (folder.join(format!(".{name}.part")), folder.join(name));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    write!(file, "Return-Path: <{sender}>\r\n")?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, &whole)?;
    fs::File::open(folder)?.sync_all()
}

fn file_name(message_id: &str) -> String {
    let safe: String = message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.@".contains(c) { c } else { '_' })
        .take(150)
        .collect();
    format!("{}.eml", safe.trim_start_matches('.'))
}
