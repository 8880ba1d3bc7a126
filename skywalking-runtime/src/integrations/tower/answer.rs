//! What came back of a service, as the end of its call.

use ::http::Response;
use ::http_body::Body;

use super::errors::ServiceError;
use crate::integrations::http::{Call, TracedBody};

/// Ends the call, or leaves it to the body.
#[inline]
pub(super) fn end<B, E, Kind>(
    answer: Result<Response<B>, E>,
    call: &mut Option<Call>,
) -> Result<Response<TracedBody<B>>, E>
where
    B: Body,
    E: ServiceError<Kind>,
{
    match answer {
        Ok(response) => Ok(response.map(|body| TracedBody::ends(body, call))),
        Err(error) => {
            if let Some(call) = call.take() {
                error.ends(call);
            }
            Err(error)
        }
    }
}
