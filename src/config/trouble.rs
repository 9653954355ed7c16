//! What is wrong with a configuration, by line or by key. Never quotes a value: an address with its password may stand where
//! nobody looked for a secret.

use config::ConfigError;
use std::fmt::Write as _;

/// The error in words for the operator; `text` is the file's.
pub(super) fn in_words(error: &ConfigError, text: &str) -> String {
    match error {
        ConfigError::FileParse { cause, .. } => cause.downcast_ref::<toml::de::Error>().map_or_else(
            // a number that is too large, say
            || format!("the file has a value that cannot be read: {cause}"),
            |error| in_line(error, text),
        ),
        ConfigError::Type { expected, key, .. } => {
            format!("{}: this should be {expected}", key.as_deref().unwrap_or("a value"))
        }
        ConfigError::At { error, key, .. } => {
            format!("{}: {}", key.as_deref().unwrap_or("a value"), in_words(error, text))
        }
        ConfigError::NotFound(key) => format!("{key} is missing"),
        ConfigError::Message(says) => without_values(says),
        _ => "a key cannot be read".to_owned(),
    }
}

fn in_line(error: &toml::de::Error, text: &str) -> String {
    let mut says = String::from("the file");
    if let Some(before) = error.span().and_then(|span| text.get(..span.start)) {
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let _ = write!(says, ", line {line}, column {column}");
    }
    // the parser's other words are the line itself
    let _ = write!(says, ": {}", error.message());
    says
}

/// What serde says: of an unknown key its name, of anything else what was wanted there.
fn without_values(says: &str) -> String {
    if says.starts_with("unknown field") || says == "invalid socket address syntax" {
        return says.to_owned();
    }
    match says.rsplit_once(", expected ") {
        Some((_, expected)) => format!("this should be {expected}"),
        None => "this is none of the values that may stand there".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn refused(text: &str, environment: &[(&str, &str)]) -> String {
        let environment = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let environment = Config::environment().source(Some(environment));
        let file = config::File::from_str(text, config::FileFormat::Toml);
        let read = config::Config::builder().add_source(file).add_source(environment).build();
        in_words(&read.and_then(config::Config::try_deserialize::<Config>).expect_err(text), text)
    }

    #[test]
    fn s39_what_is_wrong_is_said_without_the_value() {
        let url = "postgres://u:hunter2@db/recourse";
        for (text, environment, says) in [
            (format!("[database]\nurl = \"{url}\n"), &[][..], "line 2, column"),
            (format!("[database]\n\nurl = {url}\n"), &[], "line 3, column"),
            ("[mail]\nsmtp_url = hunter2\n".to_owned(), &[], "line 2"),
            ("[jobs]\nworkers = \"hunter2\"\n".to_owned(), &[], "jobs.workers"),
            ("[jobs]\nlease_ms = 99999999999999999999\n".to_owned(), &[], "cannot be read"),
            (format!("database = \"{url}\"\n"), &[], "database"),
            ("[database]\nurl = { hunter2 = 1 }\n".to_owned(), &[], "database.url"),
            ("[server]\nlisten = \"hunter2\"\n".to_owned(), &[], "server.listen: invalid socket address"),
            ("[server]\ntrusted_proxies = \"hunter2\"\n".to_owned(), &[], "server.trusted_proxies"),
            ("[sign_in]\nsecond_factor = \"hunter2\"\n".to_owned(), &[], "sign_in.second_factor"),
            ("[server]\nlistn = \"hunter2\"\n".to_owned(), &[], "listn"),
            (String::new(), &[("RECOURSE__DATABASE", url)], "database"),
            (String::new(), &[("RECOURSE__JOBS__WORKERS", "hunter2")], "jobs.workers"),
            (String::new(), &[("RECOURSE__PACKAGES__S3", "hunter2")], "packages.s3"),
        ] {
            let refused = refused(&text, environment);
            assert!(refused.contains(says) && !refused.contains("hunter2"), "{text}: {refused}");
        }
    }

    #[test]
    fn text_from_the_environment_stays_as_it_is_and_numbers_are_numbers() {
        let environment = [
            ("RECOURSE__DATA_DIR", "0071"),
            ("RECOURSE__MAIL__AUTHSERV_ID", "1e3"),
            ("RECOURSE__DATABASE__URL", "true"),
            ("RECOURSE__JOBS__WORKERS", "7"),
            ("RECOURSE__LOG__JSON", "true"),
            ("RECOURSE__SERVER__LISTEN", "127.0.0.1:1"),
            ("RECOURSE__SIGN_IN__SECOND_FACTOR", "offered"),
        ];
        let environment = environment.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().collect();
        let config = Config::environment().source(Some(environment));
        let config = config::Config::builder().add_source(config).build().expect("it reads");
        let config: Config = config.try_deserialize().expect("it is understood");
        assert_eq!((config.data_dir.to_str(), config.mail.authserv_id.as_str()), (Some("0071"), "1e3"));
        assert_eq!((config.database.url.reveal(), config.jobs.workers, config.log.json), ("true", 7, true));
    }
}
