//! Settings of HTTP proxies: which connections go through one.

mod exceptions;
#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::exceptions::Exceptions;
use super::address::{Address, Host, Security, Target, parse_host_and_port};
use super::env::Source;
use super::{Config, Given};
use crate::error::Error;
use crate::secrets::without_secrets;

pub(super) const OURS: &str = "SW_AGENT_PROXY";
/// Other programs read these too.
pub(super) const LOWER: &str = "https_proxy";
pub(super) const UPPER: &str = "HTTPS_PROXY";
/// The first one that is set counts.
const OF_TLS: [&str; 2] = [LOWER, UPPER];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];
const DEFAULT_PORT: u16 = 80;

/// A proxy.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// The value of `Proxy-Authorization`.
    authorization: Option<String>,
    /// The setting that contained it.
    pub(crate) setting: &'static str,
}

#[cfg_attr(
    not(any(feature = "report-grpc", feature = "report-http")),
    allow(dead_code, reason = "nothing connects to a backend")
)]
impl Proxy {
    /// Returns the secret header value, only for the proxy.
    pub(crate) fn reveal_authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = if self.authorization.is_some() { "<hidden>@" } else { "" };
        write!(f, "{user}{}:{} ({})", self.host, self.port, self.setting)
    }
}

/// The settings as they were given.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies {
    /// For all addresses.
    all: Option<Given>,
    /// For addresses with TLS.
    of_tls: Option<Result<Given, Error>>,
    exceptions: Option<Result<Given, Error>>,
}

impl Proxies {
    /// Returns the proxy of each address. A setting that no address uses is not checked, since
    /// `HTTPS_PROXY` and `NO_PROXY` belong to other programs too.
    pub(super) fn of(&self, addresses: &[Address]) -> Result<Vec<Option<Proxy>>, Error> {
        addresses.iter().map(|address| self.of_address(address)).collect()
    }

    fn of_address(&self, address: &Address) -> Result<Option<Proxy>, Error> {
        let given = match (&self.all, address.security(), &self.of_tls) {
            (Some(given), ..) => Ok(given),
            (None, Security::Tls, Some(given)) => given.as_ref(),
            _ => return Ok(None),
        };
        let Target::Tcp { host, port } = address.target() else { return Ok(None) };
        if address.is_local() {
            return Ok(None);
        }
        let exceptions = self.exceptions.as_ref().map(Result::as_ref).transpose();
        let exceptions = exceptions.map_err(Error::clone)?.map_or("", |given| &given.text);
        if Exceptions::parse(exceptions).contain(host, *port) {
            return Ok(None);
        }
        parse(given.map_err(Error::clone)?).map(Some)
    }
}

/// Parses `http://user:password@host:port`. The prefix, the user and the port may be missing.
fn parse(given: &Given) -> Result<Proxy, Error> {
    let wrong = |problem| Error::Proxy {
        setting: given.setting,
        value: without_secrets(&given.text),
        problem,
    };
    let text = given.text.trim();
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
        Some((scheme, _))
            if ["https", "socks4", "socks4a", "socks5", "socks5h"].contains(&scheme) =>
        {
            return Err(wrong("is not an HTTP proxy; give http://host:port of one"));
        }
        _ => text,
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (user, authority) = match rest.rsplit_once('@') {
        Some((user, authority)) => (Some(user), authority),
        None => (None, rest),
    };
    let Ok(Target::Tcp { host, port }) = parse_host_and_port(authority, Some(DEFAULT_PORT)) else {
        return Err(wrong("is not the address of a proxy; give http://host:port"));
    };
    let authorization = user.map(|user| {
        let user = decoded(user);
        let separator: &[u8] = if user.contains(&b':') { b"" } else { b":" };
        format!("Basic {}", STANDARD.encode([&user, separator].concat()))
    });
    Ok(Proxy { host, port, authorization, setting: given.setting })
}

/// Decodes `%` and two hex digits.
fn decoded(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut decoded = Vec::new();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.split_at_checked(2).and_then(|(digits, after)| {
            let digits = str::from_utf8(digits).ok().filter(|_| *byte == b'%')?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, after) = code.unwrap_or((*byte, after));
        decoded.push(byte);
        rest = after;
    }
    decoded
}

impl Config {
    /// Sets an HTTP proxy for the connections to the backend:
    /// `http://user:password@host:port`, of which the user may be missing. Default: none.
    ///
    /// The agent asks it by `CONNECT` for a tunnel, also without TLS. Loopback addresses, Unix
    /// sockets and the exceptions of the variable `NO_PROXY` are connected to directly. The user
    /// and password are never logged or shown in an error.
    ///
    /// If variables are read, an address with TLS uses the proxy of `HTTPS_PROXY` or `https_proxy`
    /// unless this or `SW_AGENT_PROXY` is set.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.proxies.all = (!url.trim().is_empty()).then(|| Given::new("Config::proxy", url));
        self
    }
}

/// Overrides settings by the variables that are set.
pub(super) fn apply(config: &mut Config, source: &Source<'_>) -> Result<(), Error> {
    if let Some(given) = source.text(OURS)? {
        config.proxies.all = Some(given);
    }
    let Proxies { of_tls, exceptions, .. } = &mut config.proxies;
    for (names, setting) in [(OF_TLS, of_tls), (EXCEPTIONS, exceptions)] {
        // An error is returned when an address uses the setting.
        let given = names.into_iter().find_map(|name| source.text(name).transpose());
        *setting = given.or(setting.take());
    }
    Ok(())
}
