//! The list of `NO_PROXY`: hosts that are connected to directly.
//!
//! An entry is a name, which includes the names below it; an address; a network such as
//! `10.0.0.0/8`; or `*` for all. A name or address may have a port.

use std::net::IpAddr;

use crate::config::address::Host;

/// The entries of the list.
#[derive(Debug)]
pub(super) struct Exceptions(Vec<Entry>);

#[derive(Debug, PartialEq, Eq)]
enum Entry {
    All,
    /// A name in lower case, without the dots at its ends.
    Name(String, Option<u16>),
    Network(IpAddr, u8, Option<u16>),
}

impl Exceptions {
    /// Parses the list. Entries have commas or blanks between. One that is not valid has no effect.
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        Self(entries.filter(|entry| !entry.is_empty()).map(Entry::parse).collect())
    }

    pub(super) fn contain(&self, host: &Host, port: u16) -> bool {
        self.0.iter().any(|entry| entry.contains(host, port))
    }
}

impl Entry {
    fn parse(entry: &str) -> Self {
        if entry == "*" {
            return Self::All;
        }
        if let Some((ip, bits)) = entry.split_once('/')
            && let (Ok(ip), Ok(bits)) = (unbracketed(ip).parse(), bits.parse())
        {
            return Self::Network(ip, bits, None);
        }
        if let Ok(ip) = unbracketed(entry).parse() {
            return Self::Network(ip, u8::MAX, None);
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if port_of(port).is_some() => (host, port_of(port)),
            _ => (entry, None),
        };
        if let Ok(ip) = unbracketed(host).parse() {
            return Self::Network(ip, u8::MAX, port);
        }
        let name = host.strip_prefix('*').unwrap_or(host).trim_matches('.');
        Self::Name(name.to_ascii_lowercase(), port)
    }

    fn contains(&self, host: &Host, port: u16) -> bool {
        let is_port = |given: &Option<u16>| given.is_none_or(|given| given == port);
        match (self, host) {
            (Self::All, _) => true,
            (Self::Name(suffix, given), Host::Name(name)) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                let above = name.strip_suffix(suffix.as_str());
                !suffix.is_empty()
                    && is_port(given)
                    && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            (Self::Network(network, bits, given), Host::Ip(ip)) => {
                is_port(given) && is_within(*ip, *network, *bits)
            }
            (Self::Network(network, bits, given), Host::Zoned(ip, _)) => {
                is_port(given) && is_within(IpAddr::V6(*ip), *network, *bits)
            }
            _ => false,
        }
    }
}

fn port_of(text: &str) -> Option<u16> {
    text.parse().ok()
}

fn unbracketed(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text)
}

/// Returns true if the first `bits` of both addresses are equal.
fn is_within(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (ip, network, all) = match (ip.to_canonical(), network.to_canonical()) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            (u128::from(ip.to_bits()) << 96, u128::from(network.to_bits()) << 96, 32)
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => (ip.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    let differing = (ip ^ network).leading_zeros();
    differing >= u32::from(bits.min(all))
}
