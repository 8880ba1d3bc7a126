//! What holds the right uses to their spans: [`spans`] runs a piece of work and compares what it
//! traced, as text.
//!
//! The rest of this package are tests. `fail/` holds one file for each misuse of the macros, with
//! every word that rustc answers; `tests/ui.rs` drives them. `pass/` holds unusual right uses, a
//! file a shape, in one test target. `crates/` holds those that need a crate of their own.

use std::cell::Cell;
use std::fmt::Write as _;
use std::panic;
use std::sync::Once;

pub use futures::executor::block_on;
use skywalking_runtime::testing;

/// The traces that a piece of work made.
#[derive(Debug)]
#[must_use = "nothing is compared until `are`"]
pub struct Spans(String);

/// Runs `work` and keeps the spans that it made.
///
/// # Panics
///
/// If a span is still open afterwards, or breaks a rule of the wire.
pub fn spans<R>(work: impl FnOnce() -> R) -> Spans {
    spans_that_break(&[], work)
}

/// [`spans`] that may break these rules of the wire: what can be written is more than what a
/// backend can make something of.
///
/// # Panics
///
/// As [`spans`].
pub fn spans_that_break<R>(rules: &[&'static str], work: impl FnOnce() -> R) -> Spans {
    install_quiet_hook();
    let trees = rules.iter().fold(testing::Test::new(), |test, rule| test.allow(rule)).run(work);
    assert!(testing::is_idle(), "a span was left open on this thread");
    Spans(testing::text(&trees))
}

impl Spans {
    /// Compares all of them with the expected text; the indentation that all expected lines have in
    /// common does not count.
    ///
    /// # Panics
    ///
    /// If they are others.
    #[track_caller]
    pub fn are(self, expected: &str) {
        let lines = || expected.lines().filter(|line| !line.trim().is_empty());
        let common =
            lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
        let expected = lines().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{}", &line[common..]);
            text
        });
        assert_eq!(
            self.0, expected,
            "the spans that were made, and those that were expected:\n{}\n{expected}",
            self.0
        );
    }
}

/// Runs `work`, whose panics are wanted: their words stay off the screen.
pub fn quietly<R>(work: impl FnOnce() -> R) -> R {
    QUIET.set(true);
    let result = work();
    QUIET.set(false);
    result
}

thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });

/// Before any tracer starts: its own hook, which remembers what was said, then comes first and
/// calls this one.
fn install_quiet_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                loud(info);
            }
        }));
    });
}
