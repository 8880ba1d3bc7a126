//! A transport of your own: it writes each segment to a file, as 4 bytes with its length and the
//! bytes of its `SegmentObject`.
//!
//! ```text
//! cargo run --bin transport -- segments.bin
//! ```
//!
//! Points to note:
//!
//! * `send` may block, as the writes to the file do here. It runs on a thread of the agent, and its
//!   deadline is `Config::batch_timeout`.
//! * After a failed write the file may have a part of the batch, so the outcome is `Unconfirmed`. The
//!   agent sends a batch again only if the outcome is `NotSent`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::Parser;
use skywalking_examples::print_line;
use skywalking_runtime::transport::{Batch, Outcome, Signal, Transport};
use skywalking_runtime::{Config, entry_span};

struct SegmentFile(Mutex<File>);

impl Transport for SegmentFile {
    async fn send(&self, batch: Batch) -> Outcome {
        // A file has no use for properties and heartbeats.
        if batch.signal() != Signal::Segments {
            return Outcome::Confirmed;
        }
        let mut bytes = Vec::new();
        for message in batch.messages() {
            let Ok(length) = u32::try_from(message.payload().len()) else {
                return Outcome::Refused(format!("segment {} is over 4 GiB", message.key()));
            };
            bytes.extend(length.to_be_bytes());
            bytes.extend(message.payload());
        }
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match file.write_all(&bytes).and_then(|()| file.flush()) {
            Ok(()) => Outcome::Confirmed,
            Err(error) => Outcome::Unconfirmed(format!("the file can't be written: {error}")),
        }
    }

    fn address(&self) -> String {
        "a file".to_owned()
    }
}

#[entry_span(name = "/hello", tags("number" = number))]
fn hello(number: u32) {}

/// Writes segments to a file, each after its length in 4 bytes.
#[derive(Debug, Parser)]
#[command(name = "transport", version)]
struct Options {
    /// File to append to
    file: PathBuf,
    /// Number of segments
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    segments: u32,
}

/// The errors of the program.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Agent(#[from] skywalking_runtime::Error),
    #[error("can't open {path:?}: {source}. Give a file that can be written")]
    Open { path: PathBuf, source: io::Error },
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("transport: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Error> {
    let opened = OpenOptions::new().create(true).append(true).open(&options.file);
    let file = opened.map_err(|source| Error::Open { path: options.file, source })?;
    let agent = Config::new("transport").transport(SegmentFile(Mutex::new(file))).start()?;
    (0..options.segments).for_each(hello);
    let report = agent.shutdown(Duration::from_secs(5));
    print_line(&format!("sent {}, dropped {}", report.sent, report.dropped.total()));
    Ok(())
}
