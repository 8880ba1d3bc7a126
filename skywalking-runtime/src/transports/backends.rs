//! What the gRPC and HTTP transports share: the list of addresses, the token, and the message for a
//! backend that rejects the token.

use std::str::FromStr;
use std::time::Duration;

use crate::config::{Address, Token};
use crate::error::Error;
use crate::report::transport::Outcome;

/// How long a connection may take to stand.
pub(crate) const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// The backends, each with what the transport needs of its address, and which of them is spoken to
/// now.
#[derive(Debug)]
pub(crate) struct Backends<T> {
    /// Never empty.
    list: Vec<(Address, T)>,
    at: usize,
}

impl<T> Backends<T> {
    /// Begins with the first one. `prepared` makes what the transport needs of an address, or says
    /// what is wrong with it.
    pub(crate) fn new(
        addresses: Vec<Address>,
        prepared: fn(&Address) -> Result<T, &'static str>,
    ) -> Result<Self, Error> {
        let list = addresses.into_iter().map(|address| match prepared(&address) {
            Ok(made) => Ok((address, made)),
            Err(problem) => Err(Error::Backend {
                setting: "Config::backend",
                value: address.to_string(),
                problem,
            }),
        });
        Ok(Self { list: list.collect::<Result<_, _>>()?, at: 0 })
    }

    /// The one of now.
    pub(crate) fn now(&self) -> Option<&(Address, T)> {
        self.list.get(self.at)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// The address of the one of now, for people.
    pub(crate) fn address(&self) -> String {
        self.now().map(|(address, _)| address.to_string()).unwrap_or_default()
    }

    /// Goes on to the next one, and from the last one to the first.
    pub(crate) fn next_backend(&mut self) {
        self.at = (self.at + 1) % self.list.len().max(1);
    }
}

/// The backend asks for another token, in these words: with them goes what to do.
pub(crate) fn unwelcome(words: &str, token: Option<&Token>) -> Outcome {
    let remedy = match token {
        Some(_) => {
            "the token given by `Config::token` or SW_AGENT_AUTHENTICATION is not the backend's"
        }
        None => "no token was given: set `Config::token` or SW_AGENT_AUTHENTICATION",
    };
    Outcome::Refused(format!("{words} ({remedy})"))
}

/// The token, and beside it the value of the header that holds it. `set_sensitive` keeps that out
/// of what is printed.
pub(crate) fn with_header<V: FromStr>(
    token: Option<Token>,
    set_sensitive: fn(&mut V, bool),
) -> Result<Option<(Token, V)>, Error> {
    let Some(token) = token else { return Ok(None) };
    let mut value =
        token.reveal().parse().map_err(|_| Error::Token { setting: "Config::token" })?;
    set_sensitive(&mut value, true);
    Ok(Some((token, value)))
}
