//! Standard output. It is written on a thread for blocking work, since its reader may stop.

use std::io::Write as _;

/// Prints a text and a newline. Completes when the text is written or standard output is closed. A
/// closed standard output doesn't end the program.
pub(crate) async fn print(text: String) {
    let written = tokio::task::spawn_blocking(move || {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    });
    // An error means that the runtime is shutting down.
    let _ = written.await;
}
