//! The body of a report: read within a limit of bytes and of time, unpacked, and told by its
//! content type.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use tonic::codegen::tokio_stream::StreamExt as _;

use crate::budget::{Budget, Buffer, Full};
use crate::gzip;
use crate::names::quoted;

/// The largest body, as in the OAP: 10 MiB (`docs/protocol.md#http-transport`), as it came and
/// unpacked.
const LIMIT: usize = 10 * 1024 * 1024;
/// How long a body may take to come, as in the OAP.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Protobuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
}

/// A body as it came.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) form: Form,
    packing: Packing,
    bytes: Buffer,
}

/// Why a body is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("the body has over {LIMIT} bytes (gzip counts unpacked): send smaller batches")]
    TooLarge,
    #[error("the body did not come within {} s: send it at once", PATIENCE.as_secs())]
    TooSlow,
    #[error(transparent)]
    Busy(#[from] Full),
    #[error("the body broke off: {0}")]
    Broken(String),
    #[error(
        "the content type {0} is not known: send application/json, or application/x-protobuf for one segment, properties and keep-alive"
    )]
    Type(String),
    #[error(
        "{0} takes an array as JSON alone: send it with content type application/json, or single segments to /v3/segment"
    )]
    JsonAlone(&'static str),
    #[error("the content encoding {0} is not known: send gzip, or the body as it is")]
    Encoding(String),
    #[error("the body is no gzip, which its content encoding says it is: {0}")]
    Gzip(String),
}

impl Unusable {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken(_) | Self::Gzip(_) => StatusCode::BAD_REQUEST,
            Self::Type(_) | Self::JsonAlone(_) | Self::Encoding(_) => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
        }
    }
}

/// Reads a body that may be taken. One of a kind that isn't is read all the same: who still writes
/// when the answer comes may never see it.
pub(super) async fn read(request: Request, budget: &Arc<Budget>) -> Result<Body, Unusable> {
    let (parts, body) = request.into_parts();
    let (form, packing) = (form(&parts.headers), packing(&parts.headers));
    let mut bytes = budget.buffer();
    each(&parts.headers, body, Some(&mut bytes)).await?;
    Ok(Body { form: form?, packing: packing?, bytes })
}

/// Reads a body of which nothing is wanted, for the same reason.
pub(super) async fn discard(request: Request) {
    let (parts, body) = request.into_parts();
    // What is wrong with it doesn't matter any more.
    let _ = each(&parts.headers, body, None).await;
}

/// Reads the chunks of a body within the limits, and keeps them where they are wanted.
async fn each(
    headers: &HeaderMap,
    body: axum::body::Body,
    mut kept: Option<&mut Buffer>,
) -> Result<(), Unusable> {
    let announced = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LIMIT as u64) {
        return Err(Unusable::TooLarge);
    }
    let mut chunks = body.into_data_stream();
    let whole = async {
        let mut length = 0;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| Unusable::Broken(error.to_string()))?;
            length += chunk.len();
            if length > LIMIT {
                return Err(Unusable::TooLarge);
            }
            if let Some(kept) = &mut kept {
                kept.extend(&chunk, LIMIT).await?;
            }
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, whole).await.unwrap_or(Err(Unusable::TooSlow))
}

impl Body {
    /// The body as it was before it was packed. May take its time.
    pub(super) fn unpack(self, budget: &Arc<Budget>) -> Result<Buffer, Unusable> {
        if self.packing == Packing::Plain {
            return Ok(self.bytes);
        }
        let mut unpacked = budget.buffer();
        gzip::unpack(self.bytes.as_ref(), &mut unpacked, LIMIT).map_err(|error| match error {
            gzip::Error::Full(full) => Unusable::Busy(full),
            gzip::Error::TooLarge { .. } => Unusable::TooLarge,
            gzip::Error::Broken { reason } => Unusable::Gzip(reason),
        })?;
        Ok(unpacked)
    }
}

/// As the OAP tells them: what is not JSON is binary, also where nothing is said.
fn form(headers: &HeaderMap) -> Result<Form, Unusable> {
    let Some(given) = text(headers, &CONTENT_TYPE) else { return Ok(Form::Protobuf) };
    let name = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match name.as_str() {
        "application/json" => Ok(Form::Json),
        "" | "application/protobuf" | "application/x-protobuf" | "application/octet-stream" => {
            Ok(Form::Protobuf)
        }
        _ => Err(Unusable::Type(quoted(given))),
    }
}

fn packing(headers: &HeaderMap) -> Result<Packing, Unusable> {
    let Some(given) = text(headers, &CONTENT_ENCODING) else { return Ok(Packing::Plain) };
    match given.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Packing::Plain),
        "gzip" | "x-gzip" => Ok(Packing::Gzip),
        _ => Err(Unusable::Encoding(quoted(given))),
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
    fn the_content_type_tells_json_from_binary_and_none_is_binary() {
        assert_eq!(form(&HeaderMap::new()), Ok(Form::Protobuf));
        for json in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_eq!(form(&with(CONTENT_TYPE, json)), Ok(Form::Json), "{json}");
        }
        for binary in
            ["application/protobuf", "application/x-protobuf", "application/octet-stream;x=y", ""]
        {
            assert_eq!(form(&with(CONTENT_TYPE, binary)), Ok(Form::Protobuf), "{binary}");
        }
        let error = form(&with(CONTENT_TYPE, "text/plain")).expect_err("no report").to_string();
        assert!(
            error
                .starts_with("the content type \"text/plain\" is not known: send application/json"),
            "{error}"
        );
    }

    #[test]
    fn only_gzip_is_unpacked() {
        assert_eq!(packing(&HeaderMap::new()), Ok(Packing::Plain));
        assert_eq!(packing(&with(CONTENT_ENCODING, "GZIP")), Ok(Packing::Gzip));
        assert_eq!(
            packing(&with(CONTENT_ENCODING, "br")),
            Err(Unusable::Encoding("\"br\"".into()))
        );
    }
}
