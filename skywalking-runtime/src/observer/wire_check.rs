//! Checks segments against the protocol's rules (`skywalking_proto::rules`) in tests.
//!
//! A violation in a segment of a test fails that test (`testing`). A segment that belongs to no
//! test comes from a program that a test started, or from a test that reads what a backend
//! received. A violation there can fail no test, so the process aborts if the variable is set.

use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use prost::Message as _;
use skywalking_proto::rules::{self, Violation};
use skywalking_proto::v3::SegmentObject;

/// Makes the process abort if a segment that no test opened breaks a rule. Set for the tests of
/// this workspace.
const VARIABLE: &str = "SW_TESTING_ABORT_ON_VIOLATION";

static ABORT: LazyLock<bool> = LazyLock::new(|| {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
});

/// Rules that segments without a test may break.
static ALLOWED: Mutex<Vec<&str>> = Mutex::new(Vec::new());

/// Allows segments without a test to break a rule until it is dropped.
#[derive(Debug)]
#[must_use = "the rule is allowed until the guard is dropped: write `let _allowed = ..`"]
pub struct Allowed {
    rule: &'static str,
}

impl Allowed {
    pub(crate) fn new(rule: &'static str) -> Self {
        ALLOWED.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
        Self { rule }
    }
}

impl Drop for Allowed {
    fn drop(&mut self) {
        let mut allowed = ALLOWED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(position) = allowed.iter().position(|rule| *rule == self.rule) {
            allowed.swap_remove(position);
        }
    }
}

/// Returns the rules that a segment breaks. Other bytes break none: the encoder's own tests check
/// its bytes.
pub(crate) fn violations(segment: &Bytes) -> Vec<Violation> {
    SegmentObject::decode(segment.clone())
        .map_or_else(|_| Vec::new(), |segment| rules::violations(&segment))
}

/// Prints the violations of a segment that belongs to no test, and aborts, if the variable is set.
pub(crate) fn abort_on_violation(segment: &Bytes) {
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
    // Not by a macro: output captured on a thread that a test started is lost with the process.
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "a segment breaks the protocol's rules, and {VARIABLE} is set:");
    for violation in found {
        let _ = writeln!(out, "  {}: {violation}", violation.rule.name());
    }
    let _ = writeln!(out, "{:#?}", SegmentObject::decode(segment.clone()));
    std::process::abort()
}
