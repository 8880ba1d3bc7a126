//! The request that follows a redirect: RFC 9110, 15.4, read as reqwest reads it.

use std::time::{Duration, Instant};

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue,
    LOCATION, PROXY_AUTHORIZATION, REFERER, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Request, Response, Url};

/// What speaks of a body that is no longer sent.
const OF_THE_BODY: [HeaderName; 4] =
    [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING];

/// What was meant for the first origin alone.
pub(crate) const CREDENTIALS: [HeaderName; 5] = [
    AUTHORIZATION,
    COOKIE,
    HeaderName::from_static("cookie2"),
    PROXY_AUTHORIZATION,
    WWW_AUTHENTICATE,
];

/// Our own, which may stand on the request already.
const CONTEXT: [&str; 3] = ["sw8", "sw8-correlation", "sw8-x"];

/// Removes our own headers.
pub(crate) fn remove_context(headers: &mut HeaderMap) {
    for name in CONTEXT {
        headers.remove(name);
    }
}

/// Where a request went, and what it takes to send it on.
pub(super) struct Course {
    /// The request as it would be sent again; without its body where that is a stream.
    spare: Request,
    /// The body was a stream, and is gone.
    body_is_gone: bool,
    /// Where the program sent it.
    first: Url,
    /// When the request's own timeout is over.
    until: Option<Instant>,
    referer: bool,
}

impl Course {
    pub(super) fn new(request: &Request, referer: bool) -> Self {
        let whole = request.try_clone();
        Self {
            body_is_gone: whole.is_none(),
            spare: whole.unwrap_or_else(|| without_body(request)),
            first: request.url().clone(),
            until: request.timeout().and_then(|timeout| Instant::now().checked_add(*timeout)),
            referer,
        }
    }

    /// True if the last hop leads to a host that the program did not name. The step from HTTP to
    /// HTTPS, both at their own port, stays.
    pub(super) fn is_elsewhere(&self) -> bool {
        let last = self.spare.url();
        (last.host_str(), last.port()) != (self.first.host_str(), self.first.port())
    }

    /// The request that the answer asks for, or `None` if that answer is the last one.
    pub(super) fn hop(&mut self, response: &Response) -> Option<Request> {
        let method = self.method(response.status())?;
        if self.body_is_gone && method.keeps_body {
            return None;
        }
        let location = response.headers().get(LOCATION)?;
        let from = self.spare.url().clone();
        let to = from.join(std::str::from_utf8(location.as_bytes()).ok()?).ok()?;

        if !method.keeps_body {
            self.body_is_gone = false;
            *self.spare.body_mut() = None;
            self.drop_headers(&OF_THE_BODY);
        }
        if from.origin() != to.origin() {
            self.drop_headers(&CREDENTIALS);
        }
        *self.spare.method_mut() = method.name;
        *self.spare.url_mut() = to;

        let mut hop = self.spare.try_clone()?;
        if let Some(referer) = self.referer.then(|| referer(&from, hop.url())).flatten() {
            hop.headers_mut().insert(REFERER, referer);
        }
        if self.is_elsewhere() {
            remove_context(hop.headers_mut());
        }
        if let Some(until) = self.until {
            *hop.timeout_mut() =
                Some(until.saturating_duration_since(Instant::now()).max(Duration::from_nanos(1)));
        }
        Some(hop)
    }

    fn drop_headers(&mut self, names: &[HeaderName]) {
        for name in names {
            self.spare.headers_mut().remove(name);
        }
    }

    fn method(&self, status: StatusCode) -> Option<Next> {
        let same = self.spare.method();
        match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if *same == Method::POST => {
                Some(Next::get())
            }
            StatusCode::SEE_OTHER if *same == Method::HEAD => {
                Some(Next { name: Method::HEAD, keeps_body: false })
            }
            StatusCode::SEE_OTHER => Some(Next::get()),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => Some(Next { name: same.clone(), keeps_body: true }),
            _ => None,
        }
    }
}

/// What becomes of the method.
struct Next {
    name: Method,
    keeps_body: bool,
}

impl Next {
    fn get() -> Self {
        Self { name: Method::GET, keeps_body: false }
    }
}

/// The request but for its body, which is a stream.
fn without_body(request: &Request) -> Request {
    let mut spare = Request::new(request.method().clone(), request.url().clone());
    *spare.headers_mut() = request.headers().clone();
    *spare.version_mut() = request.version();
    *spare.timeout_mut() = request.timeout().copied();
    spare
}

/// Where the hop comes from, for its server; nobody learns by plain HTTP what was asked by HTTPS.
fn referer(from: &Url, to: &Url) -> Option<HeaderValue> {
    if from.scheme() == "https" && to.scheme() == "http" {
        return None;
    }
    let mut referer = from.clone();
    // Both fail for addresses that can have neither.
    let _ = referer.set_username("");
    let _ = referer.set_password(None);
    referer.set_fragment(None);
    referer.as_str().parse().ok()
}
