//! A user's client. It is not traced, so the traces begin in the first service, and the map says
//! `User`.

use axum::body::Bytes;
use futures::future;
use reqwest::{Client, StatusCode};
use skywalking_examples::say;

use crate::error::Error;

/// The header in which a service tells the trace of a request.
const TRACE_ID: &str = "x-trace-id";

struct Answer {
    status: StatusCode,
    trace: Option<String>,
    body: Bytes,
}

/// Sends so many requests at once, and says how they were answered; gives the ids of their traces.
pub(super) async fn send(url: String, requests: u32) -> Result<Vec<String>, Error> {
    let client = Client::builder().no_proxy().build().map_err(Error::Request)?;
    let bodies: Vec<_> = (1..=requests).map(|number| format!("hello {number}")).collect();
    let answers = future::try_join_all(bodies.iter().map(|body| post(&client, &url, body)))
        .await
        .map_err(Error::Request)?;
    for (body, Answer { status, trace, body: answer }) in bodies.iter().zip(&answers) {
        let (trace, answer) = (trace.as_deref().unwrap_or("none"), String::from_utf8_lossy(answer));
        say(&format!("POST {body:?}: {status} {:?}, trace {trace}", answer.trim_end()));
    }
    if let Some(failed) = answers.iter().find(|answer| answer.status != StatusCode::OK) {
        return Err(Error::Status(failed.status));
    }
    answers.into_iter().map(|answer| answer.trace.ok_or(Error::Untraced)).collect()
}

async fn post(client: &Client, url: &str, body: &str) -> Result<Answer, reqwest::Error> {
    let response = client.post(url).body(body.to_owned()).send().await?;
    let trace = response.headers().get(TRACE_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    Ok(Answer { status: response.status(), trace, body: response.bytes().await? })
}
