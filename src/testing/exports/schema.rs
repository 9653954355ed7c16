//! Whether a document is as a JSON Schema says (2020-12): the few keywords that ours use, and a refusal of any other, so
//! that nothing goes unchecked.

use serde_json::Value;

/// What says something about a schema and nothing about a document.
const SAYS: [&str; 10] =
    ["$schema", "$id", "$defs", "$comment", "title", "description", "version", "contentEncoding", "format", "$ref"];

/// What is wrong with `value`, each with its place; empty where it is as `root` says.
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(root, root, value, "", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Value::Object(keywords) = schema else {
        if *schema != Value::Bool(true) {
            faults.push(format!("{at} may not be there"));
        }
        return;
    };
    if let Some(path) = keywords.get("$ref") {
        let target = path.as_str().and_then(|path| path.strip_prefix('#')).and_then(|path| root.pointer(path));
        check(root, target.expect("it leads somewhere"), value, at, faults);
    }
    for (keyword, says) in keywords.iter().filter(|(keyword, _)| !SAYS.contains(&keyword.as_str())) {
        let fits = match keyword.as_str() {
            "type" => match says {
                Value::Array(types) => types.iter().any(|one| is_of(one, value)),
                one => is_of(one, value),
            },
            "const" => value == says,
            "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= says.as_u64().expect("a number")),
            "minProperties" => value.as_object().is_none_or(|is| is.len() as u64 >= says.as_u64().expect("a number")),
            "required" => {
                let names = says.as_array().expect("a list").iter().map(|name| name.as_str().expect("a name"));
                names.into_iter().all(|name| value.get(name).is_some() || !value.is_object())
            }
            "oneOf" => {
                let fitting = says.as_array().expect("a list").iter().filter(|one| {
                    let mut wrong = Vec::new();
                    check(root, one, value, at, &mut wrong);
                    wrong.is_empty()
                });
                fitting.count() == 1
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, says, item, &format!("{at}/{n}"), faults);
                }
                true
            }
            "properties" => {
                for (name, field) in value.as_object().into_iter().flatten() {
                    if let Some(says) = says.get(name) {
                        check(root, says, field, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = keywords.get("properties").and_then(Value::as_object);
                for (name, field) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|known| !known.contains_key(name)) {
                        check(root, says, field, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            other => panic!("nobody checks {other}"),
        };
        if !fits {
            faults.push(format!("{at}: {keyword} is {says}, and there is {value}"));
        }
    }
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("there is no type {other}"),
    }
}

#[test]
fn what_is_not_as_it_should_be_is_found() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": { "a": { "type": ["integer", "null"] }, "b": { "oneOf": [{ "const": 1 }, { "const": 2 }] } },
    });
    for (text, sound) in [
        (r#"{"a": 1}"#, true),
        (r#"{"a": null, "b": 2}"#, true),
        (r#"{"a": 1.5}"#, false),
        (r#"{"a": "1"}"#, false),
        (r#"{"b": 1}"#, false),
        (r#"{"a": 1, "b": 3}"#, false),
        (r#"{"a": 1, "c": 1}"#, false),
        ("[]", false),
    ] {
        let value = serde_json::from_str(text).expect("JSON");
        assert_eq!(faults(&schema, &value).is_empty(), sound, "{text}");
    }
}
