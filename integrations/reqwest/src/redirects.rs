//! Redirects, followed above the tracing, so that each hop is a call of its own. What a hop looks
//! like is for [`hop`].

mod hop;

use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

pub(crate) use self::hop::{CREDENTIALS, remove_context};

use self::hop::Course;
use crate::Error;

/// As many as reqwest follows.
const LIMIT: usize = 10;

/// The request follows a redirect to a host that the program did not name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elsewhere;

/// Follows redirects as reqwest does, as a middleware that stands **outside** of
/// [`Tracing`](crate::Tracing): each hop is an exit span, and none of our headers goes to another
/// host.
///
/// [`client`](crate::client) puts the two together. By hand, among other middlewares:
///
/// ```
/// use reqwest::redirect::Policy;
/// use skywalking_reqwest::{Redirects, Tracing};
///
/// let inner = reqwest::Client::builder().redirect(Policy::none()).build()?; // else reqwest follows them, and this one sees none
/// let client = reqwest_middleware::ClientBuilder::new(inner).with(Redirects::limited(3)).with(Tracing::new()).build();
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
///
/// # What differs from reqwest's own
///
/// * **Default headers** of the client are added to each hop. Credentials among them would go to
///   other hosts; [`client`](crate::client) refuses them. What stands on the request itself
///   (`authorization`, `cookie` and their like) is taken off at another origin and not put on
///   again.
/// * A **timeout of the client** counts for each hop; one of the request for all of them together.
/// * `Policy::custom` does not apply, and one redirect too many is [`Error::TooManyRedirects`], so
///   `is_redirect()` is false of it.
/// * [`ClientBuilder::referer`](reqwest::ClientBuilder::referer) does not apply; say
///   [`without_referer`](Self::without_referer).
#[derive(Clone, Copy, Debug)]
pub struct Redirects {
    limit: usize,
    referer: bool,
}

impl Default for Redirects {
    fn default() -> Self {
        Self::new()
    }
}

impl Redirects {
    /// At most 10, as reqwest follows.
    pub fn new() -> Self {
        Self::limited(LIMIT)
    }

    /// At most `limit`; one more is [`Error::TooManyRedirects`].
    pub fn limited(limit: usize) -> Self {
        Self { limit, referer: true }
    }

    /// No header `referer` on what follows a redirect.
    #[must_use]
    pub fn without_referer(mut self) -> Self {
        self.referer = false;
        self
    }

    async fn follow(
        self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let mut course = Course::new(&request, self.referer);
        let mut response = next.clone().run(request, extensions).await?;
        let mut followed = 0;
        while let Some(hop) = course.hop(&response) {
            if followed == self.limit {
                return Err(reqwest_middleware::Error::middleware(Error::TooManyRedirects {
                    limit: self.limit,
                    next: shown(hop.url()),
                }));
            }
            followed += 1;
            if course.is_elsewhere() {
                extensions.insert(Elsewhere);
            } else {
                extensions.remove::<Elsewhere>();
            }
            response = next.clone().run(hop, extensions).await?;
        }
        Ok(response)
    }
}

#[async_trait::async_trait]
impl Middleware for Redirects {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let answer = self.follow(request, extensions, next).await;
        extensions.remove::<Elsewhere>();
        answer
    }
}

/// An address without what may be secret.
fn shown(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}
