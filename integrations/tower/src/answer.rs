//! Ends the call with what the service returned.

use std::pin::Pin;

use http::Response;
use http_body::Body;
use skywalking_runtime::integrations::http::{CallFuture, TracedBody};

use crate::errors::ServiceError;

/// Ends the call, or leaves it to the body of the response.
#[inline]
pub(crate) fn end<F: Future, B, E, Kind>(
    answer: Result<Response<B>, E>,
    future: Pin<&mut CallFuture<F>>,
) -> Result<Response<TracedBody<B>>, E>
where
    B: Body,
    E: ServiceError<Kind>,
{
    match answer {
        Ok(response) => Ok(response.map(|body| future.body(body))),
        Err(error) => {
            if let Some(call) = future.take_call() {
                error.end(call);
            }
            Err(error)
        }
    }
}
