//! Requests over loopback sockets: persistent connections, a server on its own thread, and a client
//! that keeps it busy.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::runtime::Builder;

use crate::Outcome;
use crate::app::{REQUEST, hello};
use crate::rounds::{self, Rounds, Variants};

const CONNECTIONS: usize = 8;
/// The number of requests for each connection in each round.
const REQUESTS: usize = 125;
const ROUNDS: usize = 151;

pub(crate) fn measure(variants: &Variants) -> Outcome<Rounds> {
    let mut servers = Vec::new();
    let mut connections = Vec::new();
    for (_, started) in variants {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        servers.push((listener, started.layered(hello())));
        connections.push(address);
    }
    // The thread ends with the process.
    thread::Builder::new().name("server".to_owned()).spawn(move || serve(servers))?;
    let connections: Outcome<Vec<Vec<Connection>>> = connections
        .iter()
        .map(|address| (0..CONNECTIONS).map(|_| Connection::open(*address)).collect())
        .collect();
    let mut connections = connections?;
    let requests = u32::try_from(CONNECTIONS * REQUESTS)?;
    rounds::run(variants, ROUNDS, requests, |index| requests_of_a_round(&mut connections[index]))
}

/// Runs all servers on one thread, so that the client has the other core.
fn serve(servers: Vec<(TcpListener, Router)>) {
    let served = Builder::new_current_thread().enable_io().build().map(|runtime| {
        runtime.block_on(async {
            let mut last = None;
            for (listener, router) in servers {
                if let Ok(listener) = listener
                    .set_nonblocking(true)
                    .and_then(|()| tokio::net::TcpListener::from_std(listener))
                {
                    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
                    last = Some(tokio::spawn(async move { axum::serve(listener, router).await }));
                }
            }
            if let Some(last) = last {
                drop(last.await);
            }
        });
    });
    if let Err(error) = served {
        eprintln!("the server failed: {error}");
    }
}

/// Keeps a request pending on each connection while it reads from the others.
fn requests_of_a_round(connections: &mut [Connection]) -> Outcome<()> {
    for connection in &mut *connections {
        connection.send()?;
    }
    for _ in 1..REQUESTS {
        for connection in &mut *connections {
            connection.receive()?;
            connection.send()?;
        }
    }
    connections.iter_mut().try_for_each(Connection::receive)
}

struct Connection {
    stream: TcpStream,
    /// The length of a response. All responses have the same one.
    response: Vec<u8>,
}

impl Connection {
    /// Opens a connection. A first request determines the length of responses.
    fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut connection = Self { stream, response: Vec::new() };
        connection.send()?;
        while !connection.response.ends_with(b"\r\n\r\nhello") {
            let mut byte = [0];
            connection.stream.read_exact(&mut byte)?;
            connection.response.extend(byte);
        }
        Ok(connection)
    }

    fn send(&mut self) -> Outcome<()> {
        Ok(self.stream.write_all(REQUEST.as_bytes())?)
    }

    fn receive(&mut self) -> Outcome<()> {
        self.stream.read_exact(&mut self.response)?;
        let valid = self.response.starts_with(b"HTTP/1.1 200 OK\r\n")
            && self.response.ends_with(b"\r\n\r\nhello");
        if valid { Ok(()) } else { Err("the response is not hello".into()) }
    }
}
