//! The smallest traced program: it needs no backend, each request becomes one line of JSON on
//! standard error.

use skywalking_runtime::{Config, Error, Reporter, entry_span, local_span};

#[entry_span(name = "/hello", layer = http)]
pub(crate) fn hello(name: &str) -> String {
    greeting(name)
}

#[local_span(name = "greeting", tags("user" = name))]
fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

fn main() -> Result<(), Error> {
    // For a backend: `skywalking_runtime::init()?`, which reads the SW_AGENT_* variables.
    let _agent = Config::new("hello").reporter(Reporter::Log).start()?;
    println!("{}", hello("world"));
    Ok(()) // dropping `_agent` reports what is left
}
