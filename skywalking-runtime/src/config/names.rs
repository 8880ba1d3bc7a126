//! The names under which a process reports: what is allowed, and what an instance is called that has no name.

use std::net::IpAddr;

use crate::error::Error;
use crate::trace::{id, text};

/// Service and instance names have at most this many UTF-16 units (`protocol/semantics.md` 1).
pub(crate) const LIMIT: usize = 50;

/// How much of an instance name stays in front of `-` and eight digits.
const KEPT: usize = 41;

/// A service name that can be reported. It is never cut: two services must not become one by it.
pub(crate) fn service(setting: &'static str, name: &str) -> Result<String, Error> {
    if name.trim().is_empty() {
        return Err(Error::ServiceMissing { setting });
    }
    plain(setting, name)?;
    let units = text::units(name);
    if units > LIMIT {
        return Err(Error::ServiceTooLong { setting, value: name.to_owned(), units });
    }
    Ok(name.to_owned())
}

/// An instance name that can be reported; the default one if it is blank.
pub(crate) fn instance(setting: &'static str, name: &str) -> Result<String, Error> {
    if name.trim().is_empty() {
        return Ok(fit(&default_instance()));
    }
    plain(setting, name)?;
    Ok(fit(name))
}

fn plain(setting: &'static str, name: &str) -> Result<(), Error> {
    if name.chars().any(char::is_control) {
        return Err(Error::ControlCharacter { setting, value: name.to_owned() });
    }
    Ok(())
}

/// Names that are too long keep their beginning and get a hash of the whole, so that they stay apart and stay the same in each run.
fn fit(name: &str) -> String {
    if text::units(name) <= LIMIT {
        return name.to_owned();
    }
    format!("{}-{:08x}", text::cut(name, KEPT), fnv1a(name.as_bytes()))
}

/// FNV-1a of 32 bits: the same in every process and every version, which the standard hasher does not promise.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// `<32 hex digits>@<first IPv4 address that is not loopback, else the host's name>`.
fn default_instance() -> String {
    let place = ipv4s().into_iter().next().unwrap_or_else(hostname);
    let mut name = id::random_hex();
    name.push('@');
    text::push_name(&mut name, &place, usize::MAX);
    name
}

/// The host's name.
pub(crate) fn hostname() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// The host's IPv4 addresses without loopback, in the system's order.
pub(crate) fn ipv4s() -> Vec<String> {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    let own = all.into_iter().filter_map(|interface| match interface.ip() {
        IpAddr::V4(ip) if !ip.is_loopback() => Some(ip.to_string()),
        _ => None,
    });
    own.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_name_of_fifty_units_is_taken_and_one_of_fifty_one_is_not() {
        assert_eq!(service("s", &"x".repeat(50)), Ok("x".repeat(50)));
        assert_eq!(service("s", &"键".repeat(50)), Ok("键".repeat(50)));
        // A character outside the basic plane counts twice.
        let clef = "𝄞".repeat(26);
        assert_eq!(service("s", &clef), Err(Error::ServiceTooLong { setting: "s", value: clef, units: 52 }));
        assert!(matches!(service("s", &"x".repeat(51)), Err(Error::ServiceTooLong { units: 51, .. })));
    }

    #[test]
    fn a_blank_or_unprintable_service_name_is_an_error() {
        for blank in ["", " ", "\t"] {
            assert_eq!(service("s", blank), Err(Error::ServiceMissing { setting: "s" }));
        }
        assert!(matches!(service("s", "a\nb"), Err(Error::ControlCharacter { .. })));
        assert!(matches!(instance("s", "a\u{1b}[0m"), Err(Error::ControlCharacter { .. })));
    }

    #[test]
    fn a_long_instance_name_is_cut_to_41_a_dash_and_8_digits_that_never_change() {
        let name = "0123456789".repeat(6);
        let fitted = instance("i", &name).unwrap();
        assert_eq!(fitted, "01234567890123456789012345678901234567890-4c50ee0d");
        assert_eq!(text::units(&fitted), LIMIT);
        assert_ne!(fitted, instance("i", &format!("{name}x")).unwrap());
        assert_eq!(instance("i", &"x".repeat(50)).unwrap(), "x".repeat(50));
    }

    #[test]
    fn an_instance_name_is_cut_at_a_character() {
        let fitted = instance("i", &format!("{}𝄞{}", "x".repeat(40), "y".repeat(20))).unwrap();
        assert!(fitted.starts_with(&format!("{}-", "x".repeat(40))), "{fitted}");
        assert_eq!(text::units(&fitted), LIMIT - 1);
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!((fnv1a(b""), fnv1a(b"a"), fnv1a(b"foobar")), (0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968));
    }

    #[test]
    fn an_instance_without_a_name_is_random_at_its_host() {
        let (one, other) = (instance("i", "").unwrap(), instance("i", " ").unwrap());
        assert_ne!(one, other);
        assert!(text::units(&one) <= LIMIT);
        assert!(one.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit), "{one}");
        assert_eq!(one.as_bytes()[32], b'@');
    }
}
