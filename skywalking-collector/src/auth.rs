//! The token that agents and API clients send (`docs/protocol.md#grpc-transport`).

use std::fmt;

use crate::error::Error;

/// The name of the header, and of the gRPC metadata, that carries the token.
pub(crate) const HEADER: &str = "authentication";

/// A token that can be sent in a header. It has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(text: String) -> Result<Self, Error> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Token);
        }
        Ok(Self(text))
    }

    /// Compares in a time that depends only on the length of `received`.
    pub(crate) fn matches(&self, received: &[u8]) -> bool {
        let token = self.0.as_bytes();
        let mut differ = u8::from(token.len() != received.len());
        for (at, byte) in received.iter().enumerate() {
            differ |= byte ^ token.get(at).copied().unwrap_or(0);
        }
        std::hint::black_box(differ) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_matches_only_as_a_whole() {
        let token = Token::new("s3cret".into()).expect("a token");
        assert!(token.matches(b"s3cret"));
        for wrong in [&b""[..], b"s3cre", b"s3crets", b"S3cret", b"s3cret\0"] {
            assert!(!token.matches(wrong));
        }
        assert!(!format!("{token:?}").contains("s3cret"));
    }

    #[test]
    fn invalid_token_is_an_error_that_hides_it() {
        for bad in ["", "s3cret ", "s3cret\n", "s3crét"] {
            let error = Token::new(bad.into()).expect_err(bad).to_string();
            assert!(!error.contains("s3cr") && error.contains("visible ASCII"), "{error}");
        }
    }
}
