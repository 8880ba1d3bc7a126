//! Connections that change to another protocol.

use skywalking_runtime::integrations::http::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::client;
use crate::http_client::harness::{Answer, Server, tree};

#[tokio::test]
async fn connection_can_be_upgraded_through_the_middleware() {
    for tracing in [Client::new(), Client::new().time_bodies()] {
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
        let server = Server::start([Answer::Echo(head)]).await;
        let shown = tree(&[&server], async {
            let request = client(tracing)
                .get(server.url("/echo"))
                .header("connection", "upgrade")
                .header("upgrade", "echo");
            let mut stream =
                request.send().await.expect("an answer").upgrade().await.expect("an upgrade");
            stream.write_all(b"over").await.expect("the server reads");
            let mut back = [0; 4];
            stream.read_exact(&mut back).await.expect("the server writes");
            assert_eq!(&back, b"over");
        })
        .await;
        assert_eq!(
            shown,
            "Exit GET:/echo layer=Http component=2 peer=one:1 {http.method=GET, url=http://one:1/echo, http.status_code=101}\n\
                \x20 Entry arrived /echo ref=CrossProcess\n"
        );
    }
}
