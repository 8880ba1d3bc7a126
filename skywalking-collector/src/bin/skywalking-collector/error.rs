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
}
