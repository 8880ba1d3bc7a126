//! What a program says: its results on standard output, diagnostics on standard error.

use std::io::Write as _;

use tracing::level_filters::LevelFilter;

/// Prints a line at once. One that reads no more is no reason to end, let alone to panic.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// How much of the diagnostics is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What went wrong: with a backend that is away, for one, a line a minute says so.
    Warnings,
    /// Also what was done.
    Everything,
}

/// Shows `tracing` events on standard error, those of the runtime among them. To be called once.
pub fn show_diagnostics(detail: Detail) {
    let level = match detail {
        Detail::Warnings => LevelFilter::WARN,
        Detail::Everything => LevelFilter::INFO,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}
