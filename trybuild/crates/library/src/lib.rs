//! A library on the light core. Its spans are recorded in programs that enable the agent; in all
//! others its functions are as they would be without the attributes.

use skywalking_runtime::{Carrier, current, exit_span, local_span, trace_id};

/// A message with the headers of a trace.
#[derive(Carrier, Debug, Default)]
pub struct Order {
    #[carrier(header = "sw8")]
    context: String,
}

impl Order {
    /// True if the order carries the context of a trace.
    pub fn is_traced(&self) -> bool {
        !self.context.is_empty()
    }
}

/// Sends an order. Returns the id of the trace that it belongs to.
#[exit_span(name = "/orders/send", peer = "stock:8080", layer = rpc, inject = order)]
pub async fn send(order: &mut Order, count: u32) -> Option<String> {
    current().tag("packed", pack(count));
    if order.is_traced() { trace_id() } else { None }
}

/// Packs an order.
#[local_span(name = "pack", tags("count" = count))]
fn pack(count: u32) -> u32 {
    count.div_ceil(10)
}
