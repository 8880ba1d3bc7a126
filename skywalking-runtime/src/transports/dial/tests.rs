//! Tests against sockets of this host: addresses that do not answer, and what is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use super::*;
use crate::config::{Belonging, Config};
use crate::management::{ManagementMessage, properties};
use crate::report::transport::{Call, Outcome, Transport};
use crate::tracer::Identity;
use crate::transports::grpc::Grpc;
use crate::transports::http::Http;
use crate::transports::token::TokenSource;

const PROTOCOLS: [Protocol; 2] = [Protocol::H2, Protocol::Http1];

/// Returns the addresses of a list of backends.
fn addresses(list: &str) -> Vec<Address> {
    Config::new("s").backend(list).check().unwrap().backends
}

async fn dial(address: &Address, protocol: Protocol) -> Result<Stream, DialError> {
    Dialler::default().connect(address, protocol).await
}

/// A listener whose queue is full. The operating system ignores further connects.
struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    async fn at(ip: IpAddr) -> Self {
        let listener =
            Socket::new(Domain::for_address((ip, 0).into()), Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from((ip, 0)).into()).unwrap();
        listener.listen(1).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut queued = Vec::new();
        // A connect that is accepted ends at once.
        while let Ok(stream) =
            timeout(Duration::from_millis(500), TcpStream::connect(address)).await
        {
            queued.push(stream.unwrap());
            assert!(queued.len() < 100, "the queue has an end");
        }
        Self { address, _listener: listener, _queued: queued }
    }
}

async fn listener(ip: IpAddr) -> TcpListener {
    TcpListener::bind((ip, 0)).await.unwrap()
}

#[tokio::test]
async fn black_hole_before_a_live_address_costs_little_time() {
    let (v4, v6) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST));
    for (hole, live) in [(v4, v4), (v6, v4), (v4, v6)] {
        let hole = BlackHole::at(hole).await;
        let live = listener(live).await;
        let begun = Instant::now();
        let addresses = vec![hole.address, hole.address, live.local_addr().unwrap()];
        let _stream = race::first_of(addresses, tcp::open).await.unwrap();
        let took = begun.elapsed();
        println!("{} before {}: {took:?}", hole.address, live.local_addr().unwrap());
        timeout(Duration::from_secs(3), live.accept()).await.expect("a connection").unwrap();
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

/// Answers one request.
async fn answer_http(listener: TcpListener) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"}") {
        head.push(stream.read_u8().await.unwrap());
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
}

#[cfg(target_os = "linux")] // all of 127.0.0.0/8 is loopback
#[tokio::test]
async fn both_transports_get_past_a_black_hole_of_a_name() {
    let messages = || properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
    let (v4, v6) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST));
    for (hole, live) in [(v4, IpAddr::from([127, 0, 0, 2])), (v6, v4)] {
        let hole = BlackHole::at(hole).await;
        let live = SocketAddr::new(live, hole.address.port());
        let backend = addresses(&format!("hole.test:{}", live.port()));
        for protocol in PROTOCOLS {
            resolver::resolve_next("hole.test", vec![hole.address, live]);
            let listener = TcpListener::bind(live).await.unwrap();
            let (backend, dialler) = (backend.clone(), Dialler::default());
            let begun = Instant::now();
            let outcome = match protocol {
                Protocol::H2 => {
                    let serving =
                        crate::transports::grpc::tests::Backend::default().serve(listener);
                    let mut grpc =
                        Grpc::new(backend, dialler, TokenSource::None, messages()).unwrap();
                    let outcome = grpc.send_management(ManagementMessage::KeepAlive).await;
                    serving.abort();
                    drop(serving.await);
                    outcome
                }
                Protocol::Http1 => {
                    let serving = tokio::spawn(answer_http(listener));
                    let mut http =
                        Http::new(backend, dialler, TokenSource::None, messages()).unwrap();
                    let outcome = http.send_management(ManagementMessage::KeepAlive).await;
                    serving.await.unwrap();
                    outcome
                }
            };
            let took = begun.elapsed();
            println!("{protocol:?}: {} before {live}: {took:?}", hole.address);
            assert_eq!(outcome, Outcome::Taken, "{protocol:?}");
            assert!(took < Duration::from_secs(3), "{took:?}");
        }
    }
}

#[cfg(target_os = "linux")] // all of 127.0.0.0/8 is loopback
#[tokio::test]
async fn address_that_accepts_and_fails_is_left_by_both_transports() {
    let messages = || properties::Messages::new(Identity::new("svc", "one"), Belonging::default());
    for protocol in PROTOCOLS {
        let other = listener(Ipv4Addr::LOCALHOST.into()).await;
        let wrong = other.local_addr().unwrap();
        let other = tokio::spawn(async move {
            while let Ok((mut stream, _)) = other.accept().await {
                drop(stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").await);
            }
        });
        let live = SocketAddr::from(([127, 0, 0, 2], wrong.port()));
        let listener = TcpListener::bind(live).await.unwrap();
        let name = format!("{protocol:?}.test").to_lowercase();
        let backend = addresses(&format!("{name}:{}", live.port()));
        let (mut grpc, mut http, serving);
        let transport: &mut dyn Calls = match protocol {
            Protocol::H2 => {
                serving = crate::transports::grpc::tests::Backend::default().serve(listener);
                grpc = Grpc::new(backend, Dialler::default(), TokenSource::None, messages());
                grpc.as_mut().unwrap()
            }
            Protocol::Http1 => {
                serving = tokio::spawn(answer_http(listener));
                http = Http::new(backend, Dialler::default(), TokenSource::None, messages());
                http.as_mut().unwrap()
            }
        };
        resolver::resolve_next(&name, vec![wrong, live]);
        let outcome = transport.keep_alive().await;
        assert!(matches!(outcome, Outcome::Failed(_) | Outcome::Unprocessed(_)), "{outcome:?}");
        transport.leave();
        // Also for the connections after it, such as the next one of HTTP.
        resolver::resolve_next(&name, vec![wrong, live]);
        assert_eq!(transport.keep_alive().await, Outcome::Taken, "{protocol:?}");
        other.abort();
        serving.abort();
    }
}

/// The calls of a transport that the test above needs.
trait Calls {
    fn keep_alive(&mut self) -> Call;
    fn leave(&mut self);
}

impl<T: Transport> Calls for T {
    fn keep_alive(&mut self) -> Call {
        self.send_management(ManagementMessage::KeepAlive)
    }

    fn leave(&mut self) {
        self.next_backend();
    }
}

#[tokio::test]
async fn refused_address_is_followed_at_once_by_the_next() {
    let closed = TcpSocket::new_v4().unwrap();
    closed.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let closed = closed.local_addr().unwrap();
    let live = listener(Ipv4Addr::LOCALHOST.into()).await;
    // Each attempt would have a head start of 250 ms, so that all would last over 3 s.
    let mut addresses = vec![closed; 14];
    addresses.push(live.local_addr().unwrap());
    let first = race::first_of(addresses, tcp::open);
    let _stream = timeout(Duration::from_secs(3), first).await.expect("in time").unwrap();
    timeout(Duration::from_secs(3), live.accept()).await.expect("a connection").unwrap();

    let error = race::first_of(vec![closed; 5], tcp::open).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    let refused = "127.0.0.1: Connection refused (os error 111)";
    #[cfg(target_os = "linux")]
    assert_eq!(
        error.to_string(),
        format!("{refused}; {refused}; {refused}; 2 more addresses failed")
    );
    let error = race::first_of(Vec::new(), tcp::open).await.unwrap_err();
    assert_eq!(error.to_string(), "the name has no address");
}

#[tokio::test]
async fn connect_to_a_black_hole_ends_by_the_deadline() {
    let hole = BlackHole::at(Ipv4Addr::LOCALHOST.into()).await;
    tokio::time::pause();
    for protocol in PROTOCOLS {
        let begun = Instant::now();
        let error = dial(&Address::from(hole.address), protocol).await.unwrap_err();
        assert_eq!(error.to_string(), "no connection within 3 s: the connect has not ended");
        assert_eq!(begun.elapsed().as_secs(), 3);
    }
}

#[tokio::test]
async fn name_and_address_reach_the_same_listener() {
    let live = listener(Ipv4Addr::LOCALHOST.into()).await;
    let port = live.local_addr().unwrap().port();
    for address in addresses(&format!("127.0.0.1:{port},localhost:{port}")) {
        let (stream, accepted) = tokio::join!(dial(&address, Protocol::H2), live.accept());
        stream.unwrap().write_all(b"hello").await.unwrap();
        let mut heard = String::new();
        accepted.unwrap().0.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "hello", "{address}");
    }
}

#[tokio::test]
async fn failed_look_up_names_the_host() {
    // RFC 6761: this name has no address.
    let [address] = &addresses("no-such-host.invalid:1")[..] else { panic!("one address") };
    let error = dial(address, Protocol::H2).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("the look-up of no-such-host.invalid failed: ")
            || text == "no connection within 3 s: the look-up of the name has not ended",
        "{text}"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn zone_is_resolved_when_it_dials() {
    let live = listener(Ipv6Addr::LOCALHOST.into()).await;
    let port = live.local_addr().unwrap().port();
    for address in addresses(&format!("[::1%lo]:{port},[::1%1]:{port}")) {
        drop(dial(&address, Protocol::H2).await.unwrap());
    }
    let [address] = &addresses("[fe80::1%none0]:1")[..] else { panic!("one address") };
    let error = dial(address, Protocol::H2).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the look-up of [fe80::1%none0] failed: there is no network interface none0"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn unix_socket_is_connected_to() {
    let path = std::env::temp_dir().join(format!("skywalking-dial-{}", std::process::id()));
    drop(std::fs::remove_file(&path));
    let address = addresses(&format!("unix://{}", path.display())).pop().unwrap();
    let error = dial(&address, Protocol::H2).await.unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");

    let live = tokio::net::UnixListener::bind(&path).unwrap();
    let (stream, accepted) = tokio::join!(dial(&address, Protocol::H2), live.accept());
    stream.unwrap().write_all(b"hello").await.unwrap();
    let mut heard = String::new();
    accepted.unwrap().0.read_to_string(&mut heard).await.unwrap();
    assert_eq!((heard.as_str(), address.authority().as_str()), ("hello", "localhost"));
    std::fs::remove_file(&path).unwrap();
}
