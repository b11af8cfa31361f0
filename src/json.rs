//! Strict handling of untrusted JSON: no duplicate names, and no change but white space.

use std::ops::Range;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The members of an object.
pub type Object = Map<String, Value>;

/// Parses an object. A duplicate name at any depth is an error, because parsers differ in the value that they take. The
/// error says what is wrong with `it`, and quotes nothing.
pub fn object(text: &str) -> Result<Object, &'static str> {
    let value: Value = serde_json::from_str(text).map_err(|_| "it cannot be read as JSON")?;
    // Each member has one colon outside of strings, and serde_json drops a duplicate.
    let colons = characters(text).filter(|(c, is_in_string)| *c == ':' && !is_in_string).count();
    match value {
        value if members(&value) < colons => Err("it has a name twice"),
        Value::Object(object) => Ok(object),
        _ => Err("it is no JSON object"),
    }
}

fn members(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// Changes every text in a value, the names of members included.
pub fn map_texts(value: Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(&text)),
        Value::Array(values) => values.into_iter().map(|value| map_texts(value, change)).collect(),
        Value::Object(object) => map_members(object, change).into(),
        other => other,
    }
}

/// The same for an object.
pub fn map_members(object: Object, change: &impl Fn(&str) -> String) -> Object {
    object.into_iter().map(|(name, value)| (change(&name), map_texts(value, change))).collect()
}

/// The position of `value`, which borrows from `text`, in it.
pub fn place_of(value: &RawValue, text: &[u8]) -> Range<usize> {
    let start = value.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + value.get().len()
}

/// Drops the white space between the parts of a JSON text, and nothing else.
pub fn on_one_line(json: &str) -> String {
    characters(json).filter(|(c, is_in_string)| *is_in_string || !c.is_ascii_whitespace()).map(|(c, _)| c).collect()
}

/// The characters of a JSON text, and which of them are in a string.
fn characters(json: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut is_in_string, mut is_escaped) = (false, false);
    json.chars().map(move |c| {
        let is_quote = c == '"' && !is_escaped;
        is_escaped = is_in_string && c == '\\' && !is_escaped;
        is_in_string ^= is_quote;
        (c, is_in_string || is_quote)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_kept_but_white_space() {
        let sent = "{ \"a b\" : 1.50e+3 ,\n \"c\\\" d\": [ 18446744073709551616 ],\t\"e\\\\\" : \" \" }\n";
        assert_eq!(on_one_line(sent), "{\"a b\":1.50e+3,\"c\\\" d\":[18446744073709551616],\"e\\\\\":\" \"}");
    }

    #[test]
    fn a_name_stands_once_wherever_it_is_and_however_it_is_written() {
        assert!(object(r#"{"a":{"b":1},"b":[{"b":null}]}"#).is_ok());
        for twice in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"x":[{"y":{"a":1,"b":2,"a":3}}]}"#] {
            assert_eq!(object(twice), Err("it has a name twice"), "{twice}");
        }
    }

    #[test]
    fn only_an_object_that_ends_with_the_text_is_one() {
        for other in ["[]", "1", "null", "\"{}\""] {
            assert_eq!(object(other), Err("it is no JSON object"), "{other}");
        }
        let deep = "[".repeat(1_000_000);
        for broken in ["", "{", "{}x", "{\"a\":1e999}", "{'a':1}", "{\"a\":\"\u{1}\"}", &format!("{{\"a\":{deep}")] {
            assert_eq!(object(broken), Err("it cannot be read as JSON"));
        }
    }
}
