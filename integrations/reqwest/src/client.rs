//! A client with the middleware and the redirect policy that belongs to it.

use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use crate::{Tracing, same_host_redirects};

/// Builds a traced client. Sets [`same_host_redirects`] in place of the builder's redirect policy.
///
/// To add middlewares inside of the tracing, use [`ClientBuilder::from_client`]. To add some
/// outside of it, for example a retry with a span for each attempt, put the client together by
/// hand: see [`same_host_redirects`].
///
/// ```
/// use skywalking_reqwest::Tracing;
/// use skywalking_runtime::integrations::http;
///
/// let tracing = http::Client::new().propagate_to(["stock:8080", "*.shop.example"]);
/// let client = skywalking_reqwest::client(reqwest::Client::builder(), Tracing::from(tracing))?;
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`reqwest::ClientBuilder::build`].
pub fn client(
    builder: reqwest::ClientBuilder,
    tracing: impl Into<Tracing>,
) -> reqwest::Result<ClientWithMiddleware> {
    let inner = builder.redirect(same_host_redirects()).build()?;
    Ok(ClientBuilder::new(inner).with(tracing.into()).build())
}
