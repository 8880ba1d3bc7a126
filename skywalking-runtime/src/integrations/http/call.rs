//! One call, from its beginning to its end: the response's head, its body, or an error.

use std::error::Error;

use ::http::{HeaderMap, Method, StatusCode, header};

use super::grpc;
use super::names::PATH_TAG;
use super::options::{Bodies, ErrorRule, Options};
use super::protocol::Protocol;
use crate::context::current_segment;
use crate::{ResumableSpan, current, trace_id};

/// What kind of response the request can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Anything,
    /// A head without a body, whatever its headers are, because of `HEAD`.
    HeadAlone,
    /// No body after a success, because of `CONNECT`.
    Tunnel,
}

/// What the span waits for.
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

/// A call that has begun: a span that is entered in several steps.
///
/// A call that is dropped before [`finish`](Self::finish), [`fail`](Self::fail) or
/// [`body`](Self::body) counts as cancelled. A call that is not recorded is used in the same way,
/// and does nothing.
#[must_use = "a call that is dropped counts as cancelled"]
#[derive(Debug)]
pub struct Call {
    /// The span that is current during each step, or `None` while no tracer runs.
    span: Option<ResumableSpan>,
    step: Step,
}

/// A call while its span is current, passed to the closure of [`CallFuture::poll_step`](super::CallFuture::poll_step).
#[derive(Debug)]
pub struct Step {
    /// The call is ignored, so the current span belongs to another operation: nothing is recorded.
    is_ignored: bool,
    errors: ErrorRule,
    bodies: Bodies,
    protocol: Protocol,
    expected: Expected,
    awaits: Awaits,
    /// The span's name for a response that says that the path does not exist.
    unknown: Option<&'static str>,
}

impl Step {
    /// Records the status of the response, like [`Call::record_response`].
    pub fn record_response(&mut self, status: StatusCode, headers: &HeaderMap) {
        if self.is_ignored {
            return;
        }
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            self.nothing_is_there();
        }
        let is_rpc = self.protocol == Protocol::Grpc && status == StatusCode::OK;
        self.awaits = if is_rpc && grpc::is_grpc(headers) {
            // A response without messages has its status in the head, and no other trailers.
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
                // A response that is not gRPC, such as a proxy's page, has an unknown status, as in
                // gRPC clients.
                self.nothing_is_there();
                note_grpc(grpc::UNKNOWN, None);
            }
            let timed = self.bodies == Bodies::Timed
                && has_body(self.expected, status)
                && !is_redirect(status, headers);
            if timed { Awaits::Body } else { Awaits::Nothing }
        };
    }

    /// Renames the span, so that all paths that do not exist are one endpoint.
    #[cold]
    fn nothing_is_there(&mut self) {
        if let Some(name) = self.unknown.take() {
            let path_tag = (self.protocol == Protocol::Grpc).then_some(PATH_TAG);
            current_segment::with(|segment| segment.replace_fallback_name(name, path_tag));
        }
    }

    /// Returns the id of the trace, like [`Call::trace_id`].
    pub fn trace_id(&self) -> Option<String> {
        if self.is_ignored { None } else { trace_id() }
    }
}

impl Call {
    /// Creates a call. The span is renamed to `unknown` if the response says that the path does not
    /// exist.
    pub(super) fn new(
        span: ResumableSpan,
        options: &Options,
        method: &Method,
        protocol: Protocol,
        unknown: Option<&'static str>,
    ) -> Self {
        let expected = match *method {
            Method::HEAD => Expected::HeadAlone,
            Method::CONNECT => Expected::Tunnel,
            _ => Expected::Anything,
        };
        let (errors, bodies) = (options.errors.clone(), options.bodies);
        Self {
            span: Some(span),
            step: Step {
                is_ignored: false,
                errors,
                bodies,
                protocol,
                expected,
                awaits: Awaits::Head,
                unknown,
            },
        }
    }

    /// Creates a call that is not recorded.
    pub(super) fn ignored(span: Option<ResumableSpan>) -> Self {
        let (protocol, expected, awaits) = (Protocol::Http, Expected::Anything, Awaits::Nothing);
        let (errors, bodies) = (ErrorRule::default(), Bodies::NotTimed);
        Self {
            span,
            step: Step {
                is_ignored: true,
                errors,
                bodies,
                protocol,
                expected,
                awaits,
                unknown: None,
            },
        }
    }

    /// Runs `work` while the span of the call is current. If `work` panics, the span ends.
    #[inline]
    pub fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        self.step(|_| work())
    }

    /// Runs `work` like `run`, with access to the step.
    #[inline]
    pub(super) fn step<R>(&mut self, work: impl FnOnce(&mut Step) -> R) -> R {
        let Self { span, step } = self;
        match span {
            Some(span) => span.run(|| work(step)),
            None => work(step),
        }
    }

    /// Returns the id of the trace, also if the request is not sampled. Returns `None` while no
    /// tracer runs, and for an ignored request.
    pub fn trace_id(&mut self) -> Option<String> {
        self.step(|step| step.trace_id())
    }

    /// Records the status of a response. End the call with [`body`](Self::body) or
    /// [`finish`](Self::finish).
    pub fn record_response(&mut self, status: StatusCode, headers: &HeaderMap) {
        self.step(|step| step.record_response(status, headers));
    }

    /// Marks the span as failed and ends the call, if there is no response. Records a log with the
    /// error's type, message and causes.
    pub fn fail<E: Error + ?Sized>(mut self, error: &E) {
        self.step(|step| {
            if !step.is_ignored {
                current().record_error(error);
            }
        });
        self.finish();
    }

    /// Returns true if the call does not end with the head of the response. Pass its body to
    /// [`body`](Self::body) then.
    pub fn waits_for_body(&self) -> bool {
        self.span.is_some() && matches!(self.step.awaits, Awaits::Body | Awaits::Trailers)
    }

    /// Ends the call.
    pub fn finish(mut self) {
        self.close();
    }

    /// Cancels the call, and runs `work` (usually a drop) while its span is current.
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

    /// Ends the call after the whole response.
    pub(super) fn end(&mut self) {
        if self.step.awaits == Awaits::Trailers {
            self.run(|| note_grpc(grpc::UNKNOWN, None));
        }
        self.close();
    }

    /// Ends the call with the trailers, which are the end of the response.
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

/// Records a status. `headers` contain it, and its message.
fn note_grpc(status: &'static str, headers: Option<&HeaderMap>) {
    current().tag("rpc.status_code", status);
    if status != grpc::OK {
        note_grpc_error(status, headers);
    }
}

#[cold]
fn note_grpc_error(status: &'static str, headers: Option<&HeaderMap>) {
    let current = current().set_error();
    if let Some(message) = headers.filter(|_| current.is_recording()).and_then(grpc::message) {
        current.log_fields(&[("event", &"error"), ("error.kind", &status), ("message", &message)]);
    }
}

/// Returns true for a redirect. A client that follows it drops the body unread, which is not a
/// cancellation.
fn is_redirect(status: StatusCode, headers: &HeaderMap) -> bool {
    status.is_redirection() && headers.contains_key(header::LOCATION)
}

/// Returns true if the response has a body (RFC 9110, 6.4.1).
fn has_body(expected: Expected, status: StatusCode) -> bool {
    let none = status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        || expected == Expected::HeadAlone
        || (expected == Expected::Tunnel && status.is_success());
    !none
}
