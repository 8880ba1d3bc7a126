//! Reports through an HTTP proxy of the tests.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::certificates::{Authority, Folder, Validity};
use crate::child::agent;
use crate::collector::{Backend, PROTOCOLS};

/// `agent:s3cret@proxy` in Base64.
const BASIC: &str = "YWdlbnQ6czNjcmV0QHByb3h5";
const USER: &str = "agent:s3cret%40proxy";

/// What a proxy does with a request.
#[derive(Clone, Copy)]
enum Answer {
    /// Makes a tunnel to this port of the host.
    Tunnel(u16),
    /// Writes this text, and reads on.
    Text(&'static str),
    /// Writes this text again and again.
    Endless(&'static str),
    Close,
}

/// A running proxy. It records the heads of the requests.
struct Proxy {
    address: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&seen);
                // A client may have gone.
                thread::spawn(move || drop(serve(client, answer, &seen)));
            }
        });
        Self { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("heads").clone()
    }
}

fn serve(client: TcpStream, answer: Answer, heads: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (mut head, mut line) = (String::new(), String::new());
    while line != "\r\n" {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        head.push_str(&line);
    }
    heads.lock().expect("heads").push(head);
    let mut client = client;
    match answer {
        Answer::Tunnel(port) => {
            let server = TcpStream::connect(("127.0.0.1", port))?;
            // A server that speaks first: its bytes may follow in the same packet.
            client.write_all(b"HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")?;
            let (mut from, mut to) = (server.try_clone()?, client);
            thread::spawn(move || {
                drop(io::copy(&mut from, &mut to));
                drop(to.shutdown(Shutdown::Write));
            });
            let mut server = server;
            io::copy(&mut reader, &mut server)?;
            server.shutdown(Shutdown::Write)
        }
        Answer::Text(text) => {
            client.write_all(text.as_bytes())?;
            io::copy(&mut reader, &mut io::sink()).map(drop)
        }
        Answer::Endless(text) => loop {
            client.write_all(text.as_bytes())?;
        },
        Answer::Close => Ok(()),
    }
}

// Feature: other ways to the backend
#[test]
fn tunnel_is_used_with_and_without_tls() {
    let folder = Folder::new("proxy");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let (certificate, key) = authority.issue("oap.test", Validity::Now).write(&folder, "server");
    for protocol in PROTOCOLS {
        for variable in ["HTTPS_PROXY", "https_proxy", "SW_AGENT_PROXY"] {
            let with_tls = variable != "SW_AGENT_PROXY";
            let backend = Backend::start_with(|builder| {
                if with_tls { builder.tls(&certificate, &key) } else { builder }
            });
            let proxy = Proxy::start(Answer::Tunnel(backend.port(protocol)));
            let url = format!("http://{USER}@{}", proxy.address);
            // Only the proxy knows the name.
            let scheme = if with_tls { "https://" } else { "" };
            let address = format!("{scheme}oap.test:11800");
            let mut variables = vec![
                ("SW_AGENT_PROTOCOL", protocol),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", address.as_str()),
                (variable, url.as_str()),
            ];
            if with_tls {
                variables.push(("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca));
            }
            let agent = agent(&variables, &[]);
            backend.wait_for_segments(|| agent.output());
            let output = agent.end();
            let head = format!(
                "CONNECT oap.test:11800 HTTP/1.1\r\nHost: oap.test:11800\r\n\
                 Proxy-Authorization: Basic {BASIC}\r\n\r\n"
            );
            let heads = proxy.heads();
            assert!(!heads.is_empty() && heads.iter().all(|seen| *seen == head), "{heads:?}");
            assert!(!output.contains("WARN"), "{output}");
        }
    }
}

#[test]
fn exceptions_and_local_backends_are_connected_to_directly() {
    let proxy = Proxy::start(Answer::Close);
    for protocol in PROTOCOLS {
        let backend = Backend::start_with(|builder| builder);
        let address = format!("localhost:{}", backend.port(protocol));
        let variables = [
            ("SW_AGENT_PROTOCOL", protocol),
            ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", address.as_str()),
            ("SW_AGENT_PROXY", proxy.address.as_str()),
        ];
        let agent = agent(&variables, &[]);
        backend.wait_for_segments(|| agent.output());
        agent.end();
    }
    let variables = [
        ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "oap.invalid:1"),
        ("SW_AGENT_PROXY", proxy.address.as_str()),
        ("NO_PROXY", ".invalid"),
    ];
    let agent = agent(&variables, &[]);
    agent.wait_for("the backend can't be reached");
    agent.end();
    assert_eq!(proxy.heads(), Vec::<String>::new());
}

#[test]
fn refusal_of_the_proxy_is_a_clear_error() {
    let user = format!("{USER}@");
    let cases = [
        (
            "",
            Answer::Text("HTTP/1.1 407 No\r\n\r\n"),
            "it requires a user and password (status 407); give http://user:password@host:port in SW_AGENT_PROXY",
        ),
        (
            user.as_str(),
            Answer::Text("HTTP/1.0 407 No s3cret@proxy\r\n\r\n"),
            "it rejects the user or password (status 407); correct them in SW_AGENT_PROXY",
        ),
        (
            "",
            Answer::Text("HTTP/1.1 403 \u{1b}[2J\r\n\r\n"),
            "it does not allow connections to oap.test:11800 (status 403)",
        ),
        (
            "",
            Answer::Text("HTTP/1.1 502 Bad Gateway\nX: 1\n\n"),
            "it cannot reach oap.test:11800 (status 502)",
        ),
        (
            "",
            Answer::Text("HTTP/1.1 302 Found\r\n\r\n"),
            "it refuses the tunnel to oap.test:11800 (status 302)",
        ),
        (
            "",
            Answer::Text("SSH-2.0-OpenSSH_9.6\r\n"),
            "it does not answer by HTTP; check its address",
        ),
        (
            "",
            Answer::Text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 No\r\n\r\n"),
            "it does not allow connections to oap.test:11800 (status 403)",
        ),
        ("", Answer::Text("HTTP/1.1 yes\r\n\r\n"), "it does not answer by HTTP; check its address"),
        (
            "",
            Answer::Endless("HTTP/1.1 200 OK\r\nX-Header: 1\r\n"),
            "its answer is too long; check its address",
        ),
        ("", Answer::Close, "it closed the connection without an answer"),
    ];
    for (user, answer, expected) in cases {
        let proxy = Proxy::start(answer);
        let url = format!("http://{user}{}", proxy.address);
        let agent = agent(
            &[
                ("SW_AGENT_PROTOCOL", "http"),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "oap.test:11800"),
                ("SW_AGENT_PROXY", &url),
            ],
            &["\u{1b}".to_owned()],
        );
        agent.wait_for(&format!("no connection through the proxy {}: {expected}", proxy.address));
        agent.end();
    }
}

#[test]
fn proxy_that_hangs_delays_no_shutdown() {
    for protocol in PROTOCOLS {
        for text in ["", "HTTP/1.1 200 OK\r\n"] {
            let proxy = Proxy::start(Answer::Text(text));
            let variables = [
                ("SW_AGENT_PROTOCOL", protocol),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", "oap.test:11800"),
                ("SW_AGENT_PROXY", proxy.address.as_str()),
            ];
            let agent = agent(&variables, &[]);
            agent.wait_for("no connection within 3 s: the answer of the proxy has not ended");
            // The child asserts that its shutdown is in time.
            agent.end();
        }
    }
}
