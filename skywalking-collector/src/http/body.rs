//! The body of a report: read within limits of size and time, and decompressed.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use tonic::codegen::tokio_stream::StreamExt as _;

use crate::budget::{Budget, BudgetExhausted, Buffer};
use crate::gzip;
use crate::text::quoted;

/// The largest body, before and after decompression. It is the OAP's limit, 10 MiB
/// (`docs/protocol.md#http-transport`).
const LIMIT: usize = 10 * 1024 * 1024;
/// How long to wait for a body. It is the OAP's limit.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The format of a body, by its content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Protobuf,
}

/// The content encoding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
}

/// A body as received.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) format: Format,
    encoding: Encoding,
    bytes: Buffer,
}

/// Why a body is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyError {
    #[error(
        "the body has more than {LIMIT} bytes (gzip counts decompressed): send smaller batches"
    )]
    TooLarge,
    #[error("timed out after {} s waiting for the body: send it without a pause", TIMEOUT.as_secs())]
    Timeout,
    #[error(transparent)]
    Budget(#[from] BudgetExhausted),
    #[error("the body is incomplete: {0}")]
    Incomplete(String),
    #[error(
        "unknown content type {0}: send application/json, or application/x-protobuf for a single segment, properties and keep-alive"
    )]
    Type(String),
    #[error(
        "{0} accepts only a JSON array: send it with the content type application/json, or send single segments to /v3/segment"
    )]
    JsonOnly(&'static str),
    #[error("unknown content encoding {0}: send gzip or no encoding")]
    Encoding(String),
    #[error("the content encoding is gzip, but the body is not: {0}")]
    Gzip(String),
}

impl BodyError {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Budget(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Incomplete(_) | Self::Gzip(_) => StatusCode::BAD_REQUEST,
            Self::Type(_) | Self::JsonOnly(_) | Self::Encoding(_) => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
        }
    }
}

/// Reads the body of a report. A body of an unknown type is read too: a client that is still
/// writing may never see an early response.
pub(super) async fn read(request: Request, budget: &Arc<Budget>) -> Result<Body, BodyError> {
    let (parts, body) = request.into_parts();
    let (format, encoding) = (format(&parts.headers), encoding(&parts.headers));
    let mut bytes = budget.buffer();
    read_chunks(&parts.headers, body, Some(&mut bytes)).await?;
    Ok(Body { format: format?, encoding: encoding?, bytes })
}

/// Reads and drops a body, for the same reason.
pub(super) async fn discard(request: Request) {
    let (parts, body) = request.into_parts();
    // The request is denied anyway.
    let _ = read_chunks(&parts.headers, body, None).await;
}

/// Reads the chunks of a body within the limits, into `buffer` if there is one.
async fn read_chunks(
    headers: &HeaderMap,
    body: axum::body::Body,
    mut buffer: Option<&mut Buffer>,
) -> Result<(), BodyError> {
    let declared = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > LIMIT as u64) {
        return Err(BodyError::TooLarge);
    }
    let mut chunks = body.into_data_stream();
    let reading = async {
        let mut length = 0;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| BodyError::Incomplete(error.to_string()))?;
            length += chunk.len();
            if length > LIMIT {
                return Err(BodyError::TooLarge);
            }
            if let Some(buffer) = &mut buffer {
                buffer.extend(&chunk, LIMIT).await?;
            }
        }
        Ok(())
    };
    tokio::time::timeout(TIMEOUT, reading).await.unwrap_or(Err(BodyError::Timeout))
}

impl Body {
    /// Returns the decompressed body. Call it where blocking is allowed.
    pub(super) fn decompress(self, budget: &Arc<Budget>) -> Result<Buffer, BodyError> {
        if self.encoding == Encoding::Identity {
            return Ok(self.bytes);
        }
        let mut output = budget.buffer();
        gzip::decompress(self.bytes.as_ref(), &mut output, LIMIT).map_err(|error| match error {
            gzip::Error::Budget(exhausted) => BodyError::Budget(exhausted),
            gzip::Error::TooLarge { .. } => BodyError::TooLarge,
            gzip::Error::Malformed { reason } => BodyError::Gzip(reason),
        })?;
        Ok(output)
    }
}

/// Returns the format, as the OAP determines it: protobuf unless the content type is JSON.
fn format(headers: &HeaderMap) -> Result<Format, BodyError> {
    let Some(value) = text(headers, &CONTENT_TYPE) else { return Ok(Format::Protobuf) };
    let name = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match name.as_str() {
        "application/json" => Ok(Format::Json),
        "" | "application/protobuf" | "application/x-protobuf" | "application/octet-stream" => {
            Ok(Format::Protobuf)
        }
        _ => Err(BodyError::Type(quoted(value))),
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, BodyError> {
    let Some(value) = text(headers, &CONTENT_ENCODING) else { return Ok(Encoding::Identity) };
    match value.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Encoding::Identity),
        "gzip" | "x-gzip" => Ok(Encoding::Gzip),
        _ => Err(BodyError::Encoding(quoted(value))),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("(not text)"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn content_type_defaults_to_protobuf() {
        assert_eq!(format(&HeaderMap::new()), Ok(Format::Protobuf));

        for json in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_eq!(format(&with(CONTENT_TYPE, json)), Ok(Format::Json), "{json}");
        }
        for binary in
            ["application/protobuf", "application/x-protobuf", "application/octet-stream;x=y", ""]
        {
            assert_eq!(format(&with(CONTENT_TYPE, binary)), Ok(Format::Protobuf), "{binary}");
        }
        let error =
            format(&with(CONTENT_TYPE, "text/plain")).expect_err("unknown type").to_string();

        assert!(
            error.starts_with("unknown content type \"text/plain\": send application/json"),
            "{error}"
        );
    }

    #[test]
    fn content_encoding_is_gzip_or_identity() {
        assert_eq!(encoding(&HeaderMap::new()), Ok(Encoding::Identity));
        assert_eq!(encoding(&with(CONTENT_ENCODING, "GZIP")), Ok(Encoding::Gzip));
        assert_eq!(
            encoding(&with(CONTENT_ENCODING, "br")),
            Err(BodyError::Encoding("\"br\"".into()))
        );
    }
}
