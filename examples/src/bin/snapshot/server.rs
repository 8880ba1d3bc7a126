//! The server: service `Service_Test`.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use skywalking_examples::{listen_address, print_line, termination};
use skywalking_runtime::{Carrier, entry_span, exit_span};
use tokio::net::TcpListener;

use crate::error::Error;
use crate::role::{self, Reporting};
use crate::rpc::{Request, Rpc};

/// The message. A client without tracing omits the header.
#[derive(Debug, Carrier, Serialize, Deserialize)]
struct ReqBody {
    a: i32,
    #[carrier]
    #[serde(default)]
    header: String,
}

/// Continues the trace of the message.
#[entry_span(name = "/Service/OnSnapshot/QueringSnapshot", layer = rpc, extract = req)]
async fn querying_snapshot(req: ReqBody) -> String {
    query_database(req.a).await;
    "Return Snapshot Info".to_owned()
}

/// Calls the database. It is not traced, so no context is injected.
#[exit_span(
    name = "/database/QuerySnapshot",
    peer = "APIService",
    layer = database,
    tags("db.type" = "sql", "db.statement" = "SELECT info FROM snapshot WHERE a = ?")
)]
async fn query_database(_a: i32) {
    // Simulates the database.
    tokio::time::sleep(Duration::from_millis(6)).await;
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Address to listen on (port 0 selects a free port)
    #[arg(long, value_name = "IP:PORT", value_parser = listen_address)]
    listen: SocketAddr,
    #[command(flatten)]
    reporting: Reporting,
}

/// The prefix of the line with the address.
pub(crate) const LISTENING: &str = "listening on ";

/// Serves until termination, then reports the remaining spans.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    role::run(&role::SERVER, &options.reporting, until_termination(options))
}

async fn until_termination(options: &Options) -> Result<(), Error> {
    tokio::select! {
        failed = serve(options.listen) => failed,
        () = termination(options.reporting.parent()) => Ok(()),
    }
}

async fn serve(address: SocketAddr) -> Result<(), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    print_line(&format!("{LISTENING}{}", listener.local_addr().map_err(failed)?));
    loop {
        let (stream, peer) = listener.accept().await?;
        tokio::spawn(async move {
            // An error of one client doesn't affect the others.
            if let Err(error) = handle(Rpc::new(stream)).await {
                tracing::warn!(%peer, %error, "closed a connection");
            }
        });
    }
}

async fn handle(mut rpc: Rpc) -> Result<(), Error> {
    while let Some(Request { method, body }) = rpc.next().await? {
        match method.as_str() {
            "Req.Snapshot" => {
                let info = querying_snapshot(serde_json::from_value(body)?).await;
                rpc.respond(info).await?;
            }
            _ => return Err(Error::UnknownMethod(method)),
        }
    }
    Ok(())
}
