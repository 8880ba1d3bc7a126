//! A trace and the map as text, with stable names in place of addresses.

use skywalking_collector::TraceView;
use skywalking_tests::shown;

use crate::chain::programs::Mack;
use crate::chain::stage::{NOBODY, Stage};

/// A line a span, without ids and times.
pub(crate) fn tree(trace: &TraceView, macks: &[Mack], stage: &Stage) -> String {
    shown::tree(trace, |address| name(address, macks, stage))
}

/// Who calls whom.
pub(crate) fn map(macks: &[Mack], stage: &Stage) -> String {
    shown::map(&stage.collector.topology(), |address| name(address, macks, stage))
}

/// Each mack's address is its name, the echo's is `echo`, and any other is `client`: the port of a
/// connection.
fn name(address: &str, macks: &[Mack], stage: &Stage) -> &'static str {
    if address == NOBODY {
        return "nobody";
    }
    if address == stage.echo.to_string() {
        return "echo";
    }
    macks.iter().find(|mack| mack.address == address).map_or("client", |mack| mack.service)
}
