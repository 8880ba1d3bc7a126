//! Reports through a Unix socket, as to a sidecar, without and with TLS.
#![cfg(unix)]

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;

use crate::certificates::{Authority, Folder, Validity, text_of};
use crate::child::agent;
use crate::collector::{Backend, PROTOCOLS};

/// Passes each connection of the socket to the port.
fn forward(listener: UnixListener, port: u16) {
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            let (mut from, mut to) =
                (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
            thread::spawn(move || {
                drop(io::copy(&mut from, &mut to));
                drop(to.shutdown(Shutdown::Write));
            });
            let (mut from, mut to) = (server, client);
            thread::spawn(move || {
                drop(io::copy(&mut from, &mut to));
                drop(to.shutdown(Shutdown::Write));
            });
        }
    });
}

#[test]
fn unix_socket_is_reported_to_with_and_without_tls() {
    // Short, since the path of a socket has few bytes.
    let folder = Folder::new("u");
    let authority = Authority::new("one");
    let ca = folder.write("ca.pem", &authority.certificate);
    let (certificate, key) = authority.issue("localhost", Validity::Now).write(&folder, "server");
    let path = std::env::temp_dir().join(format!("sw-tls-{}", std::process::id()));
    for protocol in PROTOCOLS {
        for with_tls in [false, true] {
            let backend = Backend::start_with(|builder| {
                if with_tls { builder.tls(&certificate, &key) } else { builder }
            });
            drop(std::fs::remove_file(&path));
            forward(UnixListener::bind(&path).expect("a socket"), backend.port(protocol));
            let address = format!("unix://{}", text_of(&path));
            let mut variables = vec![
                ("SW_AGENT_PROTOCOL", protocol),
                ("SW_AGENT_COLLECTOR_BACKEND_SERVICES", address.as_str()),
                ("SW_AGENT_AUTHENTICATION", "s3cret"),
            ];
            if with_tls {
                variables.push(("SW_AGENT_SSL_TRUSTED_CA_PATH", &ca));
            }
            let agent = agent(&variables, &[]);
            backend.wait_for_segments(|| agent.output());
            let output = agent.end();
            assert!(!output.contains("WARN"), "{output}");
        }
    }
    drop(std::fs::remove_file(&path));
}
