//! Invalid frames of HTTP/2, on the gRPC port.

use crate::case::{Case, Expected, Request};
use crate::raw::{frame, http2};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const PRIORITIZED: u8 = 0x20;

const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
const FRAME_SIZE_ERROR: u32 = 6;
const ENHANCE_YOUR_CALM: u32 = 11;

/// The head of a call, as HPACK: POST, http, and a path and authority as literals.
fn head() -> Vec<u8> {
    let path = "/skywalking.v3.ManagementService/keepAlive";
    let literal = |index: u8, value: &str| {
        [&[index, u8::try_from(value.len()).expect("short")], value.as_bytes()].concat()
    };
    [vec![0x83, 0x86], literal(0x04, path), literal(0x01, "a")].concat()
}

fn open(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &head())
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn cases() -> Vec<Case> {
    let setting =
        |id: u8, value: u32| frame(SETTINGS, 0, 0, &[&[0, id], &value.to_be_bytes()[..]].concat());
    let mut cases: Vec<_> = [
        ("settings on a stream", vec![frame(SETTINGS, 0, 1, b"")], PROTOCOL_ERROR),
        ("settings of 5 bytes", vec![frame(SETTINGS, 0, 0, &[0; 5])], PROTOCOL_ERROR),
        ("acknowledgement with a payload", vec![frame(SETTINGS, ACK, 0, &[0; 6])], PROTOCOL_ERROR),
        ("push of 2", vec![setting(2, 2)], PROTOCOL_ERROR),
        ("window of 2^31", vec![setting(4, 1 << 31)], PROTOCOL_ERROR),
        ("frame size of 0", vec![setting(5, 0)], PROTOCOL_ERROR),
        ("frame size of 2^24", vec![setting(5, 1 << 24)], PROTOCOL_ERROR),
        ("ping on a stream", vec![frame(PING, 0, 1, &[0; 8])], PROTOCOL_ERROR),
        ("ping of 7 bytes", vec![frame(PING, 0, 0, &[0; 7])], PROTOCOL_ERROR),
        ("window update of 0", vec![frame(WINDOW_UPDATE, 0, 0, &[0; 4])], PROTOCOL_ERROR),
        ("window update of 3 bytes", vec![frame(WINDOW_UPDATE, 0, 0, &[0; 3])], PROTOCOL_ERROR),
        (
            "window over 2^31",
            vec![frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]); 2],
            FLOW_CONTROL_ERROR,
        ),
        (
            "window of a stream over 2^31",
            vec![open(1), frame(WINDOW_UPDATE, 0, 1, &[0x7f, 0xff, 0xff, 0xff])],
            FLOW_CONTROL_ERROR,
        ),
        (
            "window update of an idle stream",
            vec![frame(WINDOW_UPDATE, 0, 5, &[0, 0, 0, 1])],
            PROTOCOL_ERROR,
        ),
        ("data on stream 0", vec![frame(DATA, 0, 0, b"x")], PROTOCOL_ERROR),
        ("data on an idle stream", vec![frame(DATA, 0, 1, b"x")], PROTOCOL_ERROR),
        (
            "padding longer than the data",
            vec![open(1), frame(DATA, PADDED, 1, &[9, 0, 0])],
            PROTOCOL_ERROR,
        ),
        (
            "data after the end",
            vec![frame(HEADERS, END_HEADERS | END_STREAM, 1, &head()), frame(DATA, 0, 1, b"x")],
            PROTOCOL_ERROR,
        ),
        ("headers on stream 0", vec![open(0)], PROTOCOL_ERROR),
        ("headers on an even stream", vec![open(2)], PROTOCOL_ERROR),
        ("headers of a lower stream", vec![open(5), open(3)], PROTOCOL_ERROR),
        (
            "headers with an index of 0",
            vec![frame(HEADERS, END_HEADERS, 1, &[0x80])],
            PROTOCOL_ERROR,
        ),
        (
            "headers with an unknown index",
            vec![frame(HEADERS, END_HEADERS, 1, &[0xff, 0xff, 0xff, 0xff, 0x07])],
            PROTOCOL_ERROR,
        ),
        (
            "headers with a table of 4 GiB",
            vec![frame(HEADERS, END_HEADERS, 1, &[0x3f, 0xe1, 0xff, 0xff, 0xff, 0x0f])],
            PROTOCOL_ERROR,
        ),
        (
            "headers cut off",
            vec![frame(HEADERS, END_HEADERS, 1, &[0x83, 0x86, 0x04, 0x7f, 0x20])],
            PROTOCOL_ERROR,
        ),
        (
            "padding longer than the headers",
            vec![frame(HEADERS, END_HEADERS | PADDED, 1, &[200, 0x83])],
            PROTOCOL_ERROR,
        ),
        (
            "stream that depends on itself",
            vec![frame(
                HEADERS,
                END_HEADERS | PRIORITIZED,
                1,
                &[&[0, 0, 0, 1, 16][..], &head()].concat(),
            )],
            PROTOCOL_ERROR,
        ),
        (
            "headers without a method",
            vec![frame(HEADERS, END_HEADERS, 1, &[0x86, 0x84])],
            PROTOCOL_ERROR,
        ),
        (
            "two paths",
            vec![frame(HEADERS, END_HEADERS, 1, &[0x83, 0x86, 0x84, 0x84])],
            PROTOCOL_ERROR,
        ),
        (
            "header in upper case",
            vec![frame(
                HEADERS,
                END_HEADERS,
                1,
                &[&head()[..], &[0x00, 1, b'A', 1, b'b']].concat(),
            )],
            PROTOCOL_ERROR,
        ),
        (
            "header of HTTP/1",
            vec![frame(
                HEADERS,
                END_HEADERS,
                1,
                &[&head()[..], &[0x00, 10], b"connection", &[5], b"close"].concat(),
            )],
            PROTOCOL_ERROR,
        ),
        (
            "header with a newline",
            vec![frame(
                HEADERS,
                END_HEADERS,
                1,
                &[&head()[..], &[0x00, 1, b'a', 3, b'b', b'\r', b'\n']].concat(),
            )],
            PROTOCOL_ERROR,
        ),
        (
            "continuation without headers",
            vec![frame(CONTINUATION, END_HEADERS, 1, b"")],
            PROTOCOL_ERROR,
        ),
        (
            "data before the end of the headers",
            vec![frame(HEADERS, 0, 1, &head()), frame(DATA, 0, 1, b"x")],
            PROTOCOL_ERROR,
        ),
        (
            "continuation of another stream",
            vec![frame(HEADERS, 0, 1, &head()), frame(CONTINUATION, END_HEADERS, 3, b"")],
            PROTOCOL_ERROR,
        ),
        ("reset of stream 0", vec![frame(RST_STREAM, 0, 0, &[0; 4])], PROTOCOL_ERROR),
        ("reset of an idle stream", vec![frame(RST_STREAM, 0, 1, &[0; 4])], PROTOCOL_ERROR),
        ("reset of 3 bytes", vec![open(1), frame(RST_STREAM, 0, 1, &[0; 3])], PROTOCOL_ERROR),
        (
            "push promise",
            vec![open(1), frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2])],
            PROTOCOL_ERROR,
        ),
        ("priority on stream 0", vec![frame(PRIORITY, 0, 0, &[0; 5])], PROTOCOL_ERROR),
        ("priority of 4 bytes", vec![frame(PRIORITY, 0, 1, &[0; 4])], PROTOCOL_ERROR),
        ("goaway on a stream", vec![frame(GOAWAY, 0, 1, &[0; 8])], PROTOCOL_ERROR),
        ("goaway of 7 bytes", vec![frame(GOAWAY, 0, 0, &[0; 7])], PROTOCOL_ERROR),
        ("frame of 1 MiB", vec![frame(DATA, 0, 1, &vec![0; 1 << 20])], FRAME_SIZE_ERROR),
        (
            "frame that claims 16 MiB",
            vec![vec![0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]],
            FRAME_SIZE_ERROR,
        ),
        (
            "10 000 continuations",
            [
                vec![frame(HEADERS, 0, 1, &head())],
                vec![frame(CONTINUATION, 0, 1, &[0x82; 100]); 10_000],
            ]
            .concat(),
            PROTOCOL_ERROR,
        ),
        (
            "10 000 streams that are reset at once",
            (0..10_000)
                .map(|at| {
                    [open(2 * at + 1), frame(RST_STREAM, 0, 2 * at + 1, &[0, 0, 0, 8])].concat()
                })
                .collect(),
            ENHANCE_YOUR_CALM,
        ),
    ]
    .into_iter()
    .map(|(name, frames, code)| {
        let request = Request::Http2(http2(&frames));
        Case::new(format!("HTTP/2: {name}"), request, Expected::Http2Error(code))
    })
    .collect();
    for (name, bytes) in [
        ("an HTTP/1 request", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()),
        ("zero bytes", vec![0; 64]),
        ("start of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("a wrong preface", b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_vec()),
    ] {
        let name = format!("HTTP/2: {name}");
        cases.push(Case::new(name, Request::Http2(bytes), Expected::Closed));
    }
    cases
}
