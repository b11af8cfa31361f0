//! The members of a realm's JSON response that we use.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::json::JsonProblem;

/// Borrowed from the response: unused members take no memory, however deeply they are nested.
#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Fields<'a> {
    // RFC 6749 §5.1
    pub access_token: Option<&'a RawValue>,
    pub token_type: Option<&'a RawValue>,
    pub expires_in: Option<&'a RawValue>,
    pub scope: Option<&'a RawValue>,
    // Not asked for, and never shown.
    pub refresh_token: Option<&'a RawValue>,
    pub id_token: Option<&'a RawValue>,
    // §5.2
    pub error: Option<&'a RawValue>,
    pub error_description: Option<&'a RawValue>,
    // What gateways write instead of a description.
    pub message: Option<&'a RawValue>,
    pub detail: Option<&'a RawValue>,
    pub title: Option<&'a RawValue>,
    #[serde(rename = "errorSummary")]
    pub error_summary: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    /// serde refuses a duplicate member, which is ambiguous.
    pub fn parse(text: &'a str) -> Result<Self, JsonProblem> {
        // serde would fill the struct from an array, too.
        if !text.trim_start().starts_with('{') {
            return Err(JsonProblem::NotAnObject);
        }
        serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Eof => JsonProblem::CutOff,
            // The only data error of a struct of raw values. serde has no type for it, and names the field in quotes.
            Category::Data => JsonProblem::DuplicateName(error.to_string().split('`').nth(1).map(str::to_owned)),
            _ => JsonProblem::NotJson,
        })
    }
}
