//! The server: service `Service_Test`.

use std::sync::Arc;

use skywalking_runtime::{Agent, current, entry_span, exit_span, propagation::correlation};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::rpc::{Batch, Req, Request, Rpc};
use crate::{CLIENT_ENTRY, Error, Shape};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Address to listen on
    #[arg(long)]
    listen: String,
}

pub(crate) fn run(options: &Options, shape: Shape, agent: Agent) -> Result<(), Error> {
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind(&options.listen))?;
    println!("listening on {}", listener.local_addr()?);
    runtime.spawn(serve(listener, Arc::new(shape)));
    crate::end(agent);
    Ok(())
}

async fn serve(listener: TcpListener, shape: Arc<Shape>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shape = Arc::clone(&shape);
        tokio::spawn(async move {
            if let Err(error) = answer(Rpc(stream), &shape).await {
                eprintln!("closed a connection: {error}");
            }
        });
    }
}

async fn answer(mut rpc: Rpc, shape: &Shape) -> Result<(), Error> {
    while let Some(Request { method, body }) = rpc.next().await? {
        let outcome = match method.as_str() {
            "Req.Snapshot" if shape.merged => {
                by_middleware(shape, serde_json::from_value(body)?).await
            }
            "Req.Snapshot" => quering_snapshot(shape, serde_json::from_value(body)?).await,
            "Req.Batch" => Ok(consume(&serde_json::from_value::<Batch>(body)?.messages)),
            _ => Err(Error::Refused(format!("unknown method {method}"))),
        };
        rpc.answer(outcome).await?;
    }
    Ok(())
}

/// Merges with the span of `quering_snapshot`, which reads the same header again. The name is that
/// of the inner span.
#[entry_span(name = "/middleware", layer = http, extract = req)]
async fn by_middleware(shape: &Shape, req: Req) -> Result<String, Error> {
    quering_snapshot(shape, req).await
}

#[entry_span(name = shape.names.query.as_str(), layer = rpc, extract = req)]
async fn quering_snapshot(shape: &Shape, req: Req) -> Result<String, Error> {
    if let Some(by) = correlation::get(CLIENT_ENTRY.0) {
        current().tag("correlation.seed.by", by.as_str());
    }
    if shape.twice {
        current().tag("seed.step", "first");
        current().tag("seed.step", "second");
    }
    if req.a < 0 {
        return Err(Error::Refused(format!("no snapshot of {}", req.a)));
    }
    query_database();
    Ok("Return Snapshot Info".to_owned())
}

#[exit_span(name = "/database/QuerySnapshot", peer = "APIService", layer = database, tags("db.type" = "sql", "db.statement" = "SELECT 1"))]
fn query_database() {}

#[entry_span(name = "/Service/Consume", layer = rpc, extract_each = messages)]
fn consume(messages: &[Req]) -> String {
    format!("consumed {}", messages.len())
}
