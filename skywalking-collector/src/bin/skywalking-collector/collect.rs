//! Collects until Ctrl-C or SIGTERM.
//!
//! On start it prints two lines, `grpc listening on ADDRESS` and `http listening on ADDRESS`, with
//! the ports that were bound. Other programs may parse them. At the end it prints the counters.

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use skywalking_collector::Collector;

use crate::error::Error;
use crate::options::Options;
use crate::output::print;
use crate::{browser, signals, watch};

/// How long the final output may take.
const FINAL_OUTPUT: Duration = Duration::from_secs(1);

/// Collects until a signal arrives.
pub(crate) async fn run(options: Options) -> Result<(), Error> {
    // Signals are handled from here on, also during the start.
    let signalled = signals::interrupt_or_terminate();
    let (watch, open) = (options.watch, options.open.then(|| options.scheme()));
    let collector = options.builder()?.start().await?;
    tokio::select! {
        () = signalled => {}
        never = serve(&collector, watch, open) => match never {},
    }
    let map =
        if watch { watch::map(&collector).trim_end().to_owned() + "\n" } else { String::new() };
    let stats = collector.shutdown().await;
    // A stopped reader of standard output must not delay the exit.
    let _ = tokio::time::timeout(FINAL_OUTPUT, print(format!("{map}ended; {stats}"))).await;
    Ok(())
}

/// Prints the addresses, opens the pages by the scheme `open` if it is set, then prints new traces
/// if `watch` is set.
async fn serve(collector: &Collector, watch: bool, open: Option<&str>) -> Infallible {
    let (grpc, http) = (collector.grpc_addr(), collector.http_addr());
    print(format!("grpc listening on {grpc}\nhttp listening on {http}")).await;
    if let Some(scheme) = open {
        browser::open(&format!("{scheme}://{}/", local(http))).await;
    }
    if watch { watch::traces(collector).await } else { std::future::pending().await }
}

/// Returns the address by which this machine reaches a bound address.
fn local(bound: SocketAddr) -> SocketAddr {
    let ip = match bound {
        SocketAddr::V4(address) if address.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(address) if address.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other.ip(),
    };
    SocketAddr::new(ip, bound.port())
}
