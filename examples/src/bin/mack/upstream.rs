//! The next service: a reqwest client, traced by the middleware.

use std::error::Error as _;
use std::time::Duration;

use axum::body::Bytes;
use reqwest::{StatusCode, Url};
use reqwest_middleware::ClientWithMiddleware;
use skywalking_reqwest::Tracing;

use crate::error::Error;

/// The timeout of a call, longer than the delay of any chain of these programs.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The URL and its client. Clones share their connections.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    client: ClientWithMiddleware,
    url: Url,
}

/// The upstream didn't respond.
#[derive(Debug, thiserror::Error)]
#[error(
    "the upstream {upstream} is unreachable: {reason}. Start it, or set another --upstream-url"
)]
pub(crate) struct Unreachable {
    upstream: String,
    reason: String,
}

impl Upstream {
    pub(crate) fn new(url: Url) -> Result<Self, Error> {
        // The next service is called directly, even if the environment sets a proxy.
        let builder = reqwest::Client::builder().no_proxy().timeout(TIMEOUT);
        // This line traces the client.
        let client =
            skywalking_reqwest::client(builder, Tracing::new()).map_err(Error::Upstream)?;
        Ok(Self { client, url })
    }

    /// Sends the body. Returns status and body of the response.
    pub(crate) async fn post(&self, body: Bytes) -> Result<(StatusCode, Bytes), Unreachable> {
        let response = async {
            let response = self.client.post(self.url.clone()).body(body).send().await?;
            Ok((response.status(), response.bytes().await?))
        };
        response.await.map_err(|error: reqwest_middleware::Error| self.unreachable(error))
    }

    fn unreachable(&self, error: reqwest_middleware::Error) -> Unreachable {
        let (host, port) = (
            self.url.host_str().unwrap_or_default(),
            self.url.port_or_known_default().unwrap_or_default(),
        );
        let upstream = format!("http://{host}:{port}{}", self.url.path());
        // Without the URL, which may contain a password, and with all causes: the last one is the
        // most specific.
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
