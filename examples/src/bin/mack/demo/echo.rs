//! The end of the chain: returns the request body. It is not traced, so the service map shows it as
//! a guessed peer.

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::error::Error;

/// Starts the server on a free port and returns its URL. It ends with the runtime.
pub(super) async fn start() -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::Echo)?;
    let address = listener.local_addr().map_err(Error::Echo)?;
    let app = Router::new().route("/echo", post(async |body: Bytes| body));
    tokio::spawn(axum::serve(listener, app).into_future());
    Ok(format!("http://{address}/echo"))
}
