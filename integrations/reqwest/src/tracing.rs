//! The middleware that makes the spans.

use http::{Extensions, Uri};
use reqwest::{Body, Request, Response, ResponseBuilderExt as _, Url};
use reqwest_middleware::{Error, Middleware, Next, Result};
use skywalking_runtime::current;
use skywalking_runtime::integrations::http::{Call, Client};

/// Makes an exit span of each request that passes it, and writes the headers of the trace into the
/// request.
///
/// The span is an error if the status is one (400 and above, unless [`is_error`](Client::is_error)
/// says otherwise) or if no answer came: then its log has reqwest's error with all its causes,
/// without the address, which may hold secrets. A request that is dropped before its answer counts
/// as cancelled.
///
/// `From` takes the options of a [`Client`]:
///
/// ```
/// use skywalking_reqwest::Tracing;
/// use skywalking_runtime::integrations::http;
///
/// let tracing = Tracing::from(http::Client::new().ignore_paths(["/health"]).is_error(|status| status.is_server_error()));
/// # drop(tracing);
/// ```
///
/// # Order
///
/// Middlewares that are added later stand inside. A retry middleware that stands **before** this
/// one makes a span for each attempt; one that stands **after** it makes all attempts one span, of
/// which each carries the same headers. reqwest's own redirects are inside: see
/// [`same_host_redirects`](crate::same_host_redirects).
///
/// # Bodies
///
/// By default the span ends when the head of the answer is there. With
/// [`time_bodies`](Client::time_bodies) it ends with the body, and the [`Response`] is taken apart
/// for that and put together again. It keeps its address, extensions, remote address, length and
/// upgrade; what changes is an error in the middle of the body, which has two more causes in its
/// chain (`is_timeout()` and `is_decode()` say the same as without).
#[derive(Clone, Debug, Default)]
pub struct Tracing {
    client: Client,
}

impl Tracing {
    /// With the defaults of [`Client::new`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins the call, if the address is one that reqwest can send to; if not, it says so itself.
    fn begin(&self, request: &mut Request, extensions: &Extensions) -> Option<Call> {
        let uri = Uri::try_from(request.url().as_str()).ok()?;
        let method = request.method().clone();
        Some(self.client.begin(&method, &uri, request.headers_mut(), extensions))
    }
}

impl From<Client> for Tracing {
    fn from(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait::async_trait]
impl Middleware for Tracing {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let Some(call) = self.begin(&mut request, extensions) else {
            return next.run(request, extensions).await;
        };
        let (answer, mut call) = call.during(next.run(request, extensions)).await;
        match answer {
            Ok(response) => {
                call.answered(response.status(), response.headers());
                Ok(with_body(response, call))
            }
            Err(error) => Err(note(error, call)),
        }
    }
}

/// The response as it is, or with a body that ends the call.
fn with_body(response: Response, call: Call) -> Response {
    if !call.waits_for_body() {
        call.finish();
        return response;
    }
    let url = response.url().clone();
    let response: http::Response<Body> = response.into();
    let (mut head, body) = response.into_parts();
    head.extensions.extend(says(url));
    Response::from(http::Response::from_parts(head, Body::wrap(call.body(body))))
}

/// What tells reqwest of a response's address: `http::Response` has no place for it.
fn says(url: Url) -> Extensions {
    http::Response::builder()
        .url(url)
        .body(())
        .map(|response| response.into_parts().0.extensions)
        .unwrap_or_default()
}

/// Ends the call with this error, and gives it back.
fn note(error: Error, mut call: Call) -> Error {
    match error {
        Error::Reqwest(error) => {
            let url = error.url().cloned();
            let error = error.without_url();
            call.failed(&error);
            Error::Reqwest(match url {
                Some(url) => error.with_url(url),
                None => error,
            })
        }
        Error::Middleware(error) => {
            let addresses = addresses_in(&error);
            if addresses.is_empty() {
                call.failed::<dyn std::error::Error + Send + Sync>(&*error);
            } else {
                let message = addresses
                    .iter()
                    .fold(error.to_string(), |message, url| message.replace(url.as_str(), ".."));
                call.run(|| current().record_error_message(&message));
                call.finish();
            }
            Error::Middleware(error)
        }
    }
}

/// The addresses that an error of a middleware may tell of: those in reqwest's errors that it
/// passes on.
fn addresses_in(error: &anyhow::Error) -> Vec<&Url> {
    error.chain().filter_map(address_of).collect()
}

fn address_of<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a Url> {
    let plain = cause.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::url);
    plain.or_else(|| cause.downcast_ref::<Error>().and_then(Error::url))
}
