//! gRPC over HTTP: what is one, and how it ended (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).

use ::http::{HeaderMap, Method, header};

/// The header and trailer that says how a call ended.
const STATUS: &str = "grpc-status";

/// True of a request that is a gRPC call.
pub(super) fn is_call(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::POST && is_grpc(headers)
}

/// True of the content type `application/grpc` with any suffix or parameter. gRPC-Web has its trailers in the body, so it is HTTP here.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let Some(rest) = headers.get(header::CONTENT_TYPE).and_then(|value| value.as_bytes().strip_prefix(b"application/grpc")) else {
        return false;
    };
    matches!(rest.first(), None | Some(b'+' | b';'))
}

/// The name of the status in headers or trailers; `None` if there is none.
pub(super) fn status(headers: &HeaderMap) -> Option<&'static str> {
    Some(name(headers.get(STATUS)?.as_bytes()))
}

/// What a call that ended without a status has, and one with a number that nobody knows.
pub(super) const UNKNOWN: &str = "UNKNOWN";

/// The status that is no error.
pub(super) const OK: &str = "OK";

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
        b"12" => "UNIMPLEMENTED",
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
    fn grpc_is_told_by_its_content_type_and_grpc_web_is_not_it() {
        for (content_type, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc;charset=x", true),
            ("application/grpc-web", false),
            ("application/grpc-web+proto", false),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type.parse().expect("a value"))]);
            assert_eq!(is_grpc(&headers), expected, "{content_type}");
            assert_eq!((is_call(&Method::POST, &headers), is_call(&Method::GET, &headers)), (expected, false));
        }
        assert!(!is_grpc(&HeaderMap::new()));
    }

    #[test]
    fn a_status_has_the_name_of_its_number() {
        assert_eq!(
            [name(b"0"), name(b"5"), name(b"16"), name(b"2"), name(b"17"), name(b"x")],
            ["OK", "NOT_FOUND", "UNAUTHENTICATED", "UNKNOWN", "UNKNOWN", "UNKNOWN"]
        );
        assert_eq!(status(&HeaderMap::new()), None);
    }
}
