//! Quotes messages of a backend for the log.

use std::error::Error;

use crate::config::Token;
use crate::secrets::HIDDEN;
use crate::util::text;

/// How much of a message is quoted, in UTF-16 units.
const LIMIT: usize = 300;

/// Quotes a message: shortened, on one line, and without the token, in case the backend echoes it.
pub(crate) fn quote(message: &str, token: Option<&Token>) -> String {
    let shown = match token {
        Some(token) => message.replace(token.reveal(), HIDDEN),
        None => message.to_owned(),
    };
    let mut quoted = String::new();
    text::push_name(&mut quoted, &shown, LIMIT);
    quoted
}

/// Appends the sources of an error to its text, on one line.
pub(crate) fn sources(mut text: String, error: &(dyn Error + 'static)) -> String {
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_quoted_short_and_without_the_token() {
        let token = Token::new("s3cret".to_owned());
        let quoted = quote(&format!("bad s3cret\u{1b}[2J{}", "x".repeat(1_000)), token.as_ref());
        assert!(quoted.starts_with("bad <hidden>_[2Jxxx"), "{quoted}");
        assert_eq!(quoted.len(), 300);
    }
}
