//! Checks segments against the protocol's rules (`skywalking_proto::rules`) in tests.
//!
//! A violation in a segment of a test fails that test (`testing`). Other segments come from
//! programs that tests start, and from tests that read what a backend received. No test could fail
//! for them, so the process aborts if the variable is set.

use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use prost::Message as _;
use skywalking_proto::rules::{self, Violation};
use skywalking_proto::v3::SegmentObject;

/// A process that has this variable ends by SIGABRT when a segment that no test opened breaks a
/// rule. Set for the tests of this workspace.
const VARIABLE: &str = "SW_TESTING_ABORT_ON_VIOLATION";

static ABORT: LazyLock<bool> = LazyLock::new(|| {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
});

/// The rules that segments of no test may break.
static ALLOWED: Mutex<Vec<&str>> = Mutex::new(Vec::new());

/// From now on a segment of no test may break this rule.
pub(crate) fn allow(rule: &'static str) {
    ALLOWED.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
}

/// What a segment breaks. What is no segment breaks nothing: the encoder's own tests hold its
/// bytes.
pub(crate) fn violations(segment: &Bytes) -> Vec<Violation> {
    SegmentObject::decode(segment.clone())
        .map_or_else(|_| Vec::new(), |segment| rules::violations(&segment))
}

/// Says what it breaks, and ends the process, if that is wanted.
pub(crate) fn of_no_test(segment: &Bytes) {
    if !*ABORT {
        return;
    }
    let mut found = violations(segment);
    if !found.is_empty() {
        let allowed = ALLOWED.lock().unwrap_or_else(PoisonError::into_inner);
        found.retain(|found| !allowed.contains(&found.rule.name()));
    }
    if found.is_empty() {
        return;
    }
    // Not by a macro: what those print on a thread that a test started is lost with the process.
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "a segment breaks the rules of the wire, and {VARIABLE} is set:");
    for violation in found {
        let _ = writeln!(out, "  {}: {violation}", violation.rule.name());
    }
    let _ = writeln!(out, "{:#?}", SegmentObject::decode(segment.clone()));
    std::process::abort()
}
