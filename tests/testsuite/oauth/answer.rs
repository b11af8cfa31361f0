//! The token response: printed as it was sent, and checked before it is used.

use catena_token_issuer::{Issuer, Reply};

use crate::support::Tool;

fn answering(body: &str) -> Issuer {
    Issuer::replying(Reply::json(200, body))
}

#[test]
fn the_token_is_alone_on_one_line() {
    let issuer = answering(r#"{"access_token":"abc.DEF-123_~+/=","token_type":"bEaReR"}"#);
    assert_eq!(Tool::asking(&issuer).succeeds(), "abc.DEF-123_~+/=\n");
}

#[test]
fn json_is_the_answer_as_it_was_sent_on_one_line() {
    let sent = "{\n  \"zeta\" : 1.50e+03,\n  \"access_token\":\"abc\", \"big\": 123456789012345678901234567890,\r\n\
                \t\"token_type\":\"Bearer\",\"nested\": {\"b\": [1 , 2], \"a\": \"\\u00fc \\n\"}, \"zeta\": null }\n";
    let issuer = answering(sent);
    assert_eq!(
        Tool::asking(&issuer).arg("--json").succeeds(),
        "{\"zeta\":1.50e+03,\"access_token\":\"abc\",\"big\":123456789012345678901234567890,\
         \"token_type\":\"Bearer\",\"nested\":{\"b\":[1,2],\"a\":\"\\u00fc \\n\"},\"zeta\":null}\n"
    );
}

#[test]
fn a_refresh_token_and_unknown_fields_are_no_hindrance() {
    let issuer = answering(
        r#"{"access_token":"abc","refresh_token":"r","refresh_expires_in":1800,"token_type":"Bearer","x":{"y":[]}}"#,
    );
    assert_eq!(Tool::asking(&issuer).succeeds(), "abc\n");
}

#[test]
fn a_lifetime_of_any_kind_is_printed_all_the_same() {
    for expires_in in ["300", "\"300\"", "0", "-1", "1e300", "1e999", "null", "\"soon\"", "[]", "18446744073709551616"]
    {
        let issuer = answering(&format!(r#"{{"access_token":"abc","token_type":"Bearer","expires_in":{expires_in}}}"#));
        assert_eq!(Tool::asking(&issuer).succeeds(), "abc\n", "{expires_in}");
    }
}

#[test]
fn what_is_no_token_response_is_unusable() {
    for (body, why) in [
        ("", "it is not a JSON object: an empty body"),
        ("null", "it is not a JSON object: application/json, 4 bytes"),
        (r#"["abc","Bearer"]"#, "it is not a JSON object: application/json, 16 bytes"),
        ("{}", "it has no usable 'access_token'"),
        (r#"{"token_type":"Bearer"}"#, "it has no usable 'access_token'"),
        (r#"{"access_token":null,"token_type":"Bearer"}"#, "it has no usable 'access_token'"),
        (r#"{"access_token":7,"token_type":"Bearer"}"#, "it has no usable 'access_token'"),
        (r#"{"access_token":"","token_type":"Bearer"}"#, "it has no usable 'access_token'"),
        (r#"{"access_token":"abc\ndef","token_type":"Bearer"}"#, "it has no usable 'access_token'"),
        (r#"{"access_token":"abc"}"#, "it has no 'token_type'"),
        (r#"{"access_token":"abc","token_type":"DPoP"}"#, "its 'token_type' is 'DPoP', not 'Bearer'"),
        (r#"{"access_token":"abc","access_token":"def","token_type":"Bearer"}"#, "it has a duplicate name"),
        (r#"{"access_token":"abc","token_type":"Bearer","expires_in":1,"expires_in":2}"#, "it has a duplicate name"),
        (
            r#"{"error":"invalid_client","error_description":"no","access_token":"abc","token_type":"Bearer"}"#,
            "it is an OAuth error (HTTP 200, invalid_client): no",
        ),
        (r#"{"access_token":"abc","token_type":"Bearer"} trailing"#, "it is not JSON: application/json, 53 bytes"),
    ] {
        let issuer = answering(body);
        let failed = Tool::asking(&issuer).fails(7);
        assert_eq!(failed.error, format!("cannot get a token: cannot use the response: {why}"), "{body}");
        assert!(!failed.hint.is_empty());
    }
}

#[test]
fn a_token_beside_an_error_is_not_shown() {
    let issuer =
        answering(r#"{"error":"for opaque-token-1234","access_token":"opaque-token-1234","token_type":"Bearer"}"#);
    assert!(Tool::asking(&issuer).fails(7).error.ends_with("(HTTP 200, for [redacted]): no description"));
    let issuer = answering(r#"{"access_token":"opaque-token-1234","token_type":"opaque-token-1234"}"#);
    assert!(Tool::asking(&issuer).fails(7).error.ends_with("its 'token_type' is '[redacted]', not 'Bearer'"));
}

#[test]
fn a_portals_page_says_what_came_back() {
    let page = "<!DOCTYPE html>\n<title>Hotel Wi-Fi: please log in</title>";
    let issuer = Issuer::replying(Reply::http(200, "text/html; charset=utf-8", page));
    let failed = Tool::asking(&issuer).fails(7);
    assert_eq!(
        failed.error,
        "cannot get a token: cannot use the response: it is not a JSON object: text/html; charset=utf-8, 57 bytes, \
         titled 'Hotel Wi-Fi: please log in'"
    );
    assert_eq!(failed.hint, "the response may come from another system: a network login page, a proxy or a firewall");
}

#[test]
fn bad_utf8_is_unusable() {
    let issuer = Issuer::replying(Reply::http(200, "application/json", b"{\"access_token\":\"\xff\"}"));
    assert!(Tool::asking(&issuer).fails(7).error.ends_with("it is not UTF-8"));
}

#[test]
fn a_cut_json_is_not_quoted() {
    let issuer = answering(r#"{"token_type":"Bearer","access_token":"opaque-token-12"#);
    let failed = Tool::asking(&issuer).fails(7);
    assert_eq!(failed.error, "cannot get a token: cannot use the response: it is cut off: application/json, 54 bytes");
}
