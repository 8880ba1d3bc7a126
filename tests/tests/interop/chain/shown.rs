//! Formats a trace and the map as text, with stable names instead of addresses.

use skywalking_collector::TraceView;
use skywalking_tests::shown;

use crate::chain::programs::Mack;
use crate::chain::stage::{NOBODY, Stage};

/// Formats a trace with one line for each span, without ids and times.
pub(crate) fn tree(trace: &TraceView, macks: &[Mack], stage: &Stage) -> String {
    shown::tree(trace, |address| name(address, macks, stage))
}

/// Formats the calls between services.
pub(crate) fn map(macks: &[Mack], stage: &Stage) -> String {
    shown::map(&stage.collector.topology(), |address| name(address, macks, stage))
}

/// Returns the name of a mack for its address, `echo` for that of the echo server, and `client` for
/// any other, which is the port of a connection.
fn name(address: &str, macks: &[Mack], stage: &Stage) -> &'static str {
    if address == NOBODY {
        return "nobody";
    }
    if address == stage.echo.address.to_string() {
        return "echo";
    }
    macks.iter().find(|mack| mack.address == address).map_or("client", |mack| mack.service)
}
