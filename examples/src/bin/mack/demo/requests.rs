//! The client of a user. It is not traced, so the traces start in the first service, and the
//! service map shows `User`.

use axum::body::Bytes;
use futures::future;
use reqwest::{Client, StatusCode};
use skywalking_examples::print_line;

use crate::error::Error;

/// The response header with the trace id.
const TRACE_ID: &str = "x-trace-id";

struct Response {
    status: StatusCode,
    trace: Option<String>,
    body: Bytes,
}

/// Sends this many requests concurrently, prints the responses, and returns their trace ids.
pub(super) async fn send(url: String, requests: u32) -> Result<Vec<String>, Error> {
    let client = Client::builder().no_proxy().build().map_err(Error::Request)?;
    let bodies: Vec<_> = (1..=requests).map(|number| format!("hello {number}")).collect();
    let responses = future::try_join_all(bodies.iter().map(|body| post(&client, &url, body)))
        .await
        .map_err(Error::Request)?;
    for (body, Response { status, trace, body: response }) in bodies.iter().zip(&responses) {
        let (trace, response) =
            (trace.as_deref().unwrap_or("none"), String::from_utf8_lossy(response));
        print_line(&format!("POST {body:?}: {status} {:?}, trace {trace}", response.trim_end()));
    }
    if let Some(failed) = responses.iter().find(|response| response.status != StatusCode::OK) {
        return Err(Error::Status(failed.status));
    }
    responses.into_iter().map(|response| response.trace.ok_or(Error::Untraced)).collect()
}

async fn post(client: &Client, url: &str, body: &str) -> Result<Response, reqwest::Error> {
    let response = client.post(url).body(body.to_owned()).send().await?;
    let trace = response.headers().get(TRACE_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    Ok(Response { status: response.status(), trace, body: response.bytes().await? })
}
