//! The service: an axum router, traced by the server layer.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use skywalking_examples::{print_line, termination};
use skywalking_runtime::{current, propagation::correlation, trace_id};
use skywalking_tower::ServerLayer;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::delivery::DeliveryCounts;
use crate::error::Error;
use crate::options::{FLUSH, Options};
use crate::upstream::Upstream;

/// The prefix of the line with the address.
pub(crate) const LISTENING: &str = "listening on ";

/// The key of the correlation context with the services that have handled the request.
const PATH: &str = "mack.path";

/// How long open requests may take at shutdown, in addition to the delay of the handler.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Mack {
    name: Arc<str>,
    wait: Duration,
    upstream: Upstream,
}

/// The handler. It has no tracing code: the layer starts its span, and the client propagates the
/// trace.
async fn mack(State(Mack { name, wait, upstream }): State<Mack>, body: Bytes) -> Response {
    tokio::time::sleep(wait).await;
    append_to_path(&name);
    match upstream.post(body).await {
        Ok(response) => response.into_response(),
        Err(error) => {
            tracing::error!(service = %name, trace = trace_id().unwrap_or_default(), "{error}");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{name}: {error}\n")).into_response()
        }
    }
}

/// Appends this service's name to the propagated path.
fn append_to_path(name: &str) {
    let path = match correlation::get(PATH) {
        Some(path) => {
            current().tag("correlation.mack.path", path.as_str());
            format!("{path}>{name}")
        }
        None => name.to_owned(),
    };
    // A value over the limit is not changed.
    correlation::put(PATH, &path);
}

/// Traces the server with one layer. A response header contains the trace id.
fn app(state: Mack) -> Router {
    Router::new()
        .route("/mack", any(mack))
        .layer(ServerLayer::new().trace_id_header("x-trace-id"))
        .with_state(state)
}

/// Serves until termination, reports the remaining spans, and prints what was sent and lost.
pub(crate) fn run(options: Options) -> Result<(), Error> {
    let agent = options.agent().start()?;
    let (name, child) = (options.service_name.clone(), options.child);
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let outcome = runtime.block_on(serve(options));
    // Ends open spans before the agent is shut down, so that they are reported.
    drop(runtime);

    let counts = DeliveryCounts::from_report(&agent.shutdown(FLUSH));
    outcome?;
    print_line(&if child { counts.to_json() } else { format!("{name} exited: {counts}") });
    Ok(())
}

async fn serve(options: Options) -> Result<(), Error> {
    let termination = termination(options.parent());
    let grace = options.wait() + GRACE;
    let app = app(Mack {
        name: options.service_name.as_str().into(),
        wait: options.wait(),
        upstream: Upstream::new(options.upstream_url)?,
    });
    let (listener, address) = listen(options.listen_addr).await?;
    print_line(&format!("{LISTENING}http://{address}/mack"));

    let (start_shutdown, shutdown) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async { drop(shutdown.await) });
    let late = async {
        termination.await;
        drop(start_shutdown);
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = serving.into_future() => served.map_err(Error::Serve),
        // A request that is still open has a client that doesn't read.
        () = late => Ok(()),
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
