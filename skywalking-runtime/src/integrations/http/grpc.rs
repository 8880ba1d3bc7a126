//! Detects gRPC calls over HTTP and reads their status
//! (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).

use ::http::{HeaderMap, Method, header};

/// The header and trailer with the status of a call.
const STATUS: &str = "grpc-status";

/// The header and trailer with the message of the status, percent-encoded.
const MESSAGE: &str = "grpc-message";

/// The most bytes of a message that are read. A log value has 2048 UTF-16 units, and a unit has 9
/// bytes at most: three, each encoded as `%XX`.
const MESSAGE_LIMIT: usize = 9 * 2_048;

/// Returns true if a request is a gRPC call.
pub(super) fn is_call(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::POST && is_grpc(headers)
}

/// Returns true for the content type `application/grpc` with any suffix or parameter. gRPC-Web has
/// its trailers in the body, so it is recorded as HTTP.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let Some(rest) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.as_bytes().strip_prefix(b"application/grpc"))
    else {
        return false;
    };
    matches!(rest.first(), None | Some(b'+' | b';'))
}

/// Returns the name of the status in headers or trailers, or `None` without one.
pub(super) fn status(headers: &HeaderMap) -> Option<&'static str> {
    Some(name(headers.get(STATUS)?.as_bytes()))
}

/// The status of a call without a status or with an unknown number.
pub(super) const UNKNOWN: &str = "UNKNOWN";

/// The status of a successful call.
pub(super) const OK: &str = "OK";

/// The status of a method that does not exist.
pub(super) const UNIMPLEMENTED: &str = "UNIMPLEMENTED";

/// Returns the decoded message of a status in headers or trailers. Invalid escapes are kept, and
/// invalid UTF-8 is replaced.
pub(super) fn message(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(MESSAGE)?.as_bytes();
    let mut rest = value.get(..MESSAGE_LIMIT).unwrap_or(value);
    let mut message = Vec::with_capacity(rest.len());
    while let [first, tail @ ..] = rest {
        let escaped = if *first == b'%' { tail.split_first_chunk() } else { None };
        let decoded =
            escaped.and_then(|([high, low], tail)| Some((hex(*high)? << 4 | hex(*low)?, tail)));
        let (byte, tail) = decoded.unwrap_or((*first, tail));
        message.push(byte);
        rest = tail;
    }
    (!message.is_empty()).then(|| String::from_utf8_lossy(&message).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16)?.try_into().ok()
}

fn name(code: &[u8]) -> &'static str {
    match code {
        b"0" => OK,
        b"1" => "CANCELLED",
        b"3" => "INVALID_ARGUMENT",
        b"4" => "DEADLINE_EXCEEDED",
        b"5" => "NOT_FOUND",
        b"6" => "ALREADY_EXISTS",
        b"7" => "PERMISSION_DENIED",
        b"8" => "RESOURCE_EXHAUSTED",
        b"9" => "FAILED_PRECONDITION",
        b"10" => "ABORTED",
        b"11" => "OUT_OF_RANGE",
        b"12" => UNIMPLEMENTED,
        b"13" => "INTERNAL",
        b"14" => "UNAVAILABLE",
        b"15" => "DATA_LOSS",
        b"16" => "UNAUTHENTICATED",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grpc_is_detected_by_its_content_type() {
        for (content_type, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc;charset=x", true),
            ("application/grpc-web", false),
            ("application/grpc-web+proto", false),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(
                header::CONTENT_TYPE,
                content_type.parse().expect("a value"),
            )]);
            assert_eq!(is_grpc(&headers), expected, "{content_type}");
            assert_eq!(
                (is_call(&Method::POST, &headers), is_call(&Method::GET, &headers)),
                (expected, false)
            );
        }
        assert!(!is_grpc(&HeaderMap::new()));
    }

    #[test]
    fn grpc_message_is_decoded_and_bounded() {
        let read = |value: &[u8]| {
            let value = ::http::HeaderValue::from_bytes(value).expect("a value");
            message(&HeaderMap::from_iter([(::http::HeaderName::from_static(MESSAGE), value)]))
        };
        for (value, expected) in [
            ("", None),
            ("no such item", Some("no such item")),
            ("100%25 of %E5%BE%88 and %e5%be%88", Some("100% of 很 and 很")),
            ("%0Aline%2", Some("\nline%2")),
            ("50% off, %zz, %", Some("50% off, %zz, %")),
            ("%FF%FE", Some("\u{fffd}\u{fffd}")),
        ] {
            assert_eq!(read(value.as_bytes()).as_deref(), expected, "{value}");
        }
        assert_eq!(read(&[b'a', 0xff]).as_deref(), Some("a\u{fffd}"));
        assert_eq!(message(&HeaderMap::new()), None);
        let long = read("%E5%BE%88".repeat(5_000).as_bytes()).expect("a message");
        assert_eq!(long, "很".repeat(2_048));
    }

    #[test]
    fn status_number_has_a_name() {
        assert_eq!(
            [name(b"0"), name(b"5"), name(b"16"), name(b"2"), name(b"17"), name(b"x")],
            ["OK", "NOT_FOUND", "UNAUTHENTICATED", "UNKNOWN", "UNKNOWN", "UNKNOWN"]
        );
        assert_eq!(status(&HeaderMap::new()), None);
    }
}
