//! One call, from its beginning to what ends it: a response's head, its body, or the lack of one.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http::{HeaderMap, Method, StatusCode, header};
use ::http_body::Body;
use pin_project_lite::pin_project;

use super::body::TracedBody;
use super::grpc;
use super::names::PATH_TAG;
use super::options::{Bodies, ErrorRule, Options};
use crate::context::current_segment;
use crate::{ResumableSpan, current, trace_id};

/// How the call says that it went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Grpc,
}

/// What a response can be besides its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Anything,
    /// By `HEAD`: there is no body, whatever the headers say.
    HeadAlone,
    /// By `CONNECT`: what follows a success is no body.
    Tunnel,
}

/// What the span still waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    /// The head of the response.
    Head,
    /// The end of its body.
    Body,
    /// The status in the trailers.
    Trailers,
    Nothing,
}

/// A call that has begun: a span that is worked on in steps.
///
/// Dropped before [`finish`](Self::finish), [`failed`](Self::failed) or [`body`](Self::body) it
/// counts as cancelled. A call of which nothing is recorded is the same to its user, and does
/// nothing.
#[must_use = "a call that is dropped counts as cancelled"]
#[derive(Debug)]
pub struct Call {
    /// What is current during each step; nothing while no tracer runs.
    span: Option<ResumableSpan>,
    step: Step,
}

/// The call while its span is current, as [`During::poll_step`] hands it out.
#[derive(Debug)]
pub struct Step {
    /// The current span may belong to somebody else: nothing is recorded on it.
    is_ignored: bool,
    errors: ErrorRule,
    bodies: Bodies,
    protocol: Protocol,
    asked: Asked,
    awaits: Awaits,
    /// The name in place of the path, where the response says that nothing is there.
    unknown: Option<&'static str>,
}

impl Step {
    /// Records the status of the response. The same as [`Call::answered`].
    pub fn answered(&mut self, status: StatusCode, headers: &HeaderMap) {
        if self.is_ignored {
            return;
        }
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            self.nothing_is_there();
        }
        let is_rpc = self.protocol == Protocol::Grpc && status == StatusCode::OK;
        self.awaits = if is_rpc && grpc::is_grpc(headers) {
            // Of a response without messages the trailers are all there is, and stand in the head.
            match grpc::status(headers) {
                Some(status) => {
                    if status == grpc::UNIMPLEMENTED {
                        self.nothing_is_there();
                    }
                    note_grpc(status, Some(headers));
                    Awaits::Nothing
                }
                None => Awaits::Trailers,
            }
        } else {
            note_status(status, &self.errors);
            if is_rpc {
                // A page in place of a reply, a proxy's say, is an answer of unknown status, as
                // clients of gRPC have it.
                self.nothing_is_there();
                note_grpc(grpc::UNKNOWN, None);
            }
            let timed = self.bodies == Bodies::Timed
                && has_body(self.asked, status)
                && !is_redirect(status, headers);
            if timed { Awaits::Body } else { Awaits::Nothing }
        };
    }

    /// Many paths that don't exist are one endpoint.
    #[cold]
    fn nothing_is_there(&mut self) {
        if let Some(name) = self.unknown.take() {
            let path_tag = (self.protocol == Protocol::Grpc).then_some(PATH_TAG);
            current_segment::with(|segment| segment.replace_supposed_name(name, path_tag));
        }
    }

    /// Returns the id of the trace. The same as [`Call::trace_id`].
    pub fn trace_id(&self) -> Option<String> {
        if self.is_ignored { None } else { trace_id() }
    }
}

impl Call {
    /// `unknown` is what the span is renamed to where the response says that nothing is there.
    pub(super) fn new(
        span: ResumableSpan,
        options: &Options,
        method: &Method,
        protocol: Protocol,
        unknown: Option<&'static str>,
    ) -> Self {
        let asked = match *method {
            Method::HEAD => Asked::HeadAlone,
            Method::CONNECT => Asked::Tunnel,
            _ => Asked::Anything,
        };
        let (errors, bodies) = (options.errors.clone(), options.bodies);
        Self {
            span: Some(span),
            step: Step {
                is_ignored: false,
                errors,
                bodies,
                protocol,
                asked,
                awaits: Awaits::Head,
                unknown,
            },
        }
    }

    /// Nothing is recorded of it.
    pub(super) fn ignored(span: Option<ResumableSpan>) -> Self {
        let (protocol, asked, awaits) = (Protocol::Http, Asked::Anything, Awaits::Nothing);
        let (errors, bodies) = (ErrorRule::default(), Bodies::NotTimed);
        Self {
            span,
            step: Step { is_ignored: true, errors, bodies, protocol, asked, awaits, unknown: None },
        }
    }

    /// Runs `work` as a step of the call: its span is current meanwhile. If it panics, the span
    /// ends with that.
    #[inline]
    pub fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        self.step(|_| work())
    }

    /// The same for work that sees the response.
    #[inline]
    fn step<R>(&mut self, work: impl FnOnce(&mut Step) -> R) -> R {
        let Self { span, step } = self;
        match span {
            Some(span) => span.run(|| work(step)),
            None => work(step),
        }
    }

    /// The future as a part of the call: the span is current while it is polled, and while it is
    /// dropped unfinished. Gives the call back beside what the future gives.
    pub fn during<F: Future>(self, future: F) -> During<F> {
        During { call: Some(self), future: Some(future) }
    }

    /// The id of the trace, also of a request that is not sampled; `None` while no tracer runs, and
    /// of one that is ignored.
    pub fn trace_id(&mut self) -> Option<String> {
        self.step(|step| step.trace_id())
    }

    /// A response has come: its status is noted. The call ends with [`body`](Self::body) or
    /// [`finish`](Self::finish).
    pub fn answered(&mut self, status: StatusCode, headers: &HeaderMap) {
        self.step(|step| step.answered(status, headers));
    }

    /// No response has come, but this error: the span is one, with a log of its type, its message
    /// and its causes.
    pub fn failed<E: Error + ?Sized>(mut self, error: &E) {
        self.step(|step| {
            if !step.is_ignored {
                current().record_error(error);
            }
        });
        self.finish();
    }

    /// True if the call doesn't end with the head of the response: its body should go through
    /// [`body`](Self::body).
    pub fn waits_for_body(&self) -> bool {
        self.span.is_some() && matches!(self.step.awaits, Awaits::Body | Awaits::Trailers)
    }

    /// The body of the response: ends the call, or will end it where it waits for the body.
    pub fn body<B: Body>(self, body: B) -> TracedBody<B> {
        TracedBody::ends(body, &mut Some(self))
    }

    /// Ends the call.
    pub fn finish(mut self) {
        self.close();
    }

    /// Gives the call up, and drops inside of it what it was a part of.
    pub(super) fn cancel(self, work: impl FnOnce()) {
        match self.span {
            Some(span) => span.cancel(work),
            None => work(),
        }
    }

    pub(super) fn close(&mut self) {
        if let Some(span) = self.span.take() {
            span.finish();
        }
    }

    /// All of the response has come.
    pub(super) fn end(&mut self) {
        if self.step.awaits == Awaits::Trailers {
            self.run(|| note_grpc(grpc::UNKNOWN, None));
        }
        self.close();
    }

    /// The trailers have come, behind which is nothing.
    pub(super) fn end_with(&mut self, trailers: &HeaderMap) {
        if self.step.awaits == Awaits::Trailers {
            self.run(|| note_grpc(grpc::status(trailers).unwrap_or(grpc::UNKNOWN), Some(trailers)));
        }
        self.close();
    }
}

fn note_status(status: StatusCode, errors: &ErrorRule) {
    let current = current();
    if current.is_recording() {
        current.tag("http.status_code", status.as_u16());
        if errors.is_error(status) {
            current.set_error();
        }
    }
}

/// `said` is where the status stands, with the reason beside it.
fn note_grpc(status: &'static str, said: Option<&HeaderMap>) {
    current().tag("rpc.status_code", status);
    if status != grpc::OK {
        note_grpc_error(status, said);
    }
}

#[cold]
fn note_grpc_error(status: &'static str, said: Option<&HeaderMap>) {
    let current = current().set_error();
    if let Some(message) = said.filter(|_| current.is_recording()).and_then(grpc::message) {
        current.log_fields(&[("event", &"error"), ("error.kind", &status), ("message", &message)]);
    }
}

/// Who follows a redirect drops its body unread, and nothing was cancelled by that.
fn is_redirect(status: StatusCode, headers: &HeaderMap) -> bool {
    status.is_redirection() && headers.contains_key(header::LOCATION)
}

/// RFC 9110, 6.4.1.
fn has_body(asked: Asked, status: StatusCode) -> bool {
    let none = status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || asked == Asked::HeadAlone
        || (asked == Asked::Tunnel && status.is_success());
    !none
}

pin_project! {
    /// A future as a part of a call, made by [`Call::during`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct During<F> {
        // Both are there until the future is done.
        call: Option<Call>,
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for During<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // What the future drops may end spans that lie below this one.
            if let Some(call) = this.call.take() {
                call.cancel(|| this.future.set(None));
            }
        }
    }
}

impl<F: Future> During<F> {
    /// Polls the future while the span is current, and calls `seen` with its output before the span
    /// is left. Cheaper than a poll and then [`Call::answered`], which enter the span twice.
    ///
    /// After the output is ready, end the call with [`body`](Self::body) or with
    /// [`take_call`](Self::take_call). A call that is left in here counts as cancelled.
    ///
    /// ```
    /// use std::{future::ready, pin::pin, task::{Context, Poll, Waker}};
    /// use http::{Request, Response};
    /// use skywalking_runtime::{integrations::http::Server, testing};
    ///
    /// let trees = testing::run(|| {
    ///     let request = Request::get("/health").body(()).unwrap();
    ///     let call = Server::new().begin(request.method(), request.uri(), request.headers(), request.extensions());
    ///     let mut during = pin!(call.during(ready(Response::new(String::from("well")))));
    ///
    ///     let mut context = Context::from_waker(Waker::noop());
    ///     let polled = during.as_mut().poll_step(&mut context, |response, step| {
    ///         step.answered(response.status(), response.headers());
    ///     });
    ///     let Poll::Ready(response) = polled else { unreachable!() };
    ///     let _response = response.map(|body| during.body(body));
    /// });
    /// assert_eq!(
    ///     testing::text(&trees),
    ///     "Entry GET:/health layer=Http component=49 {http.method=GET, url=/health, http.status_code=200}\n"
    /// );
    /// ```
    #[inline]
    pub fn poll_step(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        seen: impl FnOnce(&mut F::Output, &mut Step),
    ) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(call) = this.call else { return Poll::Pending };
        call.step(|step| {
            let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
            let mut output = ready!(future.poll(cx));
            this.future.set(None);
            seen(&mut output, step);
            Poll::Ready(output)
        })
    }

    /// Ends the call with the body of the response, as [`Call::body`] does.
    #[inline]
    pub fn body<B: Body>(self: Pin<&mut Self>, body: B) -> TracedBody<B> {
        TracedBody::ends(body, self.project().call)
    }

    /// Takes the call out. `None` if it was taken before.
    #[inline]
    pub fn take_call(self: Pin<&mut Self>) -> Option<Call> {
        self.project().call.take()
    }
}

impl<F: Future> Future for During<F> {
    type Output = (F::Output, Call);

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let output = ready!(self.as_mut().poll_step(cx, |_, _| ()));
        match self.take_call() {
            Some(call) => Poll::Ready((output, call)),
            None => Poll::Pending,
        }
    }
}
