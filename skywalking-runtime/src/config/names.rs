//! The names under which a process reports: what is allowed, and what an instance is called that
//! has no name.

use std::net::IpAddr;

use skywalking_proto::storage::shorten;

use super::{NAME_LIMIT as LIMIT, Storage};
use crate::error::Error;
use crate::util::id;
use crate::util::text;

/// Characters that can be around a name and are no part of it: they would make a name of its own
/// that looks like another.
fn is_around(character: char) -> bool {
    // White space has the no-break spaces and line ends as well; these can't be seen either, or are
    // quotation marks.
    character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        // Letters without a shape.
        || matches!(character, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}')
        || matches!(character, '"' | '\'' | '`' | '´' | '\u{2018}'..='\u{201f}' | '«' | '»' | '‹' | '›')
}

/// The name without blanks, invisible characters and quotation marks around it.
pub(super) fn bare(name: &str) -> &str {
    name.trim_matches(is_around)
}

/// A service name that can be reported. It is never cut: two services must not become one by it.
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

/// An instance name that can be reported for this service; the default one if it is blank. One that
/// is too long keeps its beginning and gets a hash of the whole, so that instances stay apart and
/// are called the same in each run.
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

    fn service(setting: &'static str, name: &str) -> Result<String, Error> {
        super::service(setting, name, Storage::Sql)
    }

    fn instance(setting: &'static str, name: &str) -> Result<String, Error> {
        super::instance(setting, name, "svc", Storage::Sql)
    }

    #[test]
    fn service_that_sql_storage_refuses_is_an_error() {
        // Units and bytes: 49 of these characters are 147 bytes.
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
            let room = skywalking_proto::storage::name_bytes(service.len());
            let fitted = super::instance("i", &name, &service, Storage::Sql).unwrap();
            assert!(
                fitted.len() <= room && (fitted == name) == (name.len() <= room),
                "{service}: {fitted}"
            );
            // One that is over 50 units too has a hash of the whole.
            let long = super::instance("i", &format!("{name}."), &service, Storage::Sql).unwrap();
            assert!(long.len() <= room && text::units(&long) <= LIMIT && long != fitted, "{long}");
            assert!(super::instance("i", "", &service, Storage::Sql).unwrap().len() <= room);
            assert_eq!(super::instance("i", &name, &service, Storage::Any).unwrap(), name);
        }
    }

    #[test]
    fn a_service_name_of_fifty_units_is_taken_and_one_of_fifty_one_is_not() {
        assert_eq!(service("s", &"x".repeat(50)), Ok("x".repeat(50)));
        assert_eq!(service("s", &"键".repeat(49)), Ok("键".repeat(49)));
        // A character outside the basic plane counts twice.
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
    fn what_is_around_a_name_and_can_not_be_seen_or_quotes_it_is_removed() {
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
        // The limit counts what is left, and what is inside stays.
        assert_eq!(service("s", &format!(" {} ", "x".repeat(50))), Ok("x".repeat(50)));
        assert_eq!(service("s", "group::it's \"a\" b").as_deref(), Ok("group::it's \"a\" b"));
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
    fn an_instance_without_a_name_is_random_at_its_host() {
        let (one, other) = (instance("i", "").unwrap(), instance("i", " ").unwrap());
        assert_ne!(one, other);
        assert!(text::units(&one) <= LIMIT);
        assert!(one.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit), "{one}");
        assert_eq!(one.as_bytes()[32], b'@');
    }
}
