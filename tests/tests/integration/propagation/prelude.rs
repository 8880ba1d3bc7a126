//! Code that the tests share: callsites, and headers of other processes.

pub(crate) use base64::Engine as _;
pub(crate) use base64::engine::general_purpose::STANDARD;
pub(crate) use skywalking_runtime::testing::{self, Test, is_idle, run, run_async, text};
pub(crate) use skywalking_runtime::{
    Callsite, Carrier, TracedFuture as _, callsite, current, entry_span,
    propagation::{capture, correlation, inject},
    span,
    stats::{self, Diagnostic},
};

pub(crate) static ENTRY: Callsite = callsite!(entry, "/entry");
pub(crate) static CONSUME: Callsite = callsite!(entry, "consume", layer = mq);
pub(crate) static CALL: Callsite = callsite!(exit, "call", peer = "other:1");
pub(crate) static PRODUCE: Callsite = callsite!(exit, "produce", peer = "broker:1", layer = mq);
pub(crate) static PART: Callsite = callsite!(local, "part");

/// Returns the header of another process with this number.
pub(crate) fn sw8(number: u32) -> String {
    let part = |text: &str| STANDARD.encode(text);
    format!(
        "1-{}-{}-3-{}-{}-{}-{}",
        part(&format!("trace.{number}")),
        part(&format!("segment.{number}")),
        part("upstream"),
        part("upstream-1"),
        part("/upstream"),
        part("here:1")
    )
}

/// Returns a carrier of lines.
pub(crate) fn lines(headers: &[(&str, &str)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join("\n")
}

/// Returns the headers that a child of the current span sends.
pub(crate) fn sent_by(callsite: &'static Callsite) -> String {
    let mut headers = String::new();
    let _exit = span(callsite).enter();
    inject(&mut headers);
    headers
}

/// Returns the value of a header in a carrier of lines.
pub(crate) fn header<'a>(carrier: &'a str, name: &str) -> Option<&'a str> {
    carrier.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}
