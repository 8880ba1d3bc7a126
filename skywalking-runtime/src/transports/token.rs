//! The token of each call: fixed, or read from a file.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::files::Watched;
use crate::config::{Checked, File, Token};
use crate::error::Error;

const AUTHENTICATION: HeaderName = HeaderName::from_static("authentication");

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
        let unread = |problem| file.error(problem);
        Watched::read("the file with the token", vec![file.clone()], make, unread).map(Self::File)
    }

    /// Adds the token to the headers of a call, and returns it.
    pub(crate) async fn add_to(&self, headers: &mut HeaderMap) -> Option<Token> {
        let token = match self {
            Self::None => return None,
            Self::Fixed(token) => token.clone(),
            Self::File(file) => file.current().await,
        };
        if let Some(value) = header(&token) {
            headers.insert(AUTHENTICATION, value);
        }
        Some(token)
    }

    /// Returns true if the token is read from a file.
    pub(crate) fn can_change(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Returns true if the file has another token now than the one that was sent.
    pub(crate) async fn is_newer_than(&self, sent: Option<&Token>) -> bool {
        match (self, sent) {
            (Self::File(file), Some(sent)) => file.newer_than(sent).await.is_some(),
            _ => false,
        }
    }
}

/// Returns the header value, which debug output hides.
fn header(token: &Token) -> Option<HeaderValue> {
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
