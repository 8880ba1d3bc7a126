//! What can go wrong that reqwest has no error for.

/// Why there is no client, or no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client has a header with credentials for every request, and would add it to those that
    /// follow a redirect to another host.
    #[error(
        "the client's default headers have `{header}`, which would go to every host that a server redirects to: give it to \
         each request, or to all by `reqwest_middleware::ClientBuilder::with_init`"
    )]
    CredentialsByDefault {
        /// The header's name.
        header: http::HeaderName,
    },
    /// One redirect more than [`Redirects::limited`](crate::Redirects::limited) allows.
    #[error(
        "more than {limit} redirects, the last one to {next}: look for a loop, or allow more by `Redirects::limited`"
    )]
    TooManyRedirects {
        /// How many are allowed.
        limit: usize,
        /// Where the one too many led, without its query.
        next: String,
    },
    /// reqwest could not make the client.
    #[error("reqwest can't make the client: {0}")]
    Client(#[from] reqwest::Error),
}
