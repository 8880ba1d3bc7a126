//! The server: service `Service_Test`.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use skywalking_examples::{asked_to_end, listen_address, say};
use skywalking_runtime::{Carrier, entry_span, exit_span};
use tokio::net::TcpListener;

use crate::error::Error;
use crate::role::{self, Reporting};
use crate::rpc::{Request, Rpc};

/// The message as the server reads it; a client that is not traced leaves out the header.
#[derive(Debug, Carrier, Serialize, Deserialize)]
struct ReqBody {
    a: i32,
    #[carrier]
    #[serde(default)]
    header: String,
}

/// Goes on with the trace that the message carries.
#[entry_span(name = "/Service/OnSnapshot/QueringSnapshot", layer = rpc, extract = req)]
async fn quering_snapshot(req: ReqBody) -> String {
    query_database(req.a).await;
    "Return Snapshot Info".to_owned()
}

/// A call that takes no context along: the database is not traced.
#[exit_span(
    name = "/database/QuerySnapshot",
    peer = "APIService",
    layer = database,
    tags("db.type" = "sql", "db.statement" = "SELECT info FROM snapshot WHERE a = ?")
)]
async fn query_database(_a: i32) {
    // Stands for the database.
    tokio::time::sleep(Duration::from_millis(6)).await;
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where to listen (port 0 takes a free one)
    #[arg(long, value_name = "IP:PORT", value_parser = listen_address)]
    listen: SocketAddr,
    #[command(flatten)]
    reporting: Reporting,
}

/// How the line begins that says where the server listens.
pub(crate) const LISTENING: &str = "listening on ";

/// Serves until it is asked to end; then reports what is left.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    role::run(&role::SERVER, &options.reporting, until_asked_to_end(options))
}

async fn until_asked_to_end(options: &Options) -> Result<(), Error> {
    tokio::select! {
        failed = serve(options.listen) => failed,
        () = asked_to_end(options.reporting.parent()) => Ok(()),
    }
}

async fn serve(address: SocketAddr) -> Result<(), Error> {
    let refused = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    say(&format!("{LISTENING}{}", listener.local_addr().map_err(refused)?));
    loop {
        let (stream, peer) = listener.accept().await?;
        tokio::spawn(async move {
            // One client's trouble is no other's.
            if let Err(error) = answer(Rpc::over(stream)).await {
                tracing::warn!(%peer, %error, "a connection was closed");
            }
        });
    }
}

async fn answer(mut rpc: Rpc) -> Result<(), Error> {
    while let Some(Request { method, body }) = rpc.next().await? {
        match method.as_str() {
            "Req.Snapshot" => {
                let info = quering_snapshot(serde_json::from_value(body)?).await;
                rpc.answer(info).await?;
            }
            _ => return Err(Error::NoMethod(method)),
        }
    }
    Ok(())
}
