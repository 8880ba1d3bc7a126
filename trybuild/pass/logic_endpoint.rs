//! `logic_endpoint`: the OAP counts the span as an endpoint of its own.

use skywalking_runtime::local_span;

use skywalking_trybuild::{block_on, spans};

#[local_span(logic_endpoint, name = "/graphql/users")]
fn sync() {}

#[local_span(name = format_args!("/graphql/{name}"), tags(name), logic_endpoint)]
async fn later(name: &str) -> Result<(), String> {
    Ok(())
}

#[test]
fn is_a_tag() {
    spans(|| (sync(), block_on(later("orders")))).are(
        "
        Local /graphql/users {x-le={\\\"logic-span\\\":true}}
        Local /graphql/orders {x-le={\\\"logic-span\\\":true}, name=orders}
        ",
    );
}
