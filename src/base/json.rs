//! Strict reading of untrusted JSON: duplicate names are errors.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub type Object = Map<String, Value>;

/// Why a text is not a JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonProblem {
    NotUtf8,
    CutOff,
    NotJson,
    NotAnObject,
    DuplicateName,
}

impl From<serde_json::Error> for JsonProblem {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            Category::Eof => Self::CutOff,
            // `Unique` accepts every type and fails for duplicates only.
            Category::Data => Self::DuplicateName,
            Category::Syntax | Category::Io => Self::NotJson,
        }
    }
}

pub fn text(bytes: &[u8]) -> Result<&str, JsonProblem> {
    std::str::from_utf8(bytes).map_err(|_| JsonProblem::NotUtf8)
}

/// Parses an object. A duplicate name at any depth is an error, because parsers differ in which value they use.
pub fn object(text: &str) -> Result<Object, JsonProblem> {
    match serde_json::from_str(text)? {
        Unique(Value::Object(object)) => Ok(object),
        _ => Err(JsonProblem::NotAnObject),
    }
}

/// The range of `value` in `text`, from which it borrows.
pub fn place_of(value: &RawValue, text: &[u8]) -> Range<usize> {
    let start = value.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + value.get().len()
}

/// Removes the white space between JSON tokens, and nothing else.
pub fn on_one_line(json: &str) -> String {
    let (mut is_in_string, mut is_escaped) = (false, false);
    let mut line = json.to_owned();
    line.retain(|c| {
        let is_significant = is_in_string || !c.is_ascii_whitespace();
        is_in_string ^= c == '"' && !is_escaped;
        is_escaped = is_in_string && c == '\\' && !is_escaped;
        is_significant
    });
    line
}

/// A value with unique names. `Value` drops duplicates, and parses a member with a private name as JSON text.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

macro_rules! scalars {
    ($($visit:ident: $scalar:ty),*) => {
        $(fn $visit<E>(self, value: $scalar) -> Result<Value, E> {
            Ok(value.into())
        })*
    };
}

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    scalars! {visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str}

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = sequence.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some((name, Unique(value))) = members.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a duplicate name"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_is_removed() {
        let sent = "{ \"a b\" : 1.50e+3 ,\n \"c\\\" d\": [ 18446744073709551616 ],\t\"e\\\\\" : \" \" }\n";
        assert_eq!(on_one_line(sent), "{\"a b\":1.50e+3,\"c\\\" d\":[18446744073709551616],\"e\\\\\":\" \"}");
    }

    #[test]
    fn a_duplicate_name_is_an_error_at_any_depth_and_in_any_spelling() {
        assert!(object(r#"{"a":{"b":1},"b":[{"b":null}]}"#).is_ok());
        // A name by which serde_json marks embedded JSON text is one like any other.
        let raw = r#"{"a":1,"a":2,"x":{"$serde_json::private::RawValue":"{\"p\":1}"}}"#;
        assert_eq!(object(r#"{"$serde_json::private::RawValue":5}"#).map(|object| object.len()), Ok(1));
        for twice in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"x":[{"y":{"a":1,"b":2,"a":3}}]}"#, raw] {
            assert_eq!(object(twice), Err(JsonProblem::DuplicateName), "{twice}");
        }
    }

    #[test]
    fn only_an_object_that_ends_with_the_text_is_one() {
        for other in ["[]", "1", "null", "\"{}\""] {
            assert_eq!(object(other), Err(JsonProblem::NotAnObject), "{other}");
        }
        let deep = "[".repeat(1_000_000);
        for broken in ["", "{", "{}x", "{\"a\":1e999}", "{'a':1}", "{\"a\":\"\u{1}\"}", &format!("{{\"a\":{deep}")] {
            assert!(matches!(object(broken), Err(JsonProblem::NotJson | JsonProblem::CutOff)), "{broken}");
        }
    }
}
