//! JSON of somebody else's, taken exactly: with each name once, or as it was sent.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

/// The members of an object.
pub type Object = Map<String, Value>;

/// An object in which no name stands twice at any depth: two readers would take two different values for it. The error
/// says what is wrong with `it`, and quotes nothing.
pub fn object(text: &str) -> Result<Object, &'static str> {
    match serde_json::from_str(text) {
        Ok(Unique(Value::Object(object))) => Ok(object),
        Ok(_) => Err("it is no JSON object"),
        Err(error) if error.is_data() => Err("it has a name twice"),
        Err(_) => Err("it cannot be read as JSON"),
    }
}

/// Where `value`, which is borrowed from `text`, stands in it.
pub fn place_of(value: &RawValue, text: &[u8]) -> Range<usize> {
    let start = value.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + value.get().len()
}

/// A value with unique names. serde_json limits how deep it may be nested.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = sequence.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("twice"));
            }
            let Unique(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// Drops the white space between the parts of a JSON text, and nothing else.
pub fn on_one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            in_string = c == '"';
        }
        line.push(c);
    }
    line
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
