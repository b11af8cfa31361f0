//! What a status other than 2xx means.

use crate::foreign::ForeignText;
use crate::http::Answer;
use crate::http::retry::is_temporary_status;
use crate::oauth::error::{AnswerProblem, ErrorBody};
use crate::oauth::fields::Fields;

/// Cuts the answers by what the caller does next (RFC 6749 §5.2 names fewer than a Keycloak has).
pub fn classify(answer: &Answer) -> AnswerProblem {
    match answer.status {
        status @ 300..=399 => AnswerProblem::Redirect { status, location: answer.location.clone() },
        status if is_temporary_status(status) => AnswerProblem::Unavailable(error_body(answer)),
        400..=499 => AnswerProblem::Refused(error_body(answer)),
        _ => AnswerProblem::OtherStatus(error_body(answer)),
    }
}

fn error_body(answer: &Answer) -> ErrorBody {
    let fields = std::str::from_utf8(&answer.body).ok().and_then(|text| Fields::parse(text).ok()).unwrap_or_default();
    let texts = [fields.error_description, fields.message, fields.detail, fields.title, fields.error_summary];
    let description = texts.into_iter().map(ForeignText::of_json).find(|text| !text.is_empty());
    ErrorBody {
        status: answer.status,
        code: ForeignText::of_json(fields.error),
        description: description.unwrap_or_default(),
        body: answer.describe(),
    }
}
