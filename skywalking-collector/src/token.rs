//! The token that agents and readers have to bring, if one is asked for
//! (`docs/protocol.md#grpc-transport`). It is shown nowhere.

use std::fmt;

use crate::error::Error;

/// The name of the header, and of the metadata, that brings it.
pub(crate) const HEADER: &str = "authentication";

/// A token that a header can hold. It has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(text: String) -> Result<Self, Error> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Token);
        }
        Ok(Self(text))
    }

    /// Compares in a time that depends on what was brought alone, and not on how much of it is
    /// right.
    pub(crate) fn is(&self, brought: &[u8]) -> bool {
        let token = self.0.as_bytes();
        let mut differ = u8::from(token.len() != brought.len());
        for (at, byte) in brought.iter().enumerate() {
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
    fn a_token_is_right_as_a_whole_or_wrong() {
        let token = Token::new("secret".into()).expect("a token");
        assert!(token.is(b"secret"));
        for wrong in [&b""[..], b"secre", b"secrets", b"Secret", b"secret\0"] {
            assert!(!token.is(wrong));
        }
        assert!(!format!("{token:?}").contains("secret"));
    }

    #[test]
    fn what_no_header_can_hold_is_refused_and_not_shown() {
        for bad in ["", "s3cret ", "s3cret\n", "s3crét"] {
            let error = Token::new(bad.into()).expect_err(bad).to_string();
            assert!(!error.contains("s3cr") && error.contains("visible ASCII"), "{error}");
        }
    }
}
