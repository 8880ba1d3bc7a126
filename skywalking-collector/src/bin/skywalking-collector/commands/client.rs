//! Requests to a collector on this machine.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::HOST;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use skywalking_collector::view;
use tokio::net::TcpStream;

use crate::error::Error;

/// The HTTP address of a collector with its default options.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:12800";

/// The header of the token.
const TOKEN: &str = "authentication";
/// The largest answer, in bytes.
const MAX_ANSWER: usize = 1024 * 1024 * 1024;
/// How long the collector may take to begin an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The address of a collector: host and port.
#[derive(Debug, Clone)]
pub(crate) struct Url {
    authority: String,
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}", self.authority)
    }
}

/// Parses the address of a collector on this machine.
pub(super) fn parse_url(value: &str) -> Result<Url, String> {
    let expected = || format!("{value:?}: expected http://HOST:PORT, such as {DEFAULT_URL}");
    let uri: Uri = value.parse().map_err(|_| expected())?;
    let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(expected());
    };
    if !matches!(uri.path_and_query().map(PathAndQuery::as_str), None | Some("/"))
        || authority.port().is_none()
        || authority.as_str().contains('@')
    {
        return Err(expected());
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_local = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    if !is_local {
        return Err(format!(
            "{value:?} is not on this machine: the token would be sent unencrypted. Run the command on that machine"
        ));
    }
    Ok(Url { authority: authority.as_str().to_owned() })
}

/// Percent-encodes a part of a path.
pub(super) fn segment(text: &str) -> String {
    // The encoding of forms differs in the space alone.
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Returns the query with its question mark, or nothing without pairs.
pub(super) fn query(pairs: impl Iterator<Item = (&'static str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    match query.finish() {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    }
}

/// A collector to ask.
#[derive(Debug)]
pub(super) struct Client {
    url: Url,
    token: Option<HeaderValue>,
}

impl Client {
    pub(super) fn new(url: Url, token: Option<String>) -> Result<Self, Error> {
        let token = token.map(HeaderValue::try_from).transpose();
        Ok(Self { url, token: token.map_err(|_| Error::TokenCharacters)? })
    }

    /// Returns the address of a page.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Returns the text of the answer.
    pub(super) async fn get(&self, path: &str) -> Result<String, Error> {
        self.text(self.request(path).await?).await
    }

    /// Returns an answer that arrives in parts.
    pub(super) async fn stream(&self, path: &str) -> Result<Stream, Error> {
        let url = self.url.to_string();
        Ok(Stream { body: self.request(path).await?.into_body(), url })
    }

    /// Parses the text of an answer.
    pub(super) fn parse<T: DeserializeOwned>(&self, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|error| self.unexpected(&error))
    }

    fn unexpected(&self, reason: &dyn std::fmt::Display) -> Error {
        let reason = view::escaped(&reason.to_string());
        Error::Answer { url: self.url.to_string(), reason }
    }

    fn unreachable(&self, source: io::Error) -> Error {
        Error::Unreachable { url: self.url.to_string(), source }
    }

    /// Sends a request and returns the answer if it is a 200.
    async fn request(&self, path: &str) -> Result<Response<Incoming>, Error> {
        let mut request = Request::get(path).header(HOST, &self.url.authority);
        if let Some(token) = &self.token {
            request = request.header(TOKEN, token);
        }
        let request = request.body(Body::empty()).map_err(|error| self.unexpected(&error))?;
        let answered = async {
            let stream = TcpStream::connect(&self.url.authority)
                .await
                .map_err(|error| self.unreachable(error))?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
                .await
                .map_err(|error| self.unexpected(&error))?;
            // Ends with the answer.
            tokio::spawn(connection);
            sender.send_request(request).await.map_err(|error| self.unexpected(&error))
        };
        let response = tokio::time::timeout(PATIENCE, answered)
            .await
            .map_err(|_| self.unreachable(io::ErrorKind::TimedOut.into()))??;
        match response.status() {
            StatusCode::OK => Ok(response),
            StatusCode::UNAUTHORIZED => {
                let url = self.url.to_string();
                Err(match self.token {
                    None => Error::TokenRequired { url },
                    Some(_) => Error::TokenRefused { url },
                })
            }
            status => {
                let text = self.text(response).await?;
                let message =
                    serde_json::from_str(&text).ok().and_then(|json: serde_json::Value| {
                        Some(view::escaped(json.get("error")?.as_str()?))
                    });
                let message =
                    message.ok_or_else(|| self.unexpected(&format!("status {status}")))?;
                Err(match status {
                    StatusCode::NOT_FOUND => Error::NotStored(message),
                    _ => Error::Refused(message),
                })
            }
        }
    }

    async fn text(&self, response: Response<Incoming>) -> Result<String, Error> {
        let body = axum::body::to_bytes(Body::new(response.into_body()), MAX_ANSWER).await;
        let body = body.map_err(|error| self.unexpected(&error))?;
        String::from_utf8(body.into()).map_err(|error| self.unexpected(&error))
    }
}

/// The parts of an answer.
pub(super) struct Stream {
    body: Incoming,
    url: String,
}

impl Stream {
    /// Returns the next part, or `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let frame =
                std::future::poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await;
            match frame {
                None => return Ok(None),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
                Some(Err(error)) => {
                    let reason = error.to_string();
                    return Err(Error::Answer { url: self.url.clone(), reason });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_names_this_machine_with_a_port() {
        for (value, url) in [
            ("http://127.0.0.1:12800", "http://127.0.0.1:12800"),
            ("http://LOCALHOST:1/", "http://LOCALHOST:1"),
            ("http://[::1]:12800", "http://[::1]:12800"),
        ] {
            assert_eq!(parse_url(value).map(|url| url.to_string()).as_deref(), Ok(url));
        }
        for value in [
            "127.0.0.1:12800",
            "https://127.0.0.1:12800",
            "http://127.0.0.1",
            "http://127.0.0.1:12800/api",
            "http://127.0.0.1:12800/?a",
            "http://a@127.0.0.1:12800",
            "",
        ] {
            let error = parse_url(value).expect_err(value);
            assert!(error.ends_with("expected http://HOST:PORT, such as http://127.0.0.1:12800"));
        }
        for value in ["http://192.0.2.1:12800", "http://example.org:80", "http://localhost.a.b:1"] {
            assert!(parse_url(value).expect_err(value).contains("is not on this machine"));
        }
    }

    #[test]
    fn paths_and_queries_are_encoded() {
        assert_eq!(segment("a/b c?é%"), "a%2Fb%20c%3F%C3%A9%25");
        assert_eq!(query([].into_iter()), "");
        assert_eq!(
            query([("tag", "a=b c".into()), ("tag", "d".into())].into_iter()),
            "?tag=a%3Db+c&tag=d"
        );
    }
}
