//! The next service: a reqwest client, traced by the middleware.

use std::error::Error as _;
use std::time::Duration;

use axum::body::Bytes;
use reqwest::{StatusCode, Url};
use reqwest_middleware::ClientWithMiddleware;
use skywalking_reqwest::Tracing;

use crate::error::Error;

/// How long an answer may take: longer than any chain of these programs waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is called, and by what. Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    client: ClientWithMiddleware,
    url: Url,
}

/// There is no answer.
#[derive(Debug, thiserror::Error)]
#[error(
    "the upstream {upstream} can't be reached: {reason}. Start it, or give another --upstream-url"
)]
pub(crate) struct Unreachable {
    upstream: String,
    reason: String,
}

impl Upstream {
    pub(crate) fn new(url: Url) -> Result<Self, Error> {
        // No proxy: the service next door is called itself, whatever the environment says of the
        // way to the world.
        let builder = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        // The one line that traces the client.
        let client = skywalking_reqwest::client(builder, Tracing::new())?;
        Ok(Self { client, url })
    }

    /// Sends the body there; gives the status and the body of the answer.
    pub(crate) async fn post(&self, body: Bytes) -> Result<(StatusCode, Bytes), Unreachable> {
        let answered = async {
            let answer = self.client.post(self.url.clone()).body(body).send().await?;
            Ok((answer.status(), answer.bytes().await?))
        };
        answered.await.map_err(|error: reqwest_middleware::Error| self.unreachable(error))
    }

    fn unreachable(&self, error: reqwest_middleware::Error) -> Unreachable {
        let (host, port) = (
            self.url.host_str().unwrap_or_default(),
            self.url.port_or_known_default().unwrap_or_default(),
        );
        let upstream = format!("http://{host}:{port}{}", self.url.path());
        // Without the URL, in which there may be a password, and with the causes, of which the last
        // says the most.
        let error = error.without_url();
        let mut reason = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            reason = format!("{reason}: {error}");
            cause = error.source();
        }
        Unreachable { upstream, reason }
    }
}
