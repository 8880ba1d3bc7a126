//! Standard output, written on a thread that may block: who reads it may stop for a while.

use std::io::Write as _;

/// Prints a text and the end of its line. Comes back when it is written, or nobody reads any more,
/// which is no reason to end.
pub(crate) async fn say(text: String) {
    let written = tokio::task::spawn_blocking(move || {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    });
    // The runtime ends, and the program with it.
    let _ = written.await;
}
