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
use skywalking_examples::{asked_to_end, say};
use skywalking_runtime::{correlation, current, trace_id};
use skywalking_tower::ServerLayer;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::account::Account;
use crate::error::Error;
use crate::options::{FLUSH, Options};
use crate::upstream::Upstream;

/// How the line begins that says where the service listens.
pub(crate) const LISTENING: &str = "listening on ";

/// What the services tell each other along with the trace: who has handled the request before.
const PATH: &str = "mack.path";

/// How long requests that are being answered may take when the service is asked to end, beyond its
/// own wait.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Mack {
    name: Arc<str>,
    wait: Duration,
    upstream: Upstream,
}

/// The handler. It knows nothing of headers: the layer has opened its span, and the client
/// continues the trace.
async fn mack(State(Mack { name, wait, upstream }): State<Mack>, body: Bytes) -> Response {
    tokio::time::sleep(wait).await;
    pass_on(&name);
    match upstream.post(body).await {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            tracing::error!(service = %name, trace = trace_id().unwrap_or_default(), "{error}");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{name}: {error}\n")).into_response()
        }
    }
}

/// Takes what came along with the trace, and sends it on with this service's name at its end.
fn pass_on(name: &str) {
    let path = match correlation::get(PATH) {
        Some(path) => {
            current().tag("correlation.mack.path", path.as_str());
            format!("{path}>{name}")
        }
        None => name.to_owned(),
    };
    // One that has grown too long stays as it came.
    correlation::put(PATH, &path);
}

/// The one line that traces the server. The header of the answer tells a user which trace to look
/// for.
fn app(state: Mack) -> Router {
    Router::new()
        .route("/mack", any(mack))
        .layer(ServerLayer::new().trace_id_header("x-trace-id"))
        .with_state(state)
}

/// Serves until it is asked to end; then reports what is left, and says what was sent and lost.
pub(crate) fn run(options: Options) -> Result<(), Error> {
    let agent = options.agent().start()?;
    let (name, child) = (options.service_name.clone(), options.child);
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    let outcome = runtime.block_on(serve(options));
    // Before the shutdown: what is still open ends here, and is reported with the rest.
    drop(runtime);

    let account = Account::of(&agent.shutdown(FLUSH));
    outcome?;
    say(&if child { account.to_json() } else { format!("{name} ended: {account}") });
    Ok(())
}

async fn serve(options: Options) -> Result<(), Error> {
    let asked_to_end = asked_to_end(options.parent());
    let grace = options.wait() + GRACE;
    let app = app(Mack {
        name: options.service_name.as_str().into(),
        wait: options.wait(),
        upstream: Upstream::new(options.upstream_url)?,
    });
    let (listener, address) = listen(options.listen_addr).await?;
    say(&format!("{LISTENING}http://{address}/mack"));

    let (begin_end, ending) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async { drop(ending.await) });
    let late = async {
        asked_to_end.await;
        drop(begin_end);
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = serving.into_future() => served.map_err(Error::Serve),
        // What isn't answered by now has a client that does not read.
        () = late => Ok(()),
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}
