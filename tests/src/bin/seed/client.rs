//! The client: service `RTS_Test`.

use std::sync::Arc;

use skywalking_runtime::{Agent, entry_span, exit_span, propagation::correlation};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::rpc::{Batch, Req, Rpc};
use crate::{CLIENT_ENTRY, Error, Shape};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Address of the server
    #[arg(long)]
    connect: String,
    /// Number of requests for each connection, sent one after the other
    #[arg(long, default_value_t = 1)]
    requests: u32,
    /// Number of connections, used concurrently
    #[arg(long, default_value_t = 1)]
    connections: u32,
    /// Put the client's name into the correlation context
    #[arg(long)]
    correlate: bool,
    /// Request a snapshot that does not exist
    #[arg(long)]
    fail: bool,
    /// Send this number of messages in one request
    #[arg(long)]
    batch: Option<i32>,
}

pub(crate) fn run(options: &Options, shape: Shape, agent: Agent) -> Result<(), Error> {
    let runtime = Runtime::new()?;
    let last = runtime.block_on(send(options.clone(), Arc::new(shape)))?;
    println!("answered, the last with: {last}");
    crate::end(agent);
    Ok(())
}

async fn send(options: Options, shape: Arc<Shape>) -> Result<String, Error> {
    if let Some(messages) = options.batch {
        let messages = (0..messages).map(|a| publish(&shape, a)).collect();
        return Rpc::dial(&options.connect).await?.call("Req.Batch", Batch { messages }).await;
    }
    let mut connections = JoinSet::new();
    for _ in 0..options.connections {
        let (options, shape) = (options.clone(), Arc::clone(&shape));
        connections.spawn(async move {
            let mut rpc = Rpc::dial(&options.connect).await?;
            let mut last = String::new();
            for _ in 0..options.requests {
                last = match on_snapshot(&shape, &mut rpc, &options).await {
                    Err(Error::Refused(reason)) => format!("error {reason}"),
                    answered => answered?,
                };
            }
            Ok::<_, Error>(last)
        });
    }
    let mut last = String::new();
    while let Some(done) = connections.join_next().await {
        last = done.map_err(std::io::Error::other)??;
    }
    Ok(last)
}

/// A request of a user. The user's program is not traced.
#[entry_span(name = shape.names.api.as_str(), layer = http)]
async fn on_snapshot(shape: &Shape, rpc: &mut Rpc, options: &Options) -> Result<String, Error> {
    if options.correlate {
        correlation::put(CLIENT_ENTRY.0, CLIENT_ENTRY.1);
    }
    let req = Req { a: if options.fail { -1 } else { 3 }, header: String::new() };
    match shape {
        Shape { merged: true, .. } => by_middleware(shape, rpc, req).await,
        Shape { mq: true, .. } => by_message(shape, rpc, req).await,
        _ => snapshot(shape, rpc, req).await,
    }
}

/// Merges with the span of `snapshot`, which has another peer.
#[exit_span(name = "/middleware", peer = "RTS_Middleware", layer = http)]
async fn by_middleware(shape: &Shape, rpc: &mut Rpc, req: Req) -> Result<String, Error> {
    snapshot(shape, rpc, req).await
}

#[exit_span(name = shape.names.call.as_str(), peer = shape.names.peer.as_str(), layer = rpc, inject = req)]
async fn snapshot(shape: &Shape, rpc: &mut Rpc, mut req: Req) -> Result<String, Error> {
    rpc.call("Req.Snapshot", &req).await
}

#[exit_span(name = shape.names.call.as_str(), peer = shape.names.peer.as_str(), layer = mq, inject = req)]
async fn by_message(shape: &Shape, rpc: &mut Rpc, mut req: Req) -> Result<String, Error> {
    rpc.call("Req.Snapshot", &req).await
}

/// Creates a message for a batch.
#[entry_span(name = "/API/Publish", layer = http)]
fn publish(shape: &Shape, a: i32) -> Req {
    message(shape, Req { a, header: String::new() })
}

#[exit_span(name = "/Service/Publish", peer = shape.names.peer.as_str(), layer = rpc, inject = req)]
fn message(shape: &Shape, mut req: Req) -> Req {
    req
}
