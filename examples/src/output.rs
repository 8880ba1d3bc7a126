//! Output: results on standard output, logs on standard error.

use std::io::Write as _;

use tracing::level_filters::LevelFilter;

/// Prints a line and flushes it. Ignores a closed standard output.
pub fn print_line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Which events are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Warnings and errors, such as one line a minute while the backend is unreachable.
    Quiet,
    /// Also the progress of the program.
    Verbose,
}

/// Logs `tracing` events to standard error, including those of the runtime. Call it once.
pub fn init_logging(verbosity: Verbosity) {
    let level = match verbosity {
        Verbosity::Quiet => LevelFilter::WARN,
        Verbosity::Verbose => LevelFilter::INFO,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}
