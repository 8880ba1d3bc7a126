//! The collector's own errors of TLS, and its HTTP port over TLS.

use std::sync::Arc;

use skywalking_collector::{Collector, Error};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::certificates::{Authority, Folder, Validity};
use crate::collector::Backend;

/// Returns the answer to a request over TLS.
async fn get(authority: &Authority, port: u16, path: &str, host: &str) -> String {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(authority.certificate.as_bytes()).expect("PEM");
    roots.add(root).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream =
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn pages_token_and_host_check_are_the_same_over_tls() {
    let folder = Folder::new("pages");
    let authority = Authority::new("one");
    let (certificate, key) = authority.issue("localhost", Validity::Now).write(&folder, "server");
    let (open, closed) = tokio::task::spawn_blocking(move || {
        let open = Backend::start(&certificate, &key);
        (open, Backend::start_with(|builder| builder.tls(&certificate, &key).token("s3cret")))
    })
    .await
    .expect("collectors");
    let host = format!("localhost:{}", open.port("http"));
    let page = get(&authority, open.port("http"), "/", &host).await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<html"), "{page}");
    let other = get(&authority, open.port("http"), "/api/stats", "attacker.test").await;
    assert!(other.starts_with("HTTP/1.1 4"), "{other}");
    let host = format!("localhost:{}", closed.port("http"));
    let without_token = get(&authority, closed.port("http"), "/api/stats", &host).await;
    assert!(without_token.starts_with("HTTP/1.1 401"), "{without_token}");
    tokio::task::spawn_blocking(move || drop((open, closed))).await.expect("it ends");
}

#[tokio::test]
async fn invalid_files_of_the_collector_are_errors() {
    let builder = || Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
    let error = builder().tls_client_ca("/nowhere").start().await.expect_err("no TLS");
    assert!(matches!(error, Error::TlsClientCa), "{error}");
    let error = builder().tls("/nowhere.pem", "/nowhere.key").start().await.expect_err("no file");
    assert!(
        error.to_string().starts_with("can't use the file \"/nowhere.pem\" for TLS: "),
        "{error}"
    );
    let folder = Folder::new("collector");
    let authority = Authority::new("one");
    let (certificate, _) = authority.issue("localhost", Validity::Now).write(&folder, "server");
    let error = builder().tls(&certificate, &certificate).start().await.expect_err("no key");
    assert!(error.to_string().contains("it has no PKCS#8, PKCS#1 or SEC1 key"), "{error}");
    // Loopback addresses alone are allowed without a token, with TLS too.
    let error = Collector::builder().grpc_addr("0.0.0.0:0").tls(&certificate, &certificate);
    assert!(matches!(error.start().await, Err(Error::TokenMissing { .. })));
}
