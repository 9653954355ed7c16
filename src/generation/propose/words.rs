//! Names of tables and columns taken apart into words, whatever their form: `user_id`, `userId`, `UserID`. English, as
//! names in schemas are. Knows nothing of values.

/// The words of a name in lower case: `userId`, `UserID` and `user_id` are `user` and `id`.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let signs: Vec<char> = name.chars().collect();
    let (mut words, mut word) = (Vec::new(), String::new());
    for (n, sign) in signs.iter().enumerate() {
        let before = n.checked_sub(1).map(|n| signs[n]);
        let after = signs.get(n + 1);
        // a capital begins a word, but for those within an abbreviation
        let begins = sign.is_uppercase()
            && (before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
                || (before.is_some_and(char::is_uppercase) && after.is_some_and(|c| c.is_lowercase())));
        if begins || !sign.is_alphanumeric() {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
        }
        word.extend(sign.is_alphanumeric().then(|| sign.to_lowercase()).into_iter().flatten());
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// The word without its plural.
#[must_use]
pub fn singular(word: &str) -> String {
    match word {
        "people" => return "person".to_owned(),
        "news" | "address" | "status" | "access" => return word.to_owned(),
        _ => {}
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    word.strip_suffix('s').filter(|stem| !stem.ends_with('s') && stem.len() > 1).unwrap_or(word).to_owned()
}

/// The words of a name, each without its plural.
#[must_use]
pub fn stems(name: &str) -> Vec<String> {
    words(name).iter().map(|word| singular(word)).collect()
}

/// The first of `known` that stands in `words`: one word, or several in a row with spaces between.
#[must_use]
pub fn any_of(words: &[String], known: &[&'static str]) -> Option<&'static str> {
    known.iter().copied().find(|known| {
        let parts: Vec<_> = known.split(' ').collect();
        words.windows(parts.len()).any(|window| window.iter().zip(&parts).all(|(word, part)| word == part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_words_in_every_form() {
        for (name, expected) in [
            ("user_id", vec!["user", "id"]),
            ("userId", vec!["user", "id"]),
            ("UserID", vec!["user", "id"]),
            ("IPAddress", vec!["ip", "address"]),
            ("user-agent", vec!["user", "agent"]),
            ("OAuthTokens", vec!["o", "auth", "tokens"]),
            ("s3Key", vec!["s3", "key"]),
            ("__", vec![]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn plurals_go() {
        for (word, expected) in [
            ("users", "user"),
            ("people", "person"),
            ("galleries", "gallery"),
            ("addresses", "address"),
            ("address", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("images", "image"),
            ("s", "s"),
        ] {
            assert_eq!(singular(word), expected);
        }
        assert_eq!(any_of(&words("lastUserAgent"), &["agent x", "user agent"]), Some("user agent"));
        assert_eq!(any_of(&words("superagent"), &["agent"]), None);
    }
}
