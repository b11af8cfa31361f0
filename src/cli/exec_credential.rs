//! `ExecCredential` of `client.authentication.k8s.io`: how kubectl and client-go take a token from a program.

use std::time::{Duration, SystemTime};

use serde::Deserialize;

use crate::base::clock;

/// The version of the object. Both have the same fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    V1,
    V1Beta1,
}

/// `KUBERNETES_EXEC_INFO` requests no version that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub struct UnusableExecInfo;

#[derive(Deserialize)]
struct ExecInfo {
    #[serde(rename = "apiVersion")]
    api_version: String,
}

impl ApiVersion {
    const NAMES: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    /// The version that `KUBERNETES_EXEC_INFO` requests: the answer must have the same.
    pub fn requested(exec_info: &str) -> Result<Self, UnusableExecInfo> {
        let ExecInfo { api_version } = serde_json::from_str(exec_info).map_err(|_| UnusableExecInfo)?;
        let known = [Self::V1, Self::V1Beta1].into_iter();
        known.zip(Self::NAMES).find(|(_, name)| *name == api_version).map(|(own, _)| own).ok_or(UnusableExecInfo)
    }
}

/// The client drops the token after `left`, and runs the program again. `None` is never.
pub fn text(version: ApiVersion, token: &str, left: Option<Duration>) -> String {
    /// No date beyond the year 9999; another call a year costs nothing.
    const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
    let expires = left.map(|left| left.min(LONGEST)).and_then(|left| clock::wall().checked_add(left));
    credential(version, token, expires)
}

fn credential(version: ApiVersion, token: &str, expires: Option<SystemTime>) -> String {
    // No character of a token or a date is special in JSON.
    let expires = expires.map(|expires| format!(r#""expirationTimestamp":"{}","#, clock::date(expires)));
    let (name, expires) = (ApiVersion::NAMES[version as usize], expires.unwrap_or_default());
    format!("{{\"apiVersion\":\"{name}\",\"kind\":\"ExecCredential\",\"status\":{{{expires}\"token\":\"{token}\"}}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requested_version_is_the_answers() {
        let requested = |version: &str| {
            ApiVersion::requested(&format!(
                r#"{{"kind":"ExecCredential","apiVersion":"{version}","spec":{{"interactive":false}}}}"#
            ))
        };
        assert_eq!(requested("client.authentication.k8s.io/v1"), Ok(ApiVersion::V1));
        assert_eq!(requested("client.authentication.k8s.io/v1beta1"), Ok(ApiVersion::V1Beta1));
        for other in ["client.authentication.k8s.io/v1alpha1", "v1", ""] {
            assert_eq!(requested(other), Err(UnusableExecInfo), "{other}");
        }
        for broken in ["", "{}", "[]", "{", r#"{"apiVersion":1}"#] {
            assert_eq!(ApiVersion::requested(broken), Err(UnusableExecInfo), "{broken}");
        }
    }

    #[test]
    fn an_unknown_end_is_left_out() {
        let start = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"#;
        let ends = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let known = credential(ApiVersion::V1, "a.b", Some(ends));
        assert_eq!(known, format!("{start}\"expirationTimestamp\":\"2023-11-14T22:13:20Z\",\"token\":\"a.b\"}}}}\n"));
        assert_eq!(text(ApiVersion::V1, "a.b", None), format!("{start}\"token\":\"a.b\"}}}}\n"));
        assert!(text(ApiVersion::V1Beta1, "a", Some(Duration::MAX)).contains("k8s.io/v1beta1\""));
    }
}
