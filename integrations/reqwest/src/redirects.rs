//! The redirect policy under which no trace header reaches another host.

use reqwest::Url;
use reqwest::redirect::Policy;

/// Follows redirects to the same host, at most 10 for a request, as reqwest's default policy does.
/// A redirect to another host is not followed: the program receives the 3xx response.
///
/// A host is the same if its name and its port are. A step from HTTP to HTTPS, on the default port
/// of each, is followed too. A step from HTTPS to HTTP is not.
///
/// [`client`](crate::client) sets this policy. With other middlewares, set it by hand:
///
/// ```
/// use reqwest_middleware::ClientBuilder;
/// use skywalking_reqwest::{Tracing, same_host_redirects};
///
/// let inner = reqwest::Client::builder().redirect(same_host_redirects()).build()?;
/// let client = ClientBuilder::new(inner).with(Tracing::new()).build();
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
///
/// [`Policy::redirect`] combines it with a rule of your own:
///
/// ```
/// use reqwest::redirect::Policy;
/// use skywalking_reqwest::same_host_redirects;
///
/// let same_host = same_host_redirects();
/// let only_get = Policy::custom(move |attempt| match attempt.status().as_u16() {
///     307 | 308 => attempt.stop(),
///     _ => same_host.redirect(attempt),
/// });
/// # drop(reqwest::Client::builder().redirect(only_get).build());
/// ```
pub fn same_host_redirects() -> Policy {
    let limit = Policy::default();
    Policy::custom(move |attempt| {
        let from = attempt.previous().last();
        if from.is_some_and(|from| is_same_host(from, attempt.url())) {
            limit.redirect(attempt)
        } else {
            attempt.stop()
        }
    })
}

/// True if a redirect from one URL to the other stays on its host and doesn't lose encryption.
/// `port()` is `None` for the default port of both schemes.
fn is_same_host(from: &Url, to: &Url) -> bool {
    let loses_encryption = from.scheme() == "https" && to.scheme() != "https";
    from.host() == to.host() && from.port() == to.port() && !loses_encryption
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_followed(from: &str, to: &str) -> bool {
        let from: Url = from.parse().expect("a URL");
        is_same_host(&from, &from.join(to).expect("a URL"))
    }

    #[test]
    fn same_host_and_port_are_followed() {
        for (from, to) in [
            ("http://stock/old", "/new"),
            ("http://stock/old", "http://STOCK:80/new"),
            ("https://stock:443/old", "https://stock/new"),
            ("http://stock:8080/old", "//stock:8080/new"),
            ("http://user:secret@stock/old", "http://stock/new"),
            ("http://[::1]:80/old", "http://[0::1]/new"),
        ] {
            assert!(is_followed(from, to), "{from} to {to}");
        }
    }

    #[test]
    fn another_host_or_port_is_not_followed() {
        for (from, to) in [
            ("http://stock/old", "http://stock.example/new"),
            ("http://stock/old", "http://other.stock/new"),
            ("http://stock/old", "http://stock@other/new"),
            ("http://stock/old", "//other/new"),
            ("http://stock/old", "http://stock:8080/new"),
            ("http://stock:8080/old", "http://stock/new"),
            ("http://stock:8080/old", "http://stock:8081/new"),
            ("http://localhost/old", "http://127.0.0.1/new"),
        ] {
            assert!(!is_followed(from, to), "{from} to {to}");
        }
    }

    #[test]
    fn step_to_https_is_followed_and_step_back_is_not() {
        assert!(is_followed("http://stock/old", "https://stock/new"));
        assert!(!is_followed("http://stock/old", "https://other/new"));
        assert!(!is_followed("http://stock:8080/old", "https://stock/new"));
        assert!(!is_followed("https://stock/old", "http://stock/new"));
        assert!(!is_followed("https://stock:8443/old", "http://stock:8443/new"));
    }
}
