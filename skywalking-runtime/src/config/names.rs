//! Checks service and instance names, and creates the default instance name.

use std::net::IpAddr;

use skywalking_proto::storage::shorten;

use super::{NAME_LIMIT as LIMIT, Storage};
use crate::error::Error;
use crate::util::id;
use crate::util::text;

/// Returns true for characters that are removed at both ends of a name: names that look alike must
/// be equal.
fn is_around(character: char) -> bool {
    // White space includes no-break spaces and line ends. The others are invisible or are quotation
    // marks.
    character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        // Letters without a glyph.
        || matches!(character, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}')
        || matches!(character, '"' | '\'' | '`' | '´' | '\u{2018}'..='\u{201f}' | '«' | '»' | '‹' | '›')
}

/// Removes blanks, invisible characters and quotation marks at both ends of a name.
pub(super) fn bare(name: &str) -> &str {
    name.trim_matches(is_around)
}

/// Checks a service name. It is never cut, since that could merge two services.
pub(crate) fn service(
    setting: &'static str,
    name: &str,
    storage: Storage,
) -> Result<String, Error> {
    let name = bare(name);
    if name.is_empty() {
        return Err(Error::ServiceMissing { setting });
    }
    plain(setting, name)?;
    let units = text::units(name);
    if units > LIMIT {
        return Err(Error::ServiceTooLong { setting, value: name.to_owned(), units });
    }
    if name.len() > storage.service_bytes() {
        return Err(Error::ServiceNotStorable {
            setting,
            value: name.to_owned(),
            bytes: name.len(),
        });
    }
    Ok(name.to_owned())
}

/// Checks an instance name for this service, or creates the default one if it is blank. A name that
/// is too long keeps its beginning and gets a hash of the whole, so that instances stay distinct
/// and keep their names in each run.
pub(crate) fn instance(
    setting: &'static str,
    name: &str,
    service: &str,
    storage: Storage,
) -> Result<String, Error> {
    let (name, bytes) = (bare(name), storage.name_bytes(service));
    if name.is_empty() {
        return Ok(shorten(&default_instance(), LIMIT, bytes).into_owned());
    }
    plain(setting, name)?;
    Ok(shorten(name, LIMIT, bytes).into_owned())
}

fn plain(setting: &'static str, name: &str) -> Result<(), Error> {
    if name.chars().any(char::is_control) {
        return Err(Error::ControlCharacter { setting, value: name.to_owned() });
    }
    Ok(())
}

/// Returns `<32 hex digits>@<first IPv4 address that is not loopback, else the host's name>`.
fn default_instance() -> String {
    let place = ipv4s().into_iter().next().unwrap_or_else(hostname);
    let mut name = id::random_hex();
    name.push('@');
    text::push_name(&mut name, &place, usize::MAX);
    name
}

/// Returns the host's name.
pub(crate) fn hostname() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// Returns the host's IPv4 addresses without loopback, in the system's order.
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

    fn service(setting: &'static str, name: &str) -> Result<String, Error> {
        super::service(setting, name, Storage::Sql)
    }

    fn instance(setting: &'static str, name: &str) -> Result<String, Error> {
        super::instance(setting, name, "svc", Storage::Sql)
    }

    #[test]
    fn service_that_sql_storage_rejects_is_an_error() {
        // 49 of these characters are 147 bytes.
        for name in
            ["键".repeat(50), format!("{}x", "键".repeat(49)), format!("{}é", "键".repeat(49))]
        {
            let bytes = name.len();
            assert_eq!(
                service("s", &name),
                Err(Error::ServiceNotStorable { setting: "s", value: name.clone(), bytes })
            );
            assert_eq!(super::service("s", &name, Storage::Any), Ok(name));
        }
    }

    #[test]
    fn instance_fits_below_its_service() {
        let name = "实".repeat(50);
        for service in [String::from("web"), "s".repeat(50), "键".repeat(30), "键".repeat(49)] {
            let limit = skywalking_proto::storage::name_bytes(service.len());
            let fitted = super::instance("i", &name, &service, Storage::Sql).unwrap();
            assert!(
                fitted.len() <= limit && (fitted == name) == (name.len() <= limit),
                "{service}: {fitted}"
            );
            // A name over 50 units too has a hash of the whole.
            let long = super::instance("i", &format!("{name}."), &service, Storage::Sql).unwrap();
            assert!(long.len() <= limit && text::units(&long) <= LIMIT && long != fitted, "{long}");
            assert!(super::instance("i", "", &service, Storage::Sql).unwrap().len() <= limit);
            assert_eq!(super::instance("i", &name, &service, Storage::Any).unwrap(), name);
        }
    }

    #[test]
    fn service_name_has_at_most_fifty_units() {
        assert_eq!(service("s", &"x".repeat(50)), Ok("x".repeat(50)));
        assert_eq!(service("s", &"键".repeat(49)), Ok("键".repeat(49)));
        // A character outside the basic plane counts as two units.
        let clef = "𝄞".repeat(26);
        assert_eq!(
            service("s", &clef),
            Err(Error::ServiceTooLong { setting: "s", value: clef, units: 52 })
        );
        assert!(matches!(
            service("s", &"x".repeat(51)),
            Err(Error::ServiceTooLong { units: 51, .. })
        ));
    }

    #[test]
    fn invisible_characters_and_quotes_around_a_name_are_removed() {
        let around: Vec<char> =
            " \t\r\n\u{a0}\u{3000}\u{200b}\u{feff}\u{2060}\u{ad}\"'`\u{201c}\u{2019}«\
            \u{34f}\u{61c}\u{115f}\u{2800}\u{3164}\u{ffa0}\u{fffb}\u{e0020}"
                .chars()
                .collect();
        for one in &around {
            for other in &around {
                for name in [
                    format!("{one}{other}shop a"),
                    format!("shop a{other}{one}"),
                    format!("{one}{other}shop a{other}{one}"),
                ] {
                    assert_eq!(service("s", &name).as_deref(), Ok("shop a"), "{name:?}");
                    assert_eq!(instance("i", &name).as_deref(), Ok("shop a"), "{name:?}");
                }
                assert_eq!(
                    service("s", &format!("{one}{other}")),
                    Err(Error::ServiceMissing { setting: "s" })
                );
                assert!(instance("i", &format!("{one}{other}")).unwrap().contains('@'));
            }
        }
        // The limit applies to the rest. Characters inside stay.
        assert_eq!(service("s", &format!(" {} ", "x".repeat(50))), Ok("x".repeat(50)));
        assert_eq!(service("s", "group::it's \"a\" b").as_deref(), Ok("group::it's \"a\" b"));
    }

    #[test]
    fn blank_or_unprintable_service_name_is_an_error() {
        for blank in ["", " ", "\t"] {
            assert_eq!(service("s", blank), Err(Error::ServiceMissing { setting: "s" }));
        }
        assert!(matches!(service("s", "a\nb"), Err(Error::ControlCharacter { .. })));
        assert!(matches!(instance("s", "a\u{1b}[0m"), Err(Error::ControlCharacter { .. })));
    }

    #[test]
    fn long_instance_name_is_cut_and_gets_a_constant_hash() {
        let name = "0123456789".repeat(6);
        let fitted = instance("i", &name).unwrap();
        assert_eq!(fitted, "01234567890123456789012345678901234567890-4c50ee0d");
        assert_eq!(text::units(&fitted), LIMIT);
        assert_ne!(fitted, instance("i", &format!("{name}x")).unwrap());
        assert_eq!(instance("i", &"x".repeat(50)).unwrap(), "x".repeat(50));
    }

    #[test]
    fn instance_name_is_cut_between_characters() {
        let fitted = instance("i", &format!("{}𝄞{}", "x".repeat(40), "y".repeat(20))).unwrap();
        assert!(fitted.starts_with(&format!("{}-", "x".repeat(40))), "{fitted}");
        assert_eq!(text::units(&fitted), LIMIT - 1);
    }

    #[test]
    fn default_instance_name_is_random_with_the_host() {
        let (one, other) = (instance("i", "").unwrap(), instance("i", " ").unwrap());
        assert_ne!(one, other);
        assert!(text::units(&one) <= LIMIT);
        assert!(one.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit), "{one}");
        assert_eq!(one.as_bytes()[32], b'@');
    }
}
