//! The authentication token, in a type that never shows it.

use std::fmt;

use super::Config;
use crate::secrets::HIDDEN;

/// An authentication token. It has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// Creates a token. Returns `None` for an empty text: no token is set.
    pub(crate) fn new(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    /// Returns true if a header can contain it: visible ASCII only.
    pub(crate) fn is_visible_ascii(&self) -> bool {
        self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// Returns the secret itself, only for the header.
    #[cfg_attr(
        not(any(feature = "report-grpc", feature = "report-http")),
        allow(dead_code, reason = "only reporters with a backend need it")
    )]
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Config {
    /// Sets the token that the backend requires: visible ASCII. Default: none. An empty token
    /// counts as not set.
    ///
    /// The token is never logged or shown in an error.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Token::new(token.into());
        self.token_setting = "Config::token";
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_never_shown() {
        let token = Token::new("s3cret".to_owned());
        assert_eq!(format!("{token:?}"), "Some(<hidden>)");
        assert!(!format!("{token:#?}").contains("s3cret"));
    }

    #[test]
    fn only_visible_ascii_fits_a_header() {
        let fits =
            |text: &str| Token::new(text.to_owned()).is_some_and(|token| token.is_visible_ascii());
        assert!(fits("aZ09~!"));
        for bad in ["a b", "a\n", "\u{7f}", "é", "a\tb"] {
            assert!(!fits(bad), "{bad:?}");
        }
    }
}
