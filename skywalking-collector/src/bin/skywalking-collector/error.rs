//! Errors of the program.

use std::io;
use std::path::PathBuf;

/// Why the program exits with a failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Collector(#[from] skywalking_collector::Error),
    #[error("can't start a thread: {0}. Raise the limits for threads and memory")]
    Runtime(io::Error),
    #[error("SW_COLLECTOR_TOKEN is not UTF-8: use visible ASCII characters")]
    TokenEncoding,
    #[error("can't read the token from {path}: {source}. Set --token-file to a text file that contains only the token", path = .path.display())]
    TokenFile { path: PathBuf, source: io::Error },
    #[error("SW_COLLECTOR_TOKEN and --token-file are both set: remove one of them")]
    TwoTokens,
    #[error("the token contains characters that a header can't hold: use visible ASCII characters")]
    TokenCharacters,
    #[error(
        "can't reach the collector at {url}: {source}. Start it with `skywalking-collector`, or set --url (SW_COLLECTOR_URL)"
    )]
    Unreachable { url: String, source: io::Error },
    #[error(
        "the collector at {url} requires its token: set SW_COLLECTOR_TOKEN, or --token-file (SW_COLLECTOR_TOKEN_FILE)"
    )]
    TokenRequired { url: String },
    #[error(
        "the collector at {url} has another token: correct SW_COLLECTOR_TOKEN, or --token-file (SW_COLLECTOR_TOKEN_FILE)"
    )]
    TokenRefused { url: String },
    /// The collector answered with a 404.
    #[error("{0}")]
    NotStored(String),
    /// The collector answered with another error.
    #[error("{0}")]
    Refused(String),
    #[error(
        "{url} does not answer like a collector of this version: {reason}. Set --url (SW_COLLECTOR_URL) to its HTTP address"
    )]
    Answer { url: String, reason: String },
    #[error("can't write to standard output: {0}")]
    Output(io::Error),
    /// The reader of standard output has gone, as `head` does. Not a failure.
    #[error("standard output is closed")]
    OutputClosed,
}
