//! Patterns of hosts: `stock`, `stock:8080`, `*.example.com`.

/// A host, or all subdomains of a domain, with or without a port.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// In lower case. Begins with a dot if it is a suffix.
    name: Box<str>,
    is_suffix: bool,
    port: Option<u16>,
}

impl Host {
    /// Parses a pattern. Returns what is wrong with an invalid one.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_ascii_lowercase();
        let (name, port) = split(&text);
        let suffix = name.strip_prefix('*').filter(|suffix| suffix.starts_with('.'));
        let rest = suffix.unwrap_or(name);
        if !name.is_ascii() {
            return Err("write a host with non-ASCII characters in Punycode, `xn--..`");
        }
        if name.contains(':') && !name.starts_with('[') {
            return Err("write `host`, `host:port`, or an IPv6 address in brackets, and no scheme");
        }
        if rest.trim_start_matches('.').is_empty() || rest.contains(['/', '@', '*', ' ', '?', '#'])
        {
            return Err("write `host`, `host:port` or `*.domain`, and no path, user or other `*`");
        }
        if name.len() < text.len() && port.is_none() {
            return Err("the part after the colon is not a port");
        }
        Ok(Self { name: rest.into(), is_suffix: suffix.is_some(), port })
    }

    pub(super) fn matches(&self, host: &str, port: Option<u16>) -> bool {
        if self.port.is_some() && self.port != port {
            return false;
        }
        let (host, name) = (host.as_bytes(), self.name.as_bytes());
        if self.is_suffix {
            // A subdomain needs a name before the dot.
            host.len() > name.len()
                && host.iter().rev().zip(name.iter().rev()).all(|(a, b)| a.eq_ignore_ascii_case(b))
        } else {
            host.eq_ignore_ascii_case(name)
        }
    }
}

/// Splits `host:port` into the host, which may be an IPv6 address in brackets, and an optional
/// port.
pub(super) fn split(authority: &str) -> (&str, Option<u16>) {
    let end = authority.rfind(']').map_or(0, |at| at + 1);
    match authority.rsplit_once(':') {
        Some((host, port)) if host.get(end..).is_some_and(|rest| !rest.contains(':')) => {
            (host, port.parse().ok())
        }
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_matches_a_host_or_its_subdomains() {
        for (pattern, host, port, expected) in [
            ("stock", "stock", Some(80), true),
            ("Stock", "sTOCK", None, true),
            ("stock", "stock.example", Some(80), false),
            ("stock:8080", "stock", Some(8080), true),
            ("stock:8080", "stock", Some(80), false),
            ("stock:8080", "stock", None, false),
            ("*.example.com", "a.example.com", Some(443), true),
            ("*.example.com", "a.b.Example.Com", Some(443), true),
            ("*.example.com", "example.com", Some(443), false),
            ("*.example.com", ".example.com", Some(443), false),
            ("*.example.com", "evilexample.com", Some(443), false),
            ("*.example.com", "a.example.com.evil", Some(443), false),
            ("*.example.com:443", "a.example.com", Some(443), true),
            ("*.example.com:443", "a.example.com", Some(444), false),
            ("[::1]", "[::1]", Some(80), true),
            ("[::1]:8080", "[::1]", Some(8080), true),
            ("[::1]:8080", "[::1]", Some(80), false),
            ("10.0.0.7", "10.0.0.7", Some(80), true),
        ] {
            let matches = Host::parse(pattern).expect("a host").matches(host, port);
            assert_eq!(matches, expected, "{pattern} {host} {port:?}");
        }
    }

    #[test]
    fn invalid_pattern_is_an_error() {
        for pattern in [
            "",
            "*",
            "*.",
            "http://stock",
            "stock/x",
            "user@stock",
            "::1",
            "stock:99999",
            "stock:",
            "b\u{fc}cher.de",
            "a*.b",
            "a b",
        ] {
            assert!(Host::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn port_follows_the_last_colon_outside_of_brackets() {
        for (authority, expected) in [
            ("stock", ("stock", None)),
            ("stock:80", ("stock", Some(80))),
            ("stock:", ("stock", None)),
            ("stock:99999", ("stock", None)),
            ("[::1]", ("[::1]", None)),
            ("[::1]:80", ("[::1]", Some(80))),
            ("::1", ("::1", None)),
            ("", ("", None)),
        ] {
            assert_eq!(split(authority), expected);
        }
    }
}
