//! Closures as carriers, in each key that accepts one. The headers are those of `http` 0.2, for
//! which only that crate could implement the traits.

use http_0_2::{HeaderMap, HeaderName, HeaderValue, Request};
use skywalking_runtime::{entry_span, exit_span, propagation};
use skywalking_trybuild::{block_on, spans};

const SW8: &str = "1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox";

#[entry_span(name = "served", extract = propagation::getter(|name| request.headers().get(name)))]
async fn served(request: Request<()>) -> usize {
    request.headers().len()
}

#[entry_span(name = "by reference", extract = propagation::getter(|name| headers.get(name).map(HeaderValue::as_bytes)))]
fn by_reference(headers: &HeaderMap) -> usize {
    headers.len()
}

#[entry_span(name = "each", extract_each = batch.iter().map(|headers| propagation::getter(move |name| headers.get(name))))]
fn each(batch: &[HeaderMap]) -> usize {
    batch.len()
}

fn set(headers: &mut HeaderMap, name: &'static str, value: Option<&str>) {
    let name = HeaderName::from_static(name);
    match value.and_then(|value| HeaderValue::from_str(value).ok()) {
        Some(value) => drop(headers.insert(name, value)),
        None => drop(headers.remove(name)),
    }
}

#[exit_span(name = "sent", peer = "stock:8080", inject = propagation::setter(|name, value| set(request.headers_mut(), name, value)))]
async fn sent(mut request: Request<()>) -> Request<()> {
    request
}

#[exit_span(name = "lent", peer = "stock:8080", inject = propagation::setter(|name, value| set(headers, name, value)))]
fn lent(headers: &mut HeaderMap) -> usize {
    headers.len()
}

struct Sender {
    headers: HeaderMap,
}

impl Sender {
    #[exit_span(name = "of self", peer = "stock:8080", inject = propagation::setter(|name, value| set(&mut self.headers, name, value)))]
    fn send(&mut self) -> usize {
        self.headers.len()
    }
}

#[test]
fn read_and_write_foreign_headers() {
    let headers =
        || HeaderMap::from_iter([(HeaderName::from_static("sw8"), HeaderValue::from_static(SW8))]);
    let request = || {
        let mut request = Request::new(());
        *request.headers_mut() = headers();
        request
    };
    spans(|| {
        assert_eq!(block_on(served(request())), 1);
        assert_eq!(by_reference(&headers()), 1);
        assert_eq!(each(&[headers(), HeaderMap::new()]), 2);
        assert_ne!(block_on(sent(request())).headers()["sw8"], SW8);
        assert_eq!(lent(&mut HeaderMap::new()), 1);
        assert_eq!(Sender { headers: headers() }.send(), 1);
    })
    .are(
        "
        Entry served ref=CrossProcess
        Entry by reference ref=CrossProcess
        Entry each ref=CrossProcess
        Exit sent peer=stock:8080
        Exit lent peer=stock:8080
        Exit of self peer=stock:8080
        ",
    );
}
