//! Measures the cost of a tracing layer for an axum server. The variants are a bare route, the same
//! with our layer, and with those of others, all in one run.
//!
//! ```text
//! cargo run --release --manifest-path benches/http-peers/Cargo.toml [-- show]
//! ```
//!
//! prints the table as Markdown, or with `show` the spans of a single request of each variant.
//! `docs/http-overhead.md` explains the table. The program checks only that every span arrived.

mod app;
// Shared with the bench `instructions` of the workspace.
#[path = "../../instructions/callgrind.rs"]
mod callgrind;
mod calls;
mod instructions;
mod rounds;
mod sockets;
mod table;
mod variants;

use std::error::Error;
use std::process::ExitCode;

use app::Client;
use variants::{Sink, Variant};

/// An error is printed and ends the program.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => measure(),
        ["show"] => show(),
        // Callgrind runs one variant with this number of rounds.
        ["count", variant, rounds] => instructions::work(variant, rounds),
        _ => Err("usage: http-peers [show]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Outcome<()> {
    let instructions = instructions::measure()?;
    let variants = Variant::ALL.map(|variant| (variant, variant.start(Sink::Count)));
    let calls = calls::measure(&variants)?;
    let sockets = sockets::measure(&variants)?;
    table::print(&calls, &sockets, &instructions);
    Ok(())
}

fn show() -> Outcome<()> {
    for variant in Variant::ALL {
        eprintln!("{}", variant.name());
        let started = variant.start(Sink::Show);
        let mut client = Client::new(started.layered(app::hello()))?;
        client.call()?;
        started.flush();
    }
    Ok(())
}
