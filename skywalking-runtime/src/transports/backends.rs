//! The list of backend addresses, the name of this agent, and the message for a rejected token,
//! which the gRPC and HTTP transports share.

use http::HeaderValue;

use crate::config::{Address, Token};
use crate::error::Error;
use crate::report::transport::Outcome;

/// The value of the header `User-Agent`.
pub(super) const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("skywalking-rust/", env!("CARGO_PKG_VERSION")));

/// The backends with prepared addresses, and which of them is current.
#[derive(Debug)]
pub(crate) struct Backends<T> {
    /// Never empty.
    list: Vec<(Address, T)>,
    at: usize,
}

impl<T> Backends<T> {
    /// Starts with the first backend. `prepared` converts an address for the transport, or returns
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

    /// Returns the current backend.
    pub(crate) fn now(&self) -> Option<&(Address, T)> {
        self.list.get(self.at)
    }

    /// Returns the number of backends.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// Returns the current address, for log lines.
    pub(crate) fn address(&self) -> String {
        self.now().map(|(address, _)| address.to_string()).unwrap_or_default()
    }

    /// Switches to the next backend, and from the last one to the first, because the current one
    /// failed.
    pub(crate) fn next_backend(&mut self) {
        if let Some((address, _)) = self.list.get_mut(self.at) {
            address.add_failure();
        }
        self.at = (self.at + 1) % self.list.len().max(1);
    }
}

/// Returns the outcome for a rejected token: the backend's message with a hint how to fix it.
pub(crate) fn rejected_token(message: &str, token: Option<&Token>) -> Outcome {
    let remedy = match token {
        Some(_) => {
            "the token given by `Config::token`, SW_AGENT_AUTHENTICATION or SW_AGENT_AUTHENTICATION_FILE is not the backend's"
        }
        None => "no token was given: set `Config::token` or SW_AGENT_AUTHENTICATION",
    };
    Outcome::Refused(format!("{message} ({remedy})"))
}
