//! What stands behind the `?`. What can't be read is refused with its value: a mistyped limit that
//! is passed over looks like data that is missing.

use crate::names::quoted;
use crate::trace::{MAX_TRACES, TraceQuery};

/// Why a query is refused; becomes the text of a 400.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("unknown parameter {name}: {known}")]
    Unknown { name: String, known: &'static str },
    #[error("parameter {name} is there twice: send it once")]
    Twice { name: &'static str },
    #[error("{text} is no percent-encoded UTF-8: encode it again")]
    Encoding { text: String },
    #[error("limit={value} is no number from 1 to {MAX_TRACES}: send one, or leave it out for {}", TraceQuery::default().limit)]
    Limit { value: String },
    #[error("service= is empty: send a service's name, or leave it out for all")]
    NoService,
}

/// For paths without parameters.
pub(super) fn none(query: &str) -> Result<(), Unreadable> {
    match pairs(query).next() {
        None => Ok(()),
        Some(pair) => {
            Err(Unreadable::Unknown { name: quoted(&pair?.0), known: "this path takes none" })
        }
    }
}

/// For the list of instances: all, or those of one service.
pub(super) fn service(query: &str) -> Result<Option<String>, Unreadable> {
    let mut service = None;
    for pair in pairs(query) {
        let (name, value) = pair?;
        match name.as_str() {
            "service" if value.is_empty() => return Err(Unreadable::NoService),
            "service" => once("service", &mut service, value)?,
            _ => {
                return Err(Unreadable::Unknown {
                    name: quoted(&name),
                    known: "this path takes service",
                });
            }
        }
    }
    Ok(service)
}

/// For the lists of traces and of violations.
pub(super) fn traces(query: &str) -> Result<TraceQuery, Unreadable> {
    let (mut service, mut limit) = (None, None);
    for pair in pairs(query) {
        let (name, value) = pair?;
        match name.as_str() {
            "service" => {
                if value.is_empty() {
                    return Err(Unreadable::NoService);
                }
                once("service", &mut service, value)?;
            }
            "limit" => {
                let read = value.parse().ok().filter(|limit| (1..=MAX_TRACES).contains(limit));
                let read = read.filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()));
                once(
                    "limit",
                    &mut limit,
                    read.ok_or_else(|| Unreadable::Limit { value: quoted(&value) })?,
                )?;
            }
            _ => {
                return Err(Unreadable::Unknown {
                    name: quoted(&name),
                    known: "this path takes service and limit",
                });
            }
        }
    }
    Ok(TraceQuery { service, limit: limit.unwrap_or(TraceQuery::default().limit) })
}

fn once<T>(name: &'static str, place: &mut Option<T>, value: T) -> Result<(), Unreadable> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Unreadable::Twice { name }),
    }
}

fn pairs(query: &str) -> impl Iterator<Item = Result<(String, String), Unreadable>> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(value)?))
    })
}

/// As forms are encoded: `%XX` and `+` for a space.
fn decode(text: &str) -> Result<String, Unreadable> {
    let refused = || Unreadable::Encoding { text: quoted(text) };
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(), digit()) else {
                    return Err(refused());
                };
                u8::try_from(high * 16 + low).map_err(|_| refused())?
            }
            other => other,
        });
    }
    String::from_utf8(decoded).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_a_form_is_written() {
        assert_eq!(traces("").as_ref(), Ok(&TraceQuery { service: None, limit: 20 }));
        assert_eq!(
            traces("limit=10000&service=caf%C3%A9+%2B%26"),
            Ok(TraceQuery { service: Some("café +&".into()), limit: 10_000 })
        );
        assert_eq!(none(""), Ok(()));
        assert_eq!((service(""), service("service=a+b")), (Ok(None), Ok(Some("a b".into()))));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_value_and_the_remedy() {
        let queries = [
            "limit=abc",
            "limit=0",
            "limit=10001",
            "limit=-1",
            "limit=",
            "limit=+5",
            "limit=1&limit=1",
            "limt=5",
            "service=",
            "service=%zz",
            "service=%C3",
            "service=%",
            "%00=1",
        ];
        let refused = queries.map(|query| match traces(query) {
            Ok(read) => format!("{query} was read as {read:?}"),
            Err(error) => format!("{query}: {error}"),
        });
        insta::assert_snapshot!(refused.join("\n"), @r#"
        limit=abc: limit="abc" is no number from 1 to 10000: send one, or leave it out for 20
        limit=0: limit="0" is no number from 1 to 10000: send one, or leave it out for 20
        limit=10001: limit="10001" is no number from 1 to 10000: send one, or leave it out for 20
        limit=-1: limit="-1" is no number from 1 to 10000: send one, or leave it out for 20
        limit=: limit="" is no number from 1 to 10000: send one, or leave it out for 20
        limit=+5: limit=" 5" is no number from 1 to 10000: send one, or leave it out for 20
        limit=1&limit=1: parameter limit is there twice: send it once
        limt=5: unknown parameter "limt": this path takes service and limit
        service=: service= is empty: send a service's name, or leave it out for all
        service=%zz: "%zz" is no percent-encoded UTF-8: encode it again
        service=%C3: "%C3" is no percent-encoded UTF-8: encode it again
        service=%: "%" is no percent-encoded UTF-8: encode it again
        %00=1: unknown parameter "\0": this path takes service and limit
        "#);
        assert_eq!(service("service="), Err(Unreadable::NoService));
        let known = service("limit=1").map_err(|error| error.to_string());
        assert_eq!(known, Err("unknown parameter \"limit\": this path takes service".into()));
        assert_eq!(
            none("a=b").map_err(|error| error.to_string()),
            Err("unknown parameter \"a\": this path takes none".into())
        );
    }
}
