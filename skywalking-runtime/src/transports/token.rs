//! The token of each call: fixed, or read from a file.

use http::HeaderValue;

use super::files::Watched;
use crate::config::{Checked, File, Token};
use crate::error::Error;

/// Where the token comes from.
#[derive(Clone, Debug)]
pub(crate) enum TokenSource {
    None,
    Fixed(Token),
    File(Watched<Token>),
}

impl TokenSource {
    /// Reads the file, if there is one.
    pub(crate) fn new(config: &Checked) -> Result<Self, Error> {
        if let Some(token) = config.token.clone() {
            return Ok(Self::Fixed(token));
        }
        let Some(file) = config.token_file.clone() else { return Ok(Self::None) };
        let make = |files: &[File], contents: Vec<Vec<u8>>| match (files, &contents[..]) {
            ([file], [contents]) => parse(file, contents),
            _ => Err(Error::Token { setting: "Config::token_file" }),
        };
        Watched::read("the file with the token", vec![file], make).map(Self::File)
    }

    /// Returns the token for the next call.
    pub(crate) async fn current(&self) -> Option<Token> {
        match self {
            Self::None => None,
            Self::Fixed(token) => Some(token.clone()),
            Self::File(file) => Some(file.current().await),
        }
    }
}

/// Returns the header value, which debug output hides.
pub(crate) fn header(token: &Token) -> Option<HeaderValue> {
    // A token is checked when it is set or read, so this succeeds.
    let mut value = HeaderValue::from_str(token.reveal()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn parse(file: &File, contents: &[u8]) -> Result<Token, Error> {
    let text = str::from_utf8(contents).unwrap_or("\0").trim();
    let token = Token::new(text.to_owned());
    let token = token.ok_or_else(|| file.error("is empty; write the token into it"))?;
    if token.is_visible_ascii() { Ok(token) } else { Err(Error::Token { setting: file.setting }) }
}
