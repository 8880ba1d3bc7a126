//! Standard output.

use std::io::{ErrorKind, Write as _};

use crate::error::Error;

/// Prints a text and a newline, on a thread for blocking work, since the reader may stop. Completes
/// when the text is written or standard output is closed. A closed standard output doesn't end the
/// program.
pub(crate) async fn print(text: String) {
    let written = tokio::task::spawn_blocking(move || {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    });
    // An error means that the runtime is shutting down.
    let _ = written.await;
}

/// Writes a text.
///
/// # Errors
///
/// Returns [`Error::OutputClosed`] if the reader has gone, and [`Error::Output`] for other errors.
pub(crate) fn write(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Error::OutputClosed,
        _ => Error::Output(error),
    })
}
