//! A client with both middlewares in their order.

use std::fmt::Debug;

use http::HeaderName;
use reqwest::redirect::Policy;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use crate::redirects::CREDENTIALS;
use crate::{Error, Redirects, Tracing};

/// A traced client, made of a builder of reqwest's. Redirects are followed by [`Redirects`],
/// whatever policy the builder had: each hop is an exit span, and none of our headers goes to a
/// host that the program did not name.
///
/// More middlewares are added by [`ClientBuilder::from_client`]; they stand inside of the tracing.
/// To retry with a span for each attempt, put them together by hand, with the retries between
/// [`Redirects`] and [`Tracing`].
///
/// ```
/// use skywalking_reqwest::Tracing;
/// use skywalking_runtime::integrations::http;
///
/// let tracing = http::Client::new().propagate_to(["stock:8080", "*.shop.example"]);
/// let client = skywalking_reqwest::client(reqwest::Client::builder(), Tracing::from(tracing))?;
/// # drop(client);
/// # Ok::<(), skywalking_reqwest::Error>(())
/// ```
///
/// # Errors
///
/// If reqwest can't make the client, or if its default headers have credentials: each hop would
/// carry them, to whatever host it leads. They are looked for as well as a builder lets one look,
/// which tells of its headers by `Debug` alone.
pub fn client(
    builder: reqwest::ClientBuilder,
    tracing: impl Into<Tracing>,
) -> Result<ClientWithMiddleware, Error> {
    let inner = builder.redirect(Policy::none());
    if let Some(header) = credentials_of(&inner) {
        return Err(Error::CredentialsByDefault { header });
    }
    Ok(ClientBuilder::new(inner.build()?).with(Redirects::new()).with(tracing.into()).build())
}

/// The first default header that is not meant for every host. A builder tells nobody of its headers
/// but its `Debug`.
fn credentials_of(builder: &impl Debug) -> Option<HeaderName> {
    let told = format!("{builder:?}");
    CREDENTIALS.into_iter().find(|name| told.contains(&format!("\"{name}\"")))
}
