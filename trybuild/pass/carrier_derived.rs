//! The derive `Carrier`: lifetimes, generics and `where`, one field for all headers, one field for
//! each header, and a read-only field.

use std::borrow::Cow;

use skywalking_runtime::{
    Carrier, entry_span, exit_span,
    propagation::{Extract, Inject},
};
use skywalking_trybuild::spans;

#[derive(Carrier)]
struct Generic<'a, H, const N: usize>
where
    H: Clone,
{
    #[carrier]
    headers: H,
    rest: [&'a str; N],
}

type Text = String;

#[derive(Carrier, Default)]
struct Parts {
    #[carrier(header = "sw8")]
    r#type: Text,
    #[carrier(header = "sw8-correlation")]
    correlation: Option<String>,
}

/// A message in a message.
#[derive(Carrier)]
struct Nested {
    #[carrier]
    inner: Box<Generic<'static, Parts, 0>>,
}

#[derive(Carrier)]
struct Received<'a> {
    #[carrier]
    headers: Readable<'a>,
}

struct Readable<'a>(&'a str);

impl Extract for Readable<'_> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (key == "sw8").then_some(self.0.into())
    }
}

#[exit_span(name = "send", peer = "a:1", inject = parts)]
fn send<H: Inject + Clone>(parts: &mut Generic<'_, H, 1>) -> usize {
    parts.rest[0].len()
}

#[exit_span(name = "send nested", peer = "a:1", inject = message)]
fn send_nested(mut message: Nested) -> Nested {
    message.inner.headers.correlation = None;
    message
}

#[entry_span(name = "receive", extract = received)]
fn receive(received: &impl Extract) -> bool {
    received.header("sw8").is_some()
}

impl Clone for Parts {
    fn clone(&self) -> Self {
        Self { r#type: self.r#type.clone(), correlation: self.correlation.clone() }
    }
}

#[test]
fn propagates_the_context() {
    spans(|| {
        let mut message = Generic { headers: String::new(), rest: ["x"] };
        assert_eq!(send(&mut message), 1);
        assert!(receive(&message));
        let nested = send_nested(Nested {
            inner: Box::new(Generic { headers: Parts::default(), rest: [] }),
        });
        assert!(receive(&nested) && nested.inner.rest.is_empty());
        assert!(receive(&Received { headers: Readable(&nested.inner.headers.r#type) }));
    })
    .are(
        "
        Exit send peer=a:1
          Entry receive ref=CrossProcess
        Exit send nested peer=a:1
          Entry receive ref=CrossProcess
          Entry receive ref=CrossProcess
        ",
    );
}

#[test]
fn sets_and_removes_headers_with_a_field() {
    spans(|| {
        let mut parts = Parts::default();
        parts.set_header("sw8", "1");
        parts.set_header("sw8-correlation", "2");
        parts.set_header("sw8-x", "3");
        let read = |parts: &Parts| {
            ["sw8", "sw8-correlation", "sw8-x"].map(|key| parts.header(key).map(Cow::into_owned))
        };
        assert_eq!(read(&parts), [Some("1".to_owned()), Some("2".to_owned()), None]);
        parts.remove_header("sw8");
        parts.remove_header("sw8-correlation");
        assert_eq!((read(&parts), parts.correlation), ([None, None, None], None));
    })
    .are("");
}
