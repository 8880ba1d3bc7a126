//! The smallest traced program. It needs no backend: each request is reported as a line of JSON on
//! standard error.

use skywalking_runtime::{Config, Error, config::Reporter, entry_span, local_span};

#[entry_span(name = "/hello", layer = http)]
pub(crate) fn hello(name: &str) -> String {
    greeting(name)
}

#[local_span(name = "greeting", tags("user" = name))]
fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

fn main() -> Result<(), Error> {
    // With a backend, use `skywalking_runtime::init()?`. It reads the SW_AGENT_* variables.
    let _agent = Config::new("hello").reporter(Reporter::Log).start()?;
    println!("{}", hello("world"));
    Ok(()) // dropping `_agent` reports the remaining spans
}
