//! Helpers for the tests of the macros: [`spans`] runs a closure and compares its spans as text.
//!
//! The rest of this package is tests:
//!
//! - `fail/`: one file for each misuse, with the complete output of rustc
//! - `pass/`: unusual but correct use, in one test target
//! - `crates/`: use that needs a crate of its own
//! - `tests/ui`: runs `fail/`, and compares the reports of rustc and clippy with and without the
//!   attributes

use std::cell::Cell;
use std::fmt::Write as _;
use std::panic;
use std::sync::Once;

pub use futures::executor::block_on;
use skywalking_runtime::testing;

/// The traces of a closure.
#[derive(Debug)]
#[must_use = "nothing is compared until `are`"]
pub struct Spans(String);

/// Runs `work` and collects its spans.
///
/// # Panics
///
/// Panics if a span is still open afterwards, or violates a rule of the protocol.
pub fn spans<R>(work: impl FnOnce() -> R) -> Spans {
    spans_that_break(&[], work)
}

/// Like [`spans`], and allows violations of these rules of the protocol: a program can record more
/// than a backend can process.
///
/// # Panics
///
/// Panics as [`spans`] does.
pub fn spans_that_break<R>(rules: &[&'static str], work: impl FnOnce() -> R) -> Spans {
    install_quiet_hook();
    let trees = rules.iter().fold(testing::Test::new(), |test, rule| test.allow(rule)).run(work);
    assert!(testing::is_idle(), "a span was left open on this thread");
    Spans(testing::text(&trees))
}

impl Spans {
    /// Compares the spans with the expected text, whose common indentation is ignored.
    ///
    /// # Panics
    ///
    /// Panics if they differ.
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
            "the actual spans, then the expected ones:\n{}\n{expected}",
            self.0
        );
    }
}

/// Runs `work` without printing the messages of its panics.
pub fn quietly<R>(work: impl FnOnce() -> R) -> R {
    QUIET.set(true);
    let result = work();
    QUIET.set(false);
    result
}

thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });

/// Installs a panic hook that prints nothing inside [`quietly`]. It must be installed before the
/// tracer's hook, which calls it.
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

/// Compiles the example in the README of `skywalking-macros`, which cannot depend on the runtime.
#[cfg(doctest)]
#[doc = include_str!("../../skywalking-macros/README.md")]
struct ReadmeOfMacros;
