//! The two services of the seed scenario with the crate `skywalking`: RTS_Test calls Service_Test.
//! Each works with the other service of any other agent, by frames of a length (four bytes) and
//! JSON.
//!
//! The program does not use our toolkit. It ends when its standard input ends, so it never outlives
//! the test. The agent has no sampler and no correlation context, so there are no options for them.

mod client;
mod rpc;
mod server;

use std::collections::HashMap;

use skywalking::reporter::grpc::GrpcReporter;
use skywalking::trace::tracer::Tracer;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The arguments: `--name value`, and the switches `--fail` and `--twice`.
struct Options {
    values: HashMap<String, String>,
    fail: bool,
    twice: bool,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Self {
        let (mut values, mut fail, mut twice) = (HashMap::new(), false, false);
        while let Some(word) = words.next() {
            if word == "--fail" {
                fail = true;
            } else if word == "--twice" {
                twice = true;
            } else if let Some(value) = words.next() {
                values.insert(word, value);
            }
        }
        Self { values, fail, twice }
    }

    fn value(&self, name: &str) -> Result<&str, Failed> {
        self.values.get(name).map(String::as_str).ok_or_else(|| format!("{name} is missing").into())
    }

    fn number(&self, name: &str, without: u32) -> Result<u32, Failed> {
        self.values.get(name).map_or(Ok(without), |value| value.parse().map_err(Failed::from))
    }

    /// Returns the name, followed by `more` as often as the option sets.
    fn named(&self, name: &str, more: &str) -> Result<String, Failed> {
        Ok(format!("{name}{}", more.repeat(self.number("--long", 0)? as usize)))
    }
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut words = std::env::args().skip(1);
    let role = words.next().unwrap_or_default();
    let options = Options::read(words);
    let service = match role.as_str() {
        "client" => "RTS_Test",
        "server" => "Service_Test",
        _ => return Err("usage: crateseed client|server OPTIONS".into()),
    };
    let connected = GrpcReporter::connect(format!("http://{}", options.value("--backend")?)).await;
    let reporter = connected.map_err(|error| error.to_string())?;
    tokio::spawn(reporter.reporting().await.spawn());
    let tracer = Tracer::new(service, format!("{service}_1"), reporter);
    let outcome = tokio::select! {
        served = server::run(&tracer, &options), if role == "server" => served,
        sent = client::run(&tracer, &options), if role == "client" => sent,
        () = end() => return Ok(()),
    };
    outcome?;
    end().await;
    Ok(())
}

/// Returns when standard input ends.
async fn end() {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop(end);
    });
    let _ = ended.await;
}
