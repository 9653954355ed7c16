//! A statement as this room writes it: values stand as `$1`, `$2`, …, each as often as it is needed. Each engine gets
//! the form that its driver understands. Never looks into what stands in quotes.

/// A statement with its values.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The text.
    pub text: String,
    /// The values; more than the text names do no harm.
    pub values: Vec<String>,
    /// True where a connection may keep it prepared.
    pub keeps: bool,
}

impl Statement {
    /// A statement.
    #[must_use]
    pub fn new(text: impl Into<String>, values: &[String]) -> Self {
        Self { text: text.into(), values: values.to_vec(), keeps: true }
    }

    /// A statement without values that means something else each time, as one that reads on from a cursor does: prepared
    /// before, it would answer in the form that it had then.
    #[must_use]
    pub fn once(text: impl Into<String>) -> Self {
        Self { keeps: false, ..Self::new(text, &[]) }
    }

    /// Only the values that the text names, as `$1`, `$2`, … in the order of their first use: `PostgreSQL` refuses a
    /// value that is not used, since it has no type.
    #[must_use]
    pub fn numbered(self) -> Self {
        let mut used: Vec<usize> = Vec::new();
        let text = replaced(&self.text, |n| {
            let at = used.iter().position(|known| *known == n).unwrap_or_else(|| {
                used.push(n);
                used.len() - 1
            });
            format!("${}", at + 1)
        });
        Self { values: self.picked(&used), text, keeps: self.keeps }
    }

    /// Each value as `?`, as often as it stands in the text: `MariaDB` knows no other placeholder.
    #[must_use]
    pub fn positional(self) -> Self {
        let mut used = Vec::new();
        let text = replaced(&self.text, |n| {
            used.push(n);
            "?".to_owned()
        });
        Self { values: self.picked(&used), text, keeps: self.keeps }
    }

    fn picked(&self, used: &[usize]) -> Vec<String> {
        used.iter().filter_map(|n| self.values.get(n.checked_sub(1)?).cloned()).collect()
    }
}

/// The text with every `$n` outside of quotes as `becomes` says. A quote within quotes is doubled, so that it ends one
/// quoted part and begins the next.
fn replaced(text: &str, mut becomes: impl FnMut(usize) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '$']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let digits = from[1..].bytes().take_while(u8::is_ascii_digit).count();
        let (sign, number) = from[..=digits].split_at(1);
        match (quote, number.parse()) {
            (None, Ok(n)) if sign == "$" => out.push_str(&becomes(n)),
            _ => out.push_str(&from[..=digits]),
        }
        quote = match quote {
            None if sign != "$" => Some(sign),
            Some(open) if open == sign => None,
            quote => quote,
        };
        rest = &from[1 + digits..];
    }
    out + rest
}

/// A name as it stands in a statement, whatever it is called.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, numbered: &str, positional: &str) {
        let values: Vec<_> = ["one", "two", "three"].map(str::to_owned).to_vec();
        let statement = Statement::new(text, &values);
        let now = statement.clone().numbered();
        assert_eq!(format!("{} {:?}", now.text, now.values), numbered);
        let now = statement.positional();
        assert_eq!(format!("{} {:?}", now.text, now.values), positional);
    }

    #[test]
    fn values_are_given_as_each_engine_wants_them() {
        check("a = $1", r#"a = $1 ["one"]"#, r#"a = ? ["one"]"#);
        check("$3, $1, $3", r#"$1, $2, $1 ["three", "one"]"#, r#"?, ?, ? ["three", "one", "three"]"#);
        check(
            r#"'$1 ''$2' = "$3""$1" + $2"#,
            r#"'$1 ''$2' = "$3""$1" + $1 ["two"]"#,
            r#"'$1 ''$2' = "$3""$1" + ? ["two"]"#,
        );
        check(r#"'it"s $1' || $1"#, r#"'it"s $1' || $1 ["one"]"#, r#"'it"s $1' || ? ["one"]"#);
        check("json(x, '$[0]') $ $a", "json(x, '$[0]') $ $a []", "json(x, '$[0]') $ $a []");
        check("größe = $2", r#"größe = $1 ["two"]"#, r#"größe = ? ["two"]"#);
    }

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(quoted("a\"b`c"), "\"a\"\"b`c\"");
    }
}
