//! Connections that change to another protocol.

use http::{Request, header};
use hyper_util::rt::TokioIo;
use skywalking_tower::ClientLayer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::{ServiceBuilder, ServiceExt as _};

use super::{Body, client, get};
use crate::http_client::harness::{Answer, Recorded as _, Server, tree};

/// Returns the tree of a request with this response head, after which both sides exchange bytes.
async fn upgraded(
    layer: ClientLayer,
    head: &'static str,
    request: impl FnOnce(&Server) -> Request<Body>,
) -> String {
    let server = Server::start([Answer::Echo(head)]).await;
    tree(&[&server], async {
        let traced = ServiceBuilder::new().layer(layer).service(client());
        let answer = traced.oneshot(request(&server)).await.expect("an answer");
        let mut stream = TokioIo::new(hyper::upgrade::on(answer).await.expect("an upgrade"));
        stream.write_all(b"over").await.expect("the server reads");
        let mut back = [0; 4];
        stream.read_exact(&mut back).await.expect("the server writes");
        assert_eq!(&back, b"over");
    })
    .await
}

#[tokio::test]
async fn connection_can_be_upgraded_through_the_layer() {
    for layer in [ClientLayer::new(), ClientLayer::new().time_bodies()] {
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
        let shown = upgraded(layer, head, |server| {
            let mut request = get(server, "/echo");
            request.headers_mut().insert(header::CONNECTION, "upgrade".parse().expect("a value"));
            request.headers_mut().insert(header::UPGRADE, "echo".parse().expect("a value"));
            request
        })
        .await;
        assert_eq!(
            shown,
            "Exit GET:/echo layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/echo, http.status_code=101}\n\
            \x20 Entry arrived /echo ref=CrossProcess\n"
        );
    }
}

#[tokio::test]
async fn tunnel_can_be_opened_through_the_layer() {
    for layer in [ClientLayer::new(), ClientLayer::new().time_bodies()] {
        let shown = upgraded(layer, "HTTP/1.1 200 OK\r\n\r\n", |server| {
            Request::connect(server.address().to_string()).body(Body::default()).expect("a request")
        })
        .await;
        assert_eq!(
            shown,
            "Exit CONNECT:/ layer=Http component=2 peer=one:1 {http.method=CONNECT, url=one:1, http.status_code=200}\n\
            \x20 Entry arrived one:1 ref=CrossProcess\n"
        );
    }
}
