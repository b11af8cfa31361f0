//! The request and its responses.

mod answer;
mod refusals;
mod request;
