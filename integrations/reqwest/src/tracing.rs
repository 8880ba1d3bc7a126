//! The middleware that records requests as spans.

use http::{Extensions, Uri};
use reqwest::{Body, Request, Response, ResponseBuilderExt as _, Url};
use reqwest_middleware::{Error, Middleware, Next, Result};
use skywalking_runtime::current;
use skywalking_runtime::integrations::http::{Call, Client};

/// Records each request as an exit span, and writes the headers of the trace into the request.
///
/// The span fails if the status is an error (400 and above, or as [`is_error`](Client::is_error)
/// decides), or if there is no response. In that case its log has reqwest's error with all causes,
/// without the URL, which may contain secrets. A request that is dropped before its response counts
/// as cancelled.
///
/// `From` converts a [`Client`] with its options:
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
/// A middleware that is added later runs inside the earlier ones. If a retry middleware is added
/// **before** this one, each attempt is a span. If it is added **after** this one, all attempts are
/// one span and carry the same headers. reqwest's own redirects run inside: see
/// [`same_host_redirects`](crate::same_host_redirects).
///
/// # Bodies
///
/// By default the span ends with the head of the response. With
/// [`time_bodies`](Client::time_bodies) it ends with the body, and the [`Response`] is rebuilt with
/// another body. It keeps its URL, extensions, remote address, length and upgrade. An error in the
/// middle of the body has two more causes in its chain. `is_timeout()` and `is_decode()` return the
/// same as without this option.
#[derive(Clone, Debug, Default)]
pub struct Tracing {
    client: Client,
}

impl Tracing {
    /// Creates a middleware with the defaults of [`Client::new`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins the call. Returns `None` for a URL that reqwest rejects.
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
        let (answer, mut call) = call.future(next.run(request, extensions)).await;
        match answer {
            Ok(response) => {
                call.record_response(response.status(), response.headers());
                Ok(with_body(response, call))
            }
            Err(error) => Err(end_with_error(error, call)),
        }
    }
}

/// Ends the call, or returns the response with a body that ends it.
fn with_body(response: Response, call: Call) -> Response {
    if !call.waits_for_body() {
        call.finish();
        return response;
    }
    let url = response.url().clone();
    let response: http::Response<Body> = response.into();
    let (mut head, body) = response.into_parts();
    head.extensions.extend(url_extensions(url));
    Response::from(http::Response::from_parts(head, Body::wrap(call.body(body))))
}

/// Returns the extensions from which reqwest reads the URL of a response.
fn url_extensions(url: Url) -> Extensions {
    http::Response::builder()
        .url(url)
        .body(())
        .map(|response| response.into_parts().0.extensions)
        .unwrap_or_default()
}

/// Ends the call with this error and returns the error.
fn end_with_error(error: Error, mut call: Call) -> Error {
    match error {
        Error::Reqwest(error) => {
            let url = error.url().cloned();
            let error = error.without_url();
            call.fail(&error);
            Error::Reqwest(match url {
                Some(url) => error.with_url(url),
                None => error,
            })
        }
        Error::Middleware(error) => {
            let urls = urls_in(&error);
            if urls.is_empty() {
                call.fail::<dyn std::error::Error + Send + Sync>(&*error);
            } else {
                let message = urls
                    .iter()
                    .fold(error.to_string(), |message, url| message.replace(url.as_str(), ".."));
                call.run(|| current().record_error_message(&message));
                call.finish();
            }
            Error::Middleware(error)
        }
    }
}

/// Returns the URLs in the errors of reqwest that an error of a middleware contains.
fn urls_in(error: &anyhow::Error) -> Vec<&Url> {
    error.chain().filter_map(url_of).collect()
}

fn url_of<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a Url> {
    let plain = cause.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::url);
    plain.or_else(|| cause.downcast_ref::<Error>().and_then(Error::url))
}
