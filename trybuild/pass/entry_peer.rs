//! `peer` on an Entry span: the caller's address, which may be missing.

use std::net::SocketAddr;
use std::pin::Pin;

use skywalking_runtime::entry_span;
use skywalking_trybuild::{block_on, spans};

#[entry_span(name = "/literal", peer = "gateway:443")]
fn literal() {}

#[entry_span(name = "/blank", peer = "\t ")]
fn blank() {}

#[entry_span(name = "/computed", peer = from)]
fn computed(from: SocketAddr) {}

#[entry_span(name = "/later", peer = from, extract = headers)]
async fn later(headers: &str, from: &str) {}

#[entry_span(name = "/covered", peer = from, covers = future)]
fn covered(from: &str) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

#[entry_span(name = "/outer", peer = from)]
fn merged(from: &str) {
    literal();
}

#[test]
fn is_recorded() {
    spans(|| {
        literal();
        computed(([10, 0, 0, 7], 80).into());
        block_on(later("", "a:1"));
        block_on(covered("b:2"));
        merged("c:3");
    })
    .are(
        "
        Entry /literal peer=gateway:443
        Entry /computed peer=10.0.0.7:80
        Entry /later peer=a:1
        Entry /covered peer=b:2
        Entry /literal peer=c:3
        ",
    );
}

#[test]
fn is_absent_when_empty() {
    spans(|| {
        blank();
        block_on(later("", ""));
        block_on(covered(" "));
        merged("");
    })
    .are(
        "
        Entry /blank
        Entry /later
        Entry /covered
        Entry /literal peer=gateway:443
        ",
    );
}
